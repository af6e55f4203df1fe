import Foundation
import LedgerTestSupport
import Testing

/// The analyst's questions.
struct `Statistics of a ledger` {
  /// Three workloads of project vision, whose only member is alice, and one of speech, of others.
  private func story() throws -> CommandLineRun {
    let run = try CommandLineRun()
    var number = 0
    func line(_ type: String, _ workload: Int, _ time: String, _ data: String = "") -> String {
      number += 1
      return """
        {"specversion":"1.0","id":"\(number)","source":"s","type":"workload.\(type)",\
        "subject":"00000000-0000-4000-8000-00000000000\(workload)","time":"2023-07-\(time)Z","data":{"actor":"agent"\(data)}}

        """
    }
    func created(_ workload: Int, _ time: String, _ type: String, _ owner: String, in project: String)
      -> String
    {
      line(
        "created", workload, time,
        """
        ,"project":"\(project)","name":"w\(workload)","type":"\(type)","cluster":"c1","owner":"\(owner)",\
        "resources":{"cpuMillicores":8000,"memoryBytes":68719476736,"gpuMilli":2000}
        """)
    }
    let lines =
      created(1, "01T00:00:00", "Training", "ada", in: "vision") + line("started", 1, "01T00:01:00")
      + line("completed", 1, "01T02:01:00") + created(2, "01T06:00:00", "Fine-Tuning", "bob", in: "vision")
      + line("started", 2, "01T06:30:00") + line("failed", 2, "03T06:30:00")
      + created(3, "03T00:00:00", "Training", "ada", in: "vision")
      + created(4, "02T12:00:00", "Inference", "eve", in: "speech") + line("started", 4, "02T12:00:02")
    // Whoever imports the first workload of a project belongs to it.
    let imported = try run.run(["import", "-", "--format", "cloudevents", "--as", "agent"], input: lines)
    #expect(imported.status == 0, "\(imported.errors)")
    return run
  }

  private let until = ["--until", "2023-07-04"]

