import Exchange
import Testing
import WorkloadModel

private let id = "019b97ad-a27d-7210-be8c-86c936a86a72"

/// A line with these attributes and members of `data`.
private func line(
  type: String = "workload.queued", subject: String? = id, id number: String = "17",
  time: String = "2026-01-07T08:58:17.597Z", more: String = "", _ data: String = ""
) -> String {
  let subject = subject.map { ",\"subject\":\"\($0)\"" } ?? ""
  return
    "{\"specversion\":\"1.0\",\"id\":\"\(number)\",\"source\":\"urn:x\",\"type\":\"\(type)\"\(subject)"
    + ",\"time\":\"\(time)\"\(more),\"data\":{\(data)}}"
}

private let common = "source=urn:x actor=unknown reporter=tester@host project=unknown"

struct `CloudEvents lines` {
  @Test func `a full creation is read field by field`() {
    let run = ImportRun.lines(
      #"{"specversion":"1.0","id":"17","source":"urn:uuid:3d8f1d86-2c6e-4a8e-9d5b-0f5f3f1c9a10","type":"#
        + #""workload.created","subject":"019b97ad-a27d-7210-be8c-86c936a86a72","time":"#
        + #""2026-01-07T08:58:17.597Z","datacontenttype":"application/json","position":17,"recordedtime":"#
        + #""2026-01-07T08:58:18Z","data":{"actor":"aino","reporter":"aino@login1","project":"language","#
        + #""version":1,"applied":false,"anomaly":"already-created","observed":false,"implied":true,"#
        + #""timeBound":"atOrBefore","reason":"two\nlines","name":"llama \"3\"","type":"Fine-Tuning","#
        + #""cluster":"lumi-g","owner":"aino","resources":{"cpuMillicores":16000,"memoryBytes":"#
        + #"68719476736,"gpuMilli":2000},"url":"https://x/y","sourceID":"slurm-1","#
        + #""labels":{"team":"言語","priority":"high"}}}"#)
    #expect(run.rejected == [])
    #expect(
      run.events == [
        "workload.created \(id) 2026-01-07T08:58:17.597Z atOrBefore implied id=17"
          + " source=urn:uuid:3d8f1d86-2c6e-4a8e-9d5b-0f5f3f1c9a10 actor=aino reporter=aino@login1"
          + " project=language cluster=lumi-g owner=aino type=Fine-Tuning resources=16000/68719476736/2000"
          + " name='llama \"3\"' reason='two\nlines' url='https://x/y' sourceID='slurm-1'"
          + " labels=[\"priority=high\", \"team=言語\"]"
      ])
  }

