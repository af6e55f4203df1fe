import Exchange
import Testing
import WorkloadModel

struct `Mappings` {
  /// A mapping of `created` with these fields of a workload.
  private func mapping(_ workload: String, events: String? = nil, time: String = #"{"unit":"s"}"#) throws
    -> Mapping
  {
    let events = events ?? #"[{"event":"workload.created","time":{"column":"t"}}]"#
    return try Mapping(
      json: Array(
        """
        {"version":1,"source":"s","time":\(time),"subject":{"column":"id"},
        "workload":{"project":{"constant":"p"}\(workload)},"events":\(events)}
        """.utf8))
  }

  /// What is behind the project in the events.
  private func tails(_ run: ImportRun) -> [String] {
    run.events.map { event in
      event.firstRange(of: "project=p ").map { String(event[$0.upperBound...]) } ?? event
    }
  }

  @Test func `columns, constants, words and rules give the fields`() throws {
    let mapping = try mapping(
      #"""
      ,"name":{"column":"n","missing":["-"]},"cluster":{"constant":"c"},"owner":{"column":"o"},
      "type":{"column":"y","words":{"inf":"Inference","ws":"workspace","x":"Custom"}},
      "url":[{"when":{"column":"y","equals":"ws"},"then":{"constant":"https://x"}},{"then":null}],
      "labels":{"z":{"column":"o"},"a":{"constant":"1"}},
      "resources":{"cpuMillicores":{"column":"c","times":1000},"gpuMilli":{"constant":5}}
      """#)
    let run = ImportRun.rows(
      "id,t,n,o,y,c\na,0,one,me,inf,0.5\nb,1,two,,ws,2\nc,2,three,unknown,x,\nd,3,-,me,inf,1\ne,4,five,me,tr,1\n"
        + "f,5,six,me,inf,0.0005\ng,6,seven,me,inf,-1\nh,7,eight,me,inf,9007199254740991\n",
      mapping: mapping)
    #expect(
      tails(run) == [
        #"cluster=c owner=me type=Inference resources=500/0/5 name='one' sourceID='a' labels=["a=1", "z=me"]"#,
        #"cluster=c type=Workspace resources=2000/0/5 name='two' url='https://x' sourceID='b' labels=["a=1"]"#,
        "cluster=c type=Training resources=0/0/5 name='three' sourceID='c'"
          + #" labels=["a=1", "type=Custom", "z=unknown"]"#,
      ])
    #expect(
      run.rejected == [
        "5 workload.name: workload.created needs a name",
        "6:13 workload.type: column 'y': the mapping has no word for 'tr', only for inf, ws, x",
        "7:16 workload.resources.cpuMillicores: column 'c': the amount is no whole number of its unit",
        "8:18 workload.resources.cpuMillicores: column 'c': the amount is negative",
        "9:18 workload.resources.cpuMillicores: column 'c': the amount is over 9007199254740991",
      ])
  }

  @Test func `a workload's id is a UUID of version 8 from its source and source id`() throws {
    let id = WorkloadID(source: Array("s".utf8), sourceID: Array("a".utf8))
    #expect(id.high >> 12 & 15 == 8)
    #expect(id.low >> 62 == 2)
    let run = ImportRun.rows("id,t\na,0\nb,0\n", mapping: try mapping(""))
    #expect(run.items.map(\.subject) == [id, WorkloadID(source: [0x73], sourceID: [0x62])])
    #expect("\(id)" == ownID)
  }

  /// From `printf 's\0a' | sha256sum`, with the version and variant bits of RFC 9562 section 5.8.
  private let ownID = "4cfd2308-ceb4-835a-8ad4-2eaa0088aa4d"

  @Test func `conditions say which events a row gives`() throws {
    let event = { (when: String, reason: String) in
      #"{"event":"workload.failed","time":{"column":"t"},"when":\#(when),"reason":{"constant":"\#(reason)"}}"#
    }
    let events = [
      event(#"{"column":"n","equals":8}"#, "number"), event(#"{"column":"n","equals":"8"}"#, "text"),
      event(#"{"column":"n","in":[1,"x",3]}"#, "in"), event(#"{"column":"n","between":[-2,2]}"#, "between"),
      event(#"{"column":"n","isEmpty":true}"#, "empty"),
      event(#"{"all":[{"column":"n","equals":8},{"column":"id","equals":"a"}]}"#, "all"),
      event(#"{"not":{"any":[{"column":"n","isEmpty":true},{"column":"n","between":[0,9]}]}}"#, "not"),
      event(#"{"firstOfSubject":false}"#, "again"),
    ]
    let run = ImportRun.rows(
      "id,t,n\na,0,8\na,0,08\nb,0,1\nc,0,x\nd,0,-2\ne,0,\nf,0,5\nb,0,5\n",
      mapping: try mapping("", events: "[" + events.joined(separator: ",") + "]"))
    let reasons = zip(run.items.map(\.line), tails(run)).map { "\($0.0) \($0.1)" }
    #expect(
      reasons == [
        "2 reason='number'", "2 reason='text'", "2 reason='all'", "3 reason='number'", "3 reason='all'",
        "3 reason='again'", "4 reason='in'", "4 reason='between'", "5 reason='in'", "5 reason='not'",
        "6 reason='between'", "6 reason='not'", "7 reason='empty'", "9 reason='again'",
      ])
    #expect(run.report.eventlessRows == 1)
    var options = ImportRun.options
    options.isStrict = true
    let strict = ImportRun.rows(
      "id,t,n\nf,0,5\n", mapping: try mapping("", events: "[" + events.joined(separator: ",") + "]"),
      options: options)
    #expect(strict.rejected == ["2 row: the mapping gives no event for it"])
  }

  @Test(arguments: [1, 7, 8, 9, 16, 17, 24, 25, 32, 33, 40])
  func `a rule that asks for a word holds for that word only, however it is written`(count: Int) throws {
    let word = String("the word of a rule, with a comma and a".prefix(count - 1)) + "z"
    let when = #""when":{"all":[{"column":"n","isEmpty":false},{"column":"n","equals":"\#(word)"}]}"#
    let mapping = try mapping(
      "", events: #"[{"event":"workload.failed","time":{"column":"t"},\#(when)}]"#)
    var others = [word + "z", String(word.dropLast()), ""]
    for place in word.indices { others.append(word[..<place] + "Z" + word[word.index(after: place)...]) }
    let rows = [word] + others + [word]
    let run = ImportRun.rows(
      "id,t,n\n" + rows.map { "a,0,\"\($0)\"\n" }.joined(), mapping: mapping)
    #expect(run.items.map(\.line) == [2, UInt64(rows.count) + 1])
  }

  @Test func `a word with a quote in it is known where the row doubles it`() throws {
    let mapping = try mapping(
      "",
      events: #"[{"event":"workload.failed","time":{"column":"t"},"when":{"column":"n","equals":"a\"b"}}]"#)
    let run = ImportRun.rows("id,t,n\na,0,\"a\"\"b\"\na,0,\"a\"\"c\"\n", mapping: mapping)
    #expect(run.items.map(\.line) == [2])
  }

  @Test func `the first row of a subject is the first one that gives events`() throws {
    let events = """
      [{"event":"workload.created","time":{"column":"t"},"when":{"firstOfSubject":true}},
      {"event":"workload.queued","time":{"column":"t"}}]
      """
    let run = ImportRun.rows("id,t\na,x\na,1\na,2\n", mapping: try mapping("", events: events))
    #expect(run.items.map(\.line) == [3, 3, 4])
    #expect(
      run.events.map { $0.split(separator: " ")[0] } == [
        "workload.created", "workload.queued", "workload.queued",
      ])
  }

  @Test(arguments: [
    (#"{"unit":"s"}"#, "1.5", "1970-01-01T00:00:01.500Z"),
    (#"{"unit":"ms","zero":"2023-01-01T00:00:00Z"}"#, "1500", "2023-01-01T00:00:01.500Z"),
    (#"{"unit":"us","zero":"2023-01-01T00:00:00Z"}"#, "-1", "2022-12-31T23:59:59.999999Z"),
    (#"{"unit":"rfc3339"}"#, "2023-01-01T01:00:00+01:00", "2023-01-01T00:00:00Z"),
    (#"{"unit":"s","atOrBefore":["7","0"]}"#, "0", "1970-01-01T00:00:00Z atOrBefore"),
    (#"{"unit":"s","atOrBefore":["0"]}"#, "00", "1970-01-01T00:00:00Z"),
  ])
  func `times are read in their unit from their zero`(form: String, text: String, expected: String) throws {
    let run = ImportRun.rows("id,t\na,\(text)\n", mapping: try mapping("", time: form))
    #expect(run.rejected == [])
    #expect(run.events.first?.contains(" \(expected) id=content") == true, "\(run.events)")
  }

  @Test func `an event may have an id of its own and an actor of its own`() throws {
    let events = """
      [{"event":"workload.queued","time":{"column":"t"},"id":{"column":"e"},"actor":{"column":"w"}},
      {"event":"workload.contactlost","time":{"column":"t"},"timeBound":"atOrBefore"},
      {"event":"workload.terminated","time":{"column":"t"}}]
      """
    let run = ImportRun.rows("id,t,e,w\na,0,17,me\nb,0,x,\n", mapping: try mapping("", events: events))
    #expect(
      run.events.map { $0.split(separator: " ").dropFirst(3).joined(separator: " ") } == [
        "id=17 source=s actor=me reporter=tester@host project=p",
        "atOrBefore id=content source=s actor=unknown reporter=tester@host project=p",
        "id=content source=s actor=unknown reporter=tester@host project=p reason='unknown'",
        "id='x' source=s actor=unknown reporter=tester@host project=p",
        "atOrBefore id=content source=s actor=unknown reporter=tester@host project=p",
        "id=content source=s actor=unknown reporter=tester@host project=p reason='unknown'",
      ])
  }

  @Test(arguments: [
    ("", "$ (line 1, column 1): a value must stand here, not the end of the line"),
    ("[]", "$ (line 1, column 1): an object must stand here, not a list"),
    (#"{"version":1}"#, "$ (line 1, column 1): 'source' is missing"),
    (#"{"version":2}"#, "$.version (line 1, column 12): a number from 1 to 1 must stand here"),
    (
      "{\"version\":1,\n \"version\":1}", "$ (line 2, column 2): the key 'version' stands twice in its object"
    ),
    (
      #"{"version":1,"source":"unknown"}"#,
      "$.source (line 1, column 23): 'unknown' stands for nobody; a name of the source must stand here"
    ),
    (
      #"{"version":1,"source":"s","csv":{"delimiter":";;"}}"#,
      #"$.csv.delimiter (line 1, column 46): one ASCII character must stand here, as in "," or "\t""#
    ),
    (
      #"{"version":1,"source":"s","csv":{"columns":["a"]}}"#,
      #"$.csv.columns (line 1, column 44): columns are named here only where "header" is false"#
    ),
    (
      #"{"version":1,"source":"s","csv":{"headers":true}}"#,
      "$.csv.headers (line 1, column 44): there is no such key here; there are delimiter, quotes, header, columns"
    ),
    (
      #"{"version":1,"source":"s","time":{"unit":"h"}}"#,
      "$.time.unit (line 1, column 42): 'h' must be one of rfc3339, s, ms, us"
    ),
    (
      #"{"version":1,"source":"s","time":{"zero":"today"}}"#,
      "$.time.zero (line 1, column 42): a time must stand here, as in 2023-01-01T00:00:00Z"
    ),
    (
      #"{"version":1,"source":"s","csv":{"header":false},"subject":{"column":"a"}}"#,
      "$.subject.column (line 1, column 70): without a header, name the columns in csv.columns, or write a number"
        + " from 1"
    ),
    (
      #"{"version":1,"source":"s","csv":{"header":false,"columns":["a"]},"subject":{"column":"b"}}"#,
      "$.subject.column (line 1, column 86): there is no column 'b'; there are a"
    ),
    (
      #"{"version":1,"source":"s","csv":{"header":false,"columns":["a"]},"subject":{"column":2}}"#,
      "$.subject.column (line 1, column 86): there are only 1 columns"
    ),
  ])
  func `a mapping that makes no sense is refused with its place`(text: String, expected: String) {
    #expect(refusal(text) == expected)
  }

  @Test(arguments: [
    (
      #"{"type":{"constant":"Dream"}}"#, "$.workload.type.constant",
      "there is no type 'Dream'; there are Model Download, Inference, Training, Pre-Training, Fine-Tuning,"
        + " Evaluation, Workspace"
    ),
    (#"{"name":"n"}"#, "$.workload.name", "an object must stand here, not a text"),
    (#"{"name":{}}"#, "$.workload.name", "'column' or 'constant' must stand here, or a list of rules"),
    (
      #"{"name":{"column":"n","times":2}}"#, "$.workload.name.times",
      "there is no such key here; there are constant, column, words, missing"
    ),
    (#"{"name":[]}"#, "$.workload.name", "the list must not be empty"),
    (
      #"{"name":[{"then":null},{"then":null}]}"#, "$.workload.name[0]",
      "only the last rule may do without 'when': the rules behind it would never hold"
    ),
    (
      #"{"name":[{"when":{"column":"n"},"then":null}]}"#, "$.workload.name[0].when",
      "equals, in, between or isEmpty must stand beside 'column'"
    ),
    (
      #"{"name":[{"when":{"column":"n","between":[2,1]},"then":null}]}"#, "$.workload.name[0].when.between",
      "the smaller number must come first"
    ),
    (
      #"{"resources":{"gpuMilli":{"constant":"1"}}}"#, "$.workload.resources.gpuMilli.constant",
      "a number must stand here, not a text"
    ),
    (
      #"{"resources":{"gpuMilli":{"column":"g","times":0}}}"#, "$.workload.resources.gpuMilli.times",
      "a number from 1 to 9007199254740991 must stand here"
    ),
    (#"{"project":{"constant":""}}"#, "$.workload.project.constant", "the text is empty"),
    (#"{"labels":{"":{"constant":"x"}}}"#, "$.workload.labels.", "the label's key is empty"),
  ])
  func `a field that makes no sense is refused with its path`(
    workload: String, path: String, reason: String
  ) {
    let text = #"{"version":1,"source":"s","subject":{"column":"id"},"workload":\#(workload),"events":[]}"#
    let error = #expect(throws: DocumentError.self) { try Mapping(json: Array(text.utf8)) }
    #expect(error?.path == path)
    #expect(error?.reason == reason)
  }

  @Test(arguments: [
    (#"[]"#, "$.events", "the list must not be empty"),
    (
      #"[{"event":"quota.set"}]"#, "$.events[0].event",
      "there is no event 'quota.set' of a workload; there are workload.created, workload.queued,"
        + " workload.started, workload.completed, workload.failed, workload.terminated, workload.contactlost,"
        + " workload.deleterequested, workload.deleted, workload.deletefailed"
    ),
    (#"[{"event":"workload.created"}]"#, "$.events[0].event", "workload.created needs $.workload.project"),
    (#"[{"event":"workload.queued"}]"#, "$.events[0]", "'time' is missing"),
    (
      #"[{"event":"workload.queued","time":{"column":"t"}}]"#, "$.events[0].time",
      "'unit' is missing here and in $.time: rfc3339, s, ms or us"
    ),
    (
      #"[{"event":"workload.queued","time":{"column":"t","unit":"s"},"timeBound":"after"}]"#,
      "$.events[0].timeBound", "'after' must be one of atOrBefore"
    ),
  ])
  func `a rule of events that makes no sense is refused with its path`(
    events: String, path: String, reason: String
  ) {
    let text = #"{"version":1,"source":"s","subject":{"column":"id"},"workload":{},"events":\#(events)}"#
    let error = #expect(throws: DocumentError.self) { try Mapping(json: Array(text.utf8)) }
    #expect(error?.path == path)
    #expect(error?.reason == reason)
  }

  private func refusal(_ text: String) -> String {
    do throws(DocumentError) {
      _ = try Mapping(json: Array(text.utf8))
      return "it was read"
    } catch { return error.message }
  }
}