  @Test func `the total is a list of all numbers`() throws {
    let total = try story().run(["stats", "--project", "vision"] + until)
    #expect(total.status == 0)
    #expect(total.errors == "in project 'vision' until 2023-07-04T00:00:00Z\n")
    #expect(
      total.output == """
        Created     3
        Started     2
        Completed   1
        Failed      1
        Terminated  0
        Deleted     0
        Running     0
        Waiting     1
        Success     50.0%
        Wait p50    1m
        Wait p90    30m
        Wait p95    30m
        Wait p99    30m
        Run p50     2h
        Run p90     2d
        Run p95     2d
        Run p99     2d
        CPU-hours   400.0
        GiB-hours   3,200.0
        GPU-hours   100.0

        """)
  }

  @Test func `groups are a table, whose last line is the total`() throws {
    let run = try story()
    let types = try run.run(["stats", "--by", "type"] + until)
    #expect(types.status == 0)
    #expect(types.errors == "3 types in 2 projects until 2023-07-04T00:00:00Z\n")
    #expect(
      types.output == """
        TYPE         CREATED  FAILED  SUCCESS  WAIT P50  WAIT P95  RUN P50  GPU-HOURS
        Training           2       0   100.0%        1m        1m       2h        4.0
        Fine-Tuning        1       1     0.0%       30m       30m       2d       96.0
        Inference          1       0                 2s        2s                72.0
        total              4       1    50.0%        1m       30m       2h      172.0

        """)
    let wide = try run.run(["stats", "--by", "Project", "-o", "wide"] + until)
    #expect(wide.errors == "2 projects until 2023-07-04T00:00:00Z\n")
    let cells = wide.output.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true)
    }
    #expect(cells.map { $0.first } == ["PROJECT", "vision", "speech", "total"])
    #expect(cells.first?.suffix(3) == ["CPU-HOURS", "GIB-HOURS", "GPU-HOURS"])
    #expect(cells.last?.suffix(3) == ["688.0", "5,504.0", "172.0"])
    let narrow = try run.run(["stats", "--by", "owner"] + until, environment: ["COLUMNS": "40"])
    #expect(narrow.output.split(separator: "\n").allSatisfy { $0.count <= 40 }, "\(narrow.output)")
  }

  @Test func `CSV has a record for each group and every number`() throws {
    let run = try story()
    let numbers = """
      created,started,completed,failed,terminated,deleted,running,waiting,successRate,\
      waitSecondsP50,waitSecondsP90,waitSecondsP95,waitSecondsP99,runSecondsP50,runSecondsP90,runSecondsP95,\
      runSecondsP99,cpuHours,memoryGiBHours,gpuHours\r\n
      """
    let owners = try run.run(["stats", "--by", "owner", "-o", "csv"] + until)
    #expect(owners.errors == "" && owners.status == 0)
    #expect(
      owners.output == "owner,\(numbers)" + """
        ada,2,1,1,0,0,0,0,1,1,60,60,60,60,7200,7200,7200,7200,16,128,4\r
        bob,1,1,0,1,0,0,0,0,0,1800,1800,1800,1800,172800,172800,172800,172800,384,3072,96\r
        eve,1,1,0,0,0,0,1,0,,2,2,2,2,,,,,287.996,2303.964,71.999\r

        """)
    let total = try run.run(["stats", "-o", "csv", "--since", "2023-07-04", "--until", "2023-07-05"])
    #expect(total.output == numbers + "0,0,0,0,0,0,1,1,,,,,,,,,,192,1536,48\r\n")
  }

  @Test func `days have no gaps`() throws {
    let run = try story()
    let days = try run.run(["stats", "--by", "day", "--project", "vision", "-o", "ndjson"] + until)
    #expect(days.errors == "")
    #expect(
      try days.lines().compactMap { $0["group"] as? String } == ["2023-07-01", "2023-07-02", "2023-07-03"])
    #expect(try days.lines().compactMap { $0["gpuHours"] as? Int } == [39, 48, 13])
    #expect(try days.lines().map { $0["successRate"] as? Int } == [1, nil, 0])
  }

  @Test func `a chart has bars that fit the terminal`() throws {
    let run = try story()
    let chart = try run.run(
      ["stats", "--by", "type", "--chart"] + until, environment: ["COLUMNS": "46"])
    #expect(chart.errors == "3 types in 2 projects until 2023-07-04T00:00:00Z\n")
    #expect(
      chart.output == """
        TYPE         GPU-HOURS
        Fine-Tuning       96.0  ██████████████████████
        Inference         72.0  ████████████████▌
        Training           4.0  ▉

        """)
    let days = try run.run(
      ["stats", "--chart", "--project", "vision"] + until, environment: ["COLUMNS": "43"])
    #expect(
      days.output == """
        DAY         GPU-HOURS
        2023-07-01       39.0  ████████████████▎
        2023-07-02       48.0  ████████████████████
        2023-07-03       13.0  █████▍

        """)
    let before = try run.run(["stats", "--by", "owner", "--chart", "--until", "2023-07-01T00:00:30Z"])
    #expect(before.output.hasPrefix("OWNER  CREATED\nada          1  ████"))
  }

  @Test func `the numbers are of what one may see`() throws {
    let run = try story()
    func projects(_ arguments: String..., environment: [String: String?] = [:]) throws -> [String]? {
      let result = try run.run(["stats", "-o", "json"] + arguments, environment: environment)
      #expect(result.status == 0, "\(result.errors)")
      return try result.json()["projects"] as? [String]
    }
    #expect(try projects() == ["speech", "vision"], "whoever can read the ledger may look at all of it")
    #expect(try projects("--project", "speech") == ["speech"])
    #expect(try projects(environment: ["WORKLEDGER_PROJECT": "speech"]) == ["speech"])
    #expect(try projects("--as", "alice") == ["vision"])
    #expect(try projects("--as", "eve") == [])
    #expect(
      try run.run("stats", "--as", "alice", "--by", "project", "-o", "csv").output.contains("speech") == false
    )
    for arguments in [["--as", "alice", "--project", "speech"], ["--project", "nope"]] {
      let result = try run.run(["stats"] + arguments)
      #expect(result.status == 3 && result.output == "", "\(result)")
      #expect(result.errors.hasPrefix("Error: no project '"), "\(result.errors)")
    }
  }

  @Test func `an empty ledger has nothing to count`() throws {
    let run = try CommandLineRun(empty: true)
    #expect(try run.run("stats").status == 1)
    #expect(try run.run("init").status == 0)
    let total = try run.run("stats", "-o", "ndjson")
    #expect(total.status == 0 && total.errors == "")
    #expect(
      total.output == """
        {"created":0,"started":0,"completed":0,"failed":0,"terminated":0,"deleted":0,"running":0,"waiting":0,\
        "cpuHours":0,"memoryGiBHours":0,"gpuHours":0}

        """)
    for grouping in ["type", "status", "project", "owner", "cluster", "day"] {
      let table = try run.run("stats", "--by", grouping)
      #expect(table.status == 0 && table.output == "")
      #expect(table.errors.hasPrefix("nothing happened in 0 projects until "), "\(table.errors)")
      #expect(try run.run("stats", "--by", grouping, "--chart").output == "")
      #expect(try run.run("stats", "--by", grouping, "-o", "ndjson").output == "")
      #expect(try run.run("stats", "--by", grouping, "-o", "json").json()["groups"] as? [String] == [])
      #expect(try run.run("stats", "--by", grouping, "-o", "csv").output.hasPrefix("\(grouping),created,"))
    }
  }

  @Test(.enabled(if: Validator.isThere, Validator.why)) func `the JSON is what the schema says`() throws {
    let run = try story()
    var documents = [try run.run("stats", "-o", "json"), try run.run("stats", "--as", "eve", "-o", "json")]
    for grouping in ["type", "status", "project", "owner", "cluster", "day"] {
      documents.append(try run.run("stats", "--by", grouping, "-o", "json", "--since", "2023-07-01"))
      let lines = try run.run(["stats", "--by", grouping, "-o", "ndjson"] + until).lines()
      let groups = try run.run(["stats", "--by", grouping, "-o", "json"] + until).json()["groups"]
      #expect(lines as NSArray == groups as? NSArray)
    }
    for document in documents {
      #expect(document.status == 0)
      #expect(
        try Validator.run(["--kind", "group-statistics"], input: document.output) == 0, "\(document.output)")
    }
    #expect(try Validator.run(["--kind", "group-statistics"], input: "{\"by\":\"type\"}") == 1)
  }
}