  @Test func `keys may come in any order, with white space, and null is as good as absent`() {
    let run = ImportRun.lines(
      "\t{ \"data\" : { \"reason\" : null , \"actor\":\"a\" } , \"time\":\"2026-01-07t08:58:17+02:00\" ,"
        + " \"subject\":\"\(id.uppercased())\",\"type\":\"workload.started\",\"source\":\"urn:x\","
        + "\"id\":\"x 1\",\"dataschema\":null,\"specversion\":\"1.0\" } \r\n")
    #expect(run.rejected == [])
    #expect(
      run.events == [
        "workload.started \(id) 2026-01-07T06:58:17Z id='x 1' source=urn:x actor=a reporter=tester@host"
          + " project=unknown"
      ])
  }

  @Test func `events of projects and refusals are read`() {
    let run = ImportRun.lines(
      [
        line(type: "project.created", subject: nil, #""project":"p""#),
        line(type: "project.created", subject: nil, #""project":"p","implied":true"#),
        line(type: "project.memberadded", subject: nil, #""project":"p","member":"m""#),
        line(type: "project.memberremoved", subject: nil, #""project":"p","member":"m""#),
        line(
          type: "quota.set", subject: nil, #""project":"p","owner":"o","limits":{"gpuMilli":0}"#),
        line(type: "action.refused", #""project":"p","command":"workload.started","reason":"no""#),
        line(type: "action.refused", subject: nil, #""command":"quota.set""#),
      ].joined(separator: "\n"))
    #expect(run.rejected == [])
    let zero = "00000000-0000-0000-0000-000000000000 2026-01-07T08:58:17.597Z"
    let none = zero + " id=17 source=urn:x"
    let who = "actor=unknown reporter=tester@host"
    #expect(
      run.events == [
        "project.created \(none) \(who) project=p",
        "project.created \(zero) implied id=17 source=urn:x \(who) project=p",
        "project.memberadded \(none) \(who) project=p owner=m",
        "project.memberremoved \(none) \(who) project=p owner=m",
        "quota.set \(none) \(who) project=p owner=o resources=-1/-1/0",
        "action.refused \(id) 2026-01-07T08:58:17.597Z id=17 source=urn:x \(who) project=p"
          + " command=workload.started reason='no'",
        "action.refused \(none) \(who) project=unknown command=quota.set",
      ])
  }

  @Test func `an id is a number, the event's own content, or a text`() {
    let own = "\(id)/2/1767776297597000"
    let ids = [
      "1", "9223372036854775807", "9223372036854775808", "007", "0", own, own + "0", own.uppercased(),
    ]
    let run = ImportRun.lines(ids.map { line(id: $0) }.joined(separator: "\n"))
    #expect(run.rejected == [])
    #expect(
      run.events.map { $0.split(separator: " ")[3] } == [
        "id=1", "id=9223372036854775807", "id='9223372036854775808'", "id='007'", "id='0'", "id=content",
        "id='\(own)0'", "id='\(own.uppercased())'",
      ])
  }

  @Test func `a later product's type keeps its name as a label, in its place`() {
    let created = #""name":"n","project":"p","type":"custom""#
    let run = ImportRun.lines(
      [
        line(type: "workload.created", created),
        line(type: "workload.created", created + #","labels":{"zone":"1","area":"2"}"#),
        line(type: "workload.created", created + #","labels":{"type":"own","area":""}"#),
      ].joined(separator: "\n"))
    #expect(run.rejected == [])
    let start =
      "workload.created \(id) 2026-01-07T08:58:17.597Z id=17 source=urn:x actor=unknown"
      + " reporter=tester@host project=p type=Training name='n' labels="
    #expect(
      run.events == [
        start + #"["type=Custom"]"#,
        start + #"["area=2", "type=Custom", "zone=1"]"#,
        start + #"["area=", "type=own"]"#,
      ])
  }

  @Test func `a termination without a cause has the cause unknown`() {
    let run = ImportRun.lines(line(type: "workload.terminated"))
    #expect(
      run.events == ["workload.terminated \(id) 2026-01-07T08:58:17.597Z id=17 \(common) reason='unknown'"])
  }

  @Test func `escapes are written out`() {
    let run = ImportRun.lines(
      line(type: "workload.failed", #""reason":"\u0041\u00e9\u20AC\ud83d\ude00\"\\\/\t\n€""#))
    #expect(run.rejected == [])
    #expect(run.events.first?.hasSuffix("reason='Aé€😀\"\\/\t\n€'") == true)
  }

  @Test func `unknown fields are left out and counted, or refused where it is strict`() {
    let text = [
      line(more: #","traceparent":"00-1""#, #""colour":{"a":[1,2.5e3,true,null]}"#),
      line(#""colour":1,"name":"n""#),
      line(type: "project.created", #""project":"p""#),
    ].joined(separator: "\n")
    let run = ImportRun.lines(text)
    #expect(run.rejected == [])
    #expect(run.report.appendedTotal == 3)
    #expect(
      run.report.warnings.map { "\($0.field) \($0.count) \($0.file):\($0.line)" } == [
        "traceparent of workload.queued 1 file:1", "data.colour of workload.queued 2 file:1",
        "data.name of workload.queued 1 file:2", "subject of project.created 1 file:3",
      ])
    var options = ImportRun.options
    options.isStrict = true
    let strict = ImportRun.lines(text, options)
    #expect(
      strict.rejected == [
        "1:157 -: workload.queued knows no field 'traceparent' (without --strict it is left out)",
        "2 -: workload.queued knows no field 'data.name' (without --strict it is left out)",
        "3 -: project.created knows no field 'subject' (without --strict it is left out)",
      ])
    #expect(strict.report.appendedTotal == 0)
  }
}

/// Every flaw is told with its line, byte, field and what would be right.
struct `Flawed CloudEvents lines` {
  @Test(arguments: [
    (#"[]"#, "1:1 -: an event in JSON must stand here, beginning with '{'"),
    (#"{"#, "1:2 -: a key in quotes must stand here, not the end of the line"),
    (#"{"id":"1",}"#, "1:11 id: a key in quotes must stand here, not '}'"),
    (#"{"id" "1"}"#, "1:7 -: ':' must stand here, not '\"'"),
    (#"{"id":"1" "x":1}"#, "1:11 id: ',' or '}' must stand here, not '\"'"),
    (#"{"id":"1","id":"2"}"#, "1:11 id: the key 'id' stands twice in its object"),
    (#"{"x":1,"x":2}"#, "1:8 -: the key 'x' stands twice in its object"),
    (#"{"x":{"y":1,"\u0079":2}}"#, "1:13 -: the key 'y' stands twice in its object"),
    (#"{"id":1}"#, "1:7 id: a text must stand here, not '1'"),
    (#"{"id":""}"#, "1:7 id: the text is empty"),
    (#"{"id":"abc"#, "1:7 id: this string has no end"),
    ("{\"id\":\"a\tb\"}", "1:9 id: a control character stands in a string; it must be written as an escape"),
    (#"{"id":"\x"}"#, #"1:8 id: there is no such escape; \" \\ \/ \b \f \n \r \t \uXXXX are"#),
    (#"{"id":"\u12g4"}"#, #"1:8 id: four hexadecimal digits must follow \u"#),
    (#"{"id":"\ud83d"}"#, "1:8 id: the second half of this surrogate pair is missing"),
    (#"{"id":"\ud83d\u0041"}"#, #"1:14 id: this is no second half of a surrogate pair (\uDC00 to \uDFFF)"#),
    (#"{"id":"\ude00"}"#, "1:8 id: this second half of a surrogate pair has no first"),
    (#"{"id":"\u0007"}"#, "1:7 id: the text has a control character at byte 0"),
    (#"{"specversion":"0.3"}"#, "1:16 specversion: '0.3' must be '1.0'"),
    (#"{"datacontenttype":"text/xml"}"#, "1:20 datacontenttype: 'text/xml' must be 'application/json'"),
    (
      #"{"subject":"42"}"#,
      "1:12 subject: the workload's id must stand here, a UUID as in 019b97ad-a27d-7210-be8c-86c936a86a72"
    ),
    (
      #"{"time":"2026-02-30T00:00:00Z"}"#,
      "1:9 time: a time of the years 1 to 9999 must stand here, as in 2023-07-01T08:30:00Z,"
        + " not '2026-02-30T00:00:00Z'"
    ),
    (
      #"{"time":"2026-02-01"}"#,
      "1:9 time: a time of the years 1 to 9999 must stand here, as in 2023-07-01T08:30:00Z, not '2026-02-01'"
    ),
    (#"{"position":0}"#, "1:13 position: 0 is not in 1 to 9223372036854775807"),
    (
      #"{"position":1e3}"#,
      "1:13 position: an integer must stand here: without a fraction and an exponent"
    ),
    (#"{"position":01}"#, "1:13 position: a number must not begin with 0"),
    (#"{"position":99999999999999999999}"#, "1:13 position: this number is out of range"),
    (#"{"x":-}"#, "1:6 -: a value must stand here, not '}'"),
    (#"{"x":1.}"#, "1:6 -: a digit must follow the point of this number"),
    (#"{"x":tru}"#, "1:6 -: 'true' must stand here"),
    (#"{"x":[1 2]}"#, "1:9 -: ',' must stand here, not '2'"),
    (#"{"data":[]}"#, "1:9 data: an object must stand here, not '['"),
    (#"{"data":{"applied":1}}"#, "1:20 data.applied: true or false must stand here, not '1'"),
    (#"{"data":{"version":-1}}"#, "1:20 data.version: -1 is not in 0 to 4294967295"),
    (
      #"{"data":{"anomaly":"odd"}}"#,
      "1:20 data.anomaly: there is no anomaly 'odd'; there are already-created, after-deletion,"
        + " contradicts-run, contradicts-deletion, contradicts-contact"
    ),
    (#"{"data":{"timeBound":"before"}}"#, "1:22 data.timeBound: 'before' must be 'atOrBefore'"),
    (
      #"{"data":{"type":"Dream"}}"#,
      "1:17 data.type: there is no type 'Dream'; there are Model Download, Inference, Training,"
        + " Pre-Training, Fine-Tuning, Evaluation, Workspace"
    ),
    (#"{"data":{"resources":{"gpuMilli":-5}}}"#, "1:34 data.resources: -5 is not in 0 to 9007199254740991"),
    (
      #"{"data":{"resources":{"gpuMilli":9007199254740992}}}"#,
      "1:34 data.resources: 9007199254740992 is not in 0 to 9007199254740991"
    ),
    (
      #"{"data":{"resources":{"gpu":1}}}"#,
      "1:23 data.resources: there is no resource 'gpu'; there are cpuMillicores, memoryBytes, gpuMilli"
    ),
    (
      #"{"data":{"resources":{"gpuMilli":1,"gpuMilli":2}}}"#,
      "1:36 data.resources: the key 'gpuMilli' stands twice in its object"
    ),
    (#"{"data":{"labels":{"a":1}}}"#, "1:24 data.labels: a label's value must be a text, not '1'"),
    (
      #"{"data":{"command":"action.refused"}}"#,
      "1:20 data.command: a refusal can't have been what was wanted"
    ),
    ("{} x", "1:4 -: nothing may follow the event on its line, but 'x' does"),
    ("{}", "1 specversion: it is missing"),
  ])
  func `a flawed line is rejected with its place`(text: String, expected: String) {
    let run = ImportRun.lines(text)
    #expect(run.rejected == [expected])
    #expect(run.report.rejected == 1 && run.report.lines == 1 && run.events.isEmpty)
    #expect(run.rejections.first?.text == text)
  }

  @Test(arguments: [
    ("workload.created", #""project":"p""#, "data.name: it is missing"),
    ("workload.created", #""name":"n""#, "data.project: it is missing"),
    (
      "workload.created", #""name":"n","project":"unknown""#,
      "data.project: 'unknown' stands for nobody; a name must stand here"
    ),
    ("action.refused", "", "data.command: it is missing"),
    ("project.created", "", "data.project: it is missing"),
    ("project.memberadded", #""project":"p""#, "data.member: it is missing"),
    (
      "project.memberadded", #""project":"p","member":"unknown""#,
      "data.member: 'unknown' stands for nobody; a name must stand here"
    ),
    ("quota.set", #""project":"p","owner":"o""#, "data.limits: it is missing"),
    (
      "workload.created", #""name":"n","project":"p","labels":{"b":"","a":"1","\u0061":"2"}"#,
      "data.labels: the key 'a' stands twice in its object"
    ),
  ])
  func `what a kind needs must be there`(type: String, data: String, expected: String) {
    let run = ImportRun.lines(line(type: type, data))
    #expect(run.rejections.count == 1)
    #expect(run.rejected.first?.hasSuffix(" " + expected) == true, "\(run.rejected)")
  }

  @Test(arguments: ["specversion", "id", "source", "type", "subject", "time"])
  func `an attribute that is needed must be there`(name: String) throws {
    let without = line().replacing(try Regex("\"\(name)\":\"[^\"]*\",?"), with: "", maxReplacements: 1)
    let run = ImportRun.lines(without)
    #expect(run.rejected == ["1 \(name): it is missing"])
  }

  @Test func `names keep their limits, in bytes`() {
    let longest = String(repeating: "é", count: 128)
    #expect(ImportRun.lines(line("\"actor\":\"\(longest)\"")).rejected == [])
    let run = ImportRun.lines(line("\"actor\":\"\(longest)x\""))
    #expect(run.rejected == ["1:173 data.actor: the text is 257 bytes long; 256 is the most"])
    let control = ImportRun.lines(line("\"actor\":\"a\u{7F}\""))
    #expect(control.rejected == ["1:173 data.actor: the text has a control character at byte 1"])
  }

  @Test func `bytes that are not UTF-8 are refused, also in what is not kept`() {
    for key in ["actor", "colour"] {
      var bytes = Array(line("\"\(key)\":\"aX\"").utf8)
      for index in bytes.indices where bytes[index] == UInt8(ascii: "X") { bytes[index] = 0xFF }
      let run = ImportRun.cloudEvents([.bytes(bytes, name: "file")])
      #expect(run.rejections.map(\.reason) == ["this string is not UTF-8"])
    }
  }

  @Test func `nesting has a limit`() {
    let deep = String(repeating: "[", count: 100_000)
    let run = ImportRun.lines("{\"x\":" + deep)
    #expect(run.rejected == ["1:38 -: objects and arrays are nested deeper than 32 here"])
  }

  @Test func `lines between flawed ones are imported`() {
    let run = ImportRun.lines([line(), "", "{", line(), "}", line()].joined(separator: "\n"))
    #expect(run.items.map(\.line) == [1, 4, 6])
    #expect(run.rejections.map(\.line) == [3, 5])
    #expect(run.report.lines == 5)
  }
}
