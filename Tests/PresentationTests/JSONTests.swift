import Presentation
import Testing
import WorkloadModel

@testable import Ledger

private func text(_ write: (inout JSONWriter) -> Void) -> String {
  var json = JSONWriter()
  write(&json)
  return String(decoding: json.bytes, as: UTF8.self)
}

struct `JSON` {
  @Test func `a workload has the keys of the contract, in its order`() {
    #expect(
      text { Sample.workload().write(to: &$0) } == """
        {"id":"0192f3a4-5b6c-7d8e-8123-456789abcdef","name":"bert","type":"Fine-Tuning",\
        "status":"Delete Requested","statusReason":"done with it","project":"vision","cluster":"c1",\
        "owner":"alice","resources":{"cpuMillicores":4500,"memoryBytes":68719476736,"gpuMilli":1000},\
        "url":"https://lab.example/?a=1&b=2","labels":{"a":"b","x\\"y":""},"sourceID":"job-1","attempt":2,\
        "version":7,"createdAt":"2023-07-01T12:00:00Z","createdBy":"alice","queuedAt":"2023-07-01T12:00:01Z",\
        "startedAt":"2023-07-01T12:00:02Z","finishedAt":"2023-07-01T12:01:00Z",\
        "deleteRequestedAt":"2023-07-01T14:30:00Z","deleteRequestedBy":"bob","lastPosition":41}
        """)
  }

  @Test func `what is not known is left out`() {
    #expect(
      text { Sample.bareWorkload.write(to: &$0) } == """
        {"id":"0192f3a4-5b6c-7d8e-8123-456789abcdef","name":"job","status":"Unknown","project":"p",\
        "resources":{"cpuMillicores":0,"memoryBytes":0,"gpuMilli":0},"attempt":1,"version":1,"lastPosition":1}
        """)
  }

  @Test func `a page has items, a total, and a token unless it is the last`() {
    var page = WorkloadPage(project: "p", items: [], total: 0, nextPageToken: nil)
    #expect(text { page.write(to: &$0) } == #"{"items":[],"total":0}"#)
    page.total = 3
    page.nextPageToken = "t-k"
    #expect(text { page.write(to: &$0) } == #"{"items":[],"total":3,"nextPageToken":"t-k"}"#)
  }

  @Test func `a creation is one CloudEvent`() {
    #expect(
      text { Sample.event(.created, .created(Sample.creation)).write(to: &$0) } == """
        {"specversion":"1.0","id":"17","source":"urn:uuid:s","type":"workload.created",\
        "subject":"0192f3a4-5b6c-7d8e-8123-456789abcdef","time":"2023-07-01T12:00:00Z",\
        "datacontenttype":"application/json","position":17,"recordedtime":"2023-07-01T12:00:01Z",\
        "data":{"actor":"alice","reporter":"alice@host","project":"vision","version":1,"applied":true,\
        "observed":false,"name":"bert","type":"Fine-Tuning","cluster":"c1","owner":"alice",\
        "resources":{"cpuMillicores":500,"memoryBytes":1024,"gpuMilli":0},"sourceID":"job-1","labels":{"k":"v"}}}
        """)
  }

  @Test func `an anomaly says so, and that nobody is known`() {
    var event = Sample.event(.completed)
    event.isApplied = false
    event.anomaly = .contradictsRun
    event.isObserved = true
    event.isImplied = true
    event.timeIsBound = true
    event.actor = nil
    event.reporter = nil
    event.reason = "line\nbreak"
    #expect(
      text { event.write(to: &$0) }.hasSuffix(
        """
        "data":{"actor":"unknown","reporter":"unknown","project":"vision","version":1,"applied":false,\
        "observed":true,"anomaly":"contradicts-run","implied":true,"timeBound":"atOrBefore",\
        "reason":"line\\nbreak"}}
        """))
  }

  @Test func `events of projects have no subject`() {
    let member = text { Sample.event(.memberAdded, .member("bob")).write(to: &$0) }
    #expect(!member.contains("subject"))
    #expect(member.contains(#""member":"bob""#))
    let limits = QuotaLimits(memoryBytes: 5)
    let quota = text { Sample.event(.quotaSet, .quota(owner: "bob", limits)).write(to: &$0) }
    #expect(quota.contains(#""owner":"bob","limits":{"memoryBytes":5}"#))
    let refused = text { Sample.event(.actionRefused, .refused(command: .started)).write(to: &$0) }
    #expect(refused.contains(#""command":"workload.started""#))
  }

  @Test func `only what must be escaped is`() {
    #expect(
      text { $0.string("a\"b\\c\nd\r\t\u{1}\u{1F}/é\u{2028}𝄞\u{7F}") }
        == "\"a\\\"b\\\\c\\nd\\r\\t\\u0001\\u001f/é\u{2028}𝄞\u{7F}\"")
  }

  @Test(arguments: [
    (Int64(0), "0"), (1, "0.000001"), (1_500_000, "1.5"), (-2_000_001, "-2.000001"), (3_600_000_000, "3600"),
  ])
  func `durations are exact seconds`(_ microseconds: Int64, _ expected: String) {
    #expect(text { json in json.object { $0.field("s", secondsOf: microseconds) } } == #"{"s":\#(expected)}"#)
  }

  @Test func `numbers keep all their digits`() {
    #expect(text { $0.number(UInt64.max) } == "18446744073709551615")
    #expect(text { $0.number(Int64.min) } == "-9223372036854775808")
  }

  @Test func `emptying the buffer keeps the place in an array`() {
    var json = JSONWriter()
    json.beginArray()
    json.number(1)
    let first = json.bytes
    json.removeAll()
    json.number(2)
    json.endArray()
    #expect(String(decoding: first + json.bytes, as: UTF8.self) == "[1,2]")
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `whatever texts there are, the JSON is strict`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var workload = Sample.workload(named: random.text())
    workload.statusReason = random.text()
    workload.labels = [Workload.Label(key: "k" + random.text(), value: random.text())]
    var event = Sample.event(.created, .created(Sample.creation))
    event.id = random.text()
    event.reason = random.text(upTo: 200)
    let details = WorkloadDetails(
      workload: workload, timeline: [event, event], timePerStatus: [.init(status: .running, microseconds: 12)]
    )
    let json = text { details.write(to: &$0) }
    #expect(StrictJSON.accepts(json), "seed \(seed): \(json)")
  }

  @Test func `the checker itself refuses what is not JSON`() {
    let bad = [
      "", "{", "{\"a\":1,}", "[1,]", "01", "\"\n\"", "{\"a\":1,\"a\":2}", "nul", "1.", "\"\\x\"", "[1] ",
    ]
    for text in bad { #expect(!StrictJSON.accepts(text), "\(text)") }
    for text in ["{}", "[1,-0.5e+3,null]", #"{"a":{"b":[true,"\u00e9"]}}"#] {
      #expect(StrictJSON.accepts(text))
    }
  }

  @Test(arguments: [
    ("\"", "\\\""), ("\\", "\\\\"), ("\u{0}", "\\u0000"), ("\u{1F}", "\\u001f"), ("\n", "\\n"),
    ("é", "é"), ("\u{7F}", "\u{7F}"), (" ", " "), ("!", "!"), ("#", "#"), ("[", "["), ("]", "]"),
    ("\u{10FFFF}", "\u{10FFFF}"),
  ])
  func `escapes what must be, wherever it stands in a text of any length`(special: String, escaped: String) {
    for length in 1...40 {
      for place in 0..<length {
        let before = String(repeating: "x", count: place)
        let after = String(repeating: "y", count: length - place - 1)
        #expect(text { $0.string(before + special + after) } == "\"\(before)\(escaped)\(after)\"")
      }
    }
  }
}
