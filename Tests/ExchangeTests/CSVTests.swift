import Exchange
import Testing
import WorkloadModel

/// A mapping that queues a workload a row; `more` goes into it.
func queueMapping(csv: String = "{}", more: String = "") throws -> Mapping {
  try Mapping(
    json: Array(
      """
      {"version":1,"source":"s","csv":\(csv),"time":{"unit":"s"},"subject":{"column":"id"},
      "actor":{"column":"who"},"workload":{"project":{"constant":"p"}},
      "events":[{"event":"workload.queued","time":{"column":"at"}}]\(more)}
      """.utf8))
}

/// The actors that rows give, in order.
private func actors(_ run: ImportRun) -> [String] {
  run.events.map { event in
    guard let start = event.firstRange(of: "actor="), let end = event.firstRange(of: " reporter=") else {
      return ""
    }
    return String(event[start.upperBound..<end.lowerBound])
  }
}

struct `Rows of CSV` {
  @Test func `fields may be quoted, with quotes, delimiters and line breaks inside`() throws {
    let run = ImportRun.rows(
      "id,who,at\r\na,\"x, \"\"y\"\" z\",1\r\n\r\n\"b\",\"\",\"2\"\nc,two,3", mapping: try queueMapping())
    #expect(run.rejected == [])
    #expect(actors(run) == ["x, \"y\" z", "unknown", "two"])
    #expect(run.items.map(\.line) == [2, 4, 5])
    let multiline = ImportRun.rows(
      "id,who,at\na,\"one\ntwo\n\",1\nb,x,2\n", mapping: try queueMapping())
    #expect(multiline.rejected == ["2:4 actor: column 'who': the text has a control character at byte 3"])
    #expect(multiline.items.map(\.line) == [5])
  }

  @Test func `a delimiter may be another, and quotes may mean nothing`() throws {
    let tabs = try queueMapping(csv: #"{"delimiter":"\t","quotes":false}"#)
    let run = ImportRun.rows("id\twho\tat\na\t\"x\t1\nb\ty\"z\t2\n", mapping: tabs)
    #expect(run.rejected == [])
    #expect(actors(run) == ["\"x", "y\"z"])
  }

  @Test func `each part has its header and its order of columns`() throws {
    let run = ImportRun.rows(
      "id,who,at\na,x,1\n", "at,more,id,who\n2,-,b,y\n", "", mapping: try queueMapping())
    #expect(run.rejected == [])
    #expect(actors(run) == ["x", "y"])
    #expect(run.report.lines == 2)
  }

  @Test func `without a header columns have names from the mapping or only numbers`() throws {
    let named = try queueMapping(csv: #"{"header":false,"columns":["at","id","who"]}"#)
    #expect(actors(ImportRun.rows("1,a,x\n2,b,y\n", mapping: named)) == ["x", "y"])
    let numbered = try Mapping(
      json: Array(
        """
        {"version":1,"source":"s","csv":{"header":false},"time":{"unit":"s"},"subject":{"column":2},
        "actor":{"column":3},"workload":{},"events":[{"event":"workload.queued","time":{"column":1}}]}
        """.utf8))
    let run = ImportRun.rows("1,a,x\n2,b,y,more\n3,c\n", mapping: numbered)
    #expect(actors(run) == ["x", "y"])
    #expect(run.rejected == ["3 row: the row has 2 fields; there must be 3"])
  }

  @Test func `flawed rows are rejected with their place, and the next one is read`() throws {
    let run = ImportRun.rows(
      """
      id,who,at
      a,x
      b,x"y,1
      c,"x"y,1
      d,x,soon
      ,x,1
      e,x,99999999999999999
      f,x,1
      """, mapping: try queueMapping())
    #expect(
      run.rejected == [
        "2 row: the row has 2 fields; there must be 3",
        "3:4 -: a quote stands within a field; enclose the field and double it",
        "4:6 -: text follows a closing quote; a delimiter or line end must",
        "5:5 time: column 'at': a number must stand here, not 'soon'",
        "6:1 subject: column 'id': the text is empty",
        "7:5 time: column 'at': the time is not in the years 1 to 9999",
      ])
    #expect(
      run.rejections.map(\.text) == [
        "a,x", "b,x\"y,1", "c,\"x\"y,1", "d,x,soon", ",x,1", "e,x,99999999999999999",
      ])
    #expect(run.items.map(\.line) == [8])
    #expect(run.report.lines == 7)
  }

  @Test func `a quote that is never closed costs one row`() throws {
    let run = ImportRun.rows("id,who,at\na,\"x,1\nb,y,2\nc,z,3\n", mapping: try queueMapping())
    #expect(run.rejected == ["2:1 -: a quote is opened in this row and never closed"])
    #expect(actors(run) == ["y", "z"])
    let rows = (0..<200_000).map { "r\($0),y,2\n" }.joined()
    let long = ImportRun.rows("id,who,at\na,\"x,1\n" + rows, mapping: try queueMapping())
    #expect(long.report.rejected == 1)
    #expect(long.events.count == 200_000)
    #expect(long.items.last?.line == 200_002)
  }

  @Test func `a column that the file does not have is told with the file's columns`() throws {
    let run = ImportRun.rows("id,at\na,1\n", mapping: try queueMapping())
    #expect(
      run.failure?.message
        == "the mapping's $.actor.column (line 2, column 19): there is no column 'who': part-0 has id, at")
    let twice = ImportRun.rows("id,who,at,who\na,x,1,y\n", mapping: try queueMapping())
    #expect(
      twice.failure?.message
        == "the mapping's $.actor.column (line 2, column 19): there is more than one column 'who' in part-0;"
        + " write its number")
  }
}
