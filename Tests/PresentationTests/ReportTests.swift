import Presentation
import Testing
import WorkloadModel

@testable import Ledger

private func text(_ write: (inout [UInt8]) -> Void) -> String {
  var bytes: [UInt8] = []
  write(&bytes)
  return String(decoding: bytes, as: UTF8.self)
}

private func json(_ write: (inout JSONWriter) -> Void) -> String {
  var json = JSONWriter()
  write(&json)
  return String(decoding: json.bytes, as: UTF8.self)
}

struct `Reports` {
  @Test func `details show every field, each step with who, and the timeline`() {
    var deletion = Sample.event(.deleteRequested)
    deletion.position = 41
    deletion.actor = "bob"
    deletion.occurredAt = Sample.after(9000)
    deletion.reason = "done with it"
    let details = WorkloadDetails(
      workload: Sample.workload(), timeline: [Sample.event(.created, .created(Sample.creation)), deletion],
      timePerStatus: [
        .init(status: .running, microseconds: 58_000_000),
        .init(status: .complete, microseconds: 8_940_000_000),
      ])
    #expect(
      text { details.writeText(to: &$0, Appearance()) } == """
        ID                0192f3a4-5b6c-7d8e-8123-456789abcdef
        Name              bert
        Type              Fine-Tuning
        Status            Delete Requested
        Since             2023-07-01T14:30:00Z
        Reason            done with it
        Project           vision
        Cluster           c1
        Owner             alice
        Resources         4.5 CPU, 64Gi, 1 GPU
        Address           https://lab.example/?a=1&b=2
        Labels            a=b, x"y=
        Source ID         job-1
        Attempt           2
        Version           7
        Created           2023-07-01T12:00:00Z by alice, reported by alice@host
        Queued            2023-07-01T12:00:01Z by unknown
        Started           2023-07-01T12:00:02Z by unknown
        Finished          2023-07-01T12:01:00Z by unknown
        Delete requested  2023-07-01T14:30:00Z by bob, reported by alice@host
        Last position     41

        Time per status
          Running   58s
          Complete  2h29m

        Timeline
        POSITION  TIME                  EVENT             ACTOR  REPORTER    DETAIL
              17  2023-07-01T12:00:00Z  created           alice  alice@host  bert, Fine-Tuning, 0.5 CPU, 1Ki
              41  2023-07-01T14:30:00Z  delete requested  bob    alice@host  done with it

        """)
  }

  @Test func `long values go on in the next line`() {
    var list = FieldList()
    list.add("Name", "abcdefghijklmnop日本")
    list.add("Empty", "")
    #expect(text { list.write(to: &$0, Appearance(width: 16)) } == "Name  abcdefghij\n      klmnop日本\n")
  }

  @Test func `a replay says its verdict first`() {
    var report = ReplayReport()
    report.position = 41_925
    report.workloads = 8152
    report.entries = 20_000
    report.wasCompared = true
    #expect(
      text { report.writeText(to: &$0, Appearance()) }
        == "the views are what the log says (20,000 entries): folded up to position 41,925, 8,152 workloads\n"
    )
    report.differenceCount = 12
    report.differences = [
      ReplayDifference(
        view: "rows", workload: Sample.id, field: "status", stored: "Running", expected: "Failed"),
      ReplayDifference(view: "ids", workload: nil, field: "00ff", stored: nil, expected: "1"),
    ]
    #expect(
      text { report.writeText(to: &$0, Appearance()) } == """
        the views differ from the log in 12 places: folded up to position 41,925, 8,152 workloads

        View      rows
        Workload  0192f3a4-5b6c-7d8e-8123-456789abcdef
        Field     status
        Stored    Running
        Expected  Failed

        View      ids
        Field     00ff
        Stored    (missing)
        Expected  1

        and 10 differences more

        """)
    #expect(
      json { report.write(to: &$0) } == """
        {"position":41925,"workloads":8152,"entries":20000,"compared":true,"rebuilt":false,"differenceCount":12,\
        "differences":[{"view":"rows","workload":"0192f3a4-5b6c-7d8e-8123-456789abcdef","field":"status",\
        "stored":"Running","expected":"Failed"},{"view":"ids","field":"00ff","expected":"1"}]}
        """)
  }

  @Test func `a status says whether the views are current`() {
    var status = LedgerStatus(
      path: "/l", id: "i", lastPosition: 1000, viewsPosition: 1000, viewsSchema: 1, logBytes: 131_072,
      logMapBytes: 1 << 30, viewsBytes: 65_536, viewsMapBytes: 1 << 30, readers: 1, maxReaders: 510)
    #expect(
      text { status.writeText(to: &$0, Appearance()) } == """
        Ledger         /l
        ID             i
        Last position  1,000
        Views          current (schema 1)
        Log            128Ki used of a map of 1Gi
        Views' size    64Ki used of a map of 1Gi
        Per position   196 bytes, log and views
        Readers        1 of 510

        """)
    status.viewsPosition = 999
    #expect(text { status.writeText(to: &$0, Appearance()) }.contains("1 position behind"))
    #expect(StrictJSON.accepts(json { status.write(to: &$0) }))
  }

  @Test func `quotas, projects and deletions are JSON of their own`() {
    let quota = QuotaStatus(
      project: "p", owner: "o", limits: QuotaLimits(cpuMillicores: 1), held: Resources(gpuMilli: 3),
      running: 2)
    #expect(
      json { quota.write(to: &$0) } == """
        {"project":"p","owner":"o","limits":{"cpuMillicores":1},\
        "held":{"cpuMillicores":0,"memoryBytes":0,"gpuMilli":3},"running":2}
        """)
    let project = ProjectStatus(
      name: "p", members: ["a", "b"], workloads: 3, createdAt: Sample.noon, createdBy: "a")
    #expect(
      json { project.write(to: &$0) }
        == #"{"name":"p","members":["a","b"],"workloads":3,"createdAt":"2023-07-01T12:00:00Z","createdBy":"a"}"#
    )
    let deletion = PendingDeletion(
      workload: Sample.bareWorkload, requestedAt: Sample.noon, requestedBy: nil, attempts: 2)
    #expect(
      json { deletion.write(to: &$0) }.hasPrefix(
        #"{"requestedAt":"2023-07-01T12:00:00Z","attempts":2,"workload":{"id":"0192f3a4"#))
  }
}
