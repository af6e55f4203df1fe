import Foundation
import LedgerTestSupport
import Testing

struct `The past` {
  /// bert starts, is deleted and is gone; gpt comes later and is reported to have started long before.
  private func story() throws -> (CommandLineRun, [Int]) {
    let run = try CommandLineRun()
    var positions: [Int] = []
    func note() throws {
      positions.append(try #require(try run.run("status", "-o", "json").json()["lastPosition"] as? Int))
    }
    try note()
    _ = try run.create("bert", "--cpu", "4")
    try note()
    _ = try run.run("start", "bert")
    try note()
    _ = try run.run("quota", "set", "alice", "--cpu", "8")
    _ = try run.run("delete", "bert", "--yes", "--reason", "old")
    try note()
    _ = try run.run("delete-result", "bert", "--deleted")
    _ = try run.create("gpt", type: "evaluation")
    try note()
    return (run, positions)
  }

  private func statuses(_ run: CommandLineRun, _ arguments: String...) throws -> [String] {
    let result = try run.run(["list", "-o", "ndjson"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try result.lines().map { "\($0["name"] ?? "") \($0["status"] ?? "")" }
  }

  @Test func `is listed as a checkpoint was signed over it, if it is one of this log`() throws {
    let run = try CommandLineRun()
    _ = try run.create("bert")
    _ = try run.run("start", "bert")
    let file = run.folder + "/signed.checkpoint"
    try run.run("checkpoint").output.write(toFile: file, atomically: true, encoding: .utf8)
    _ = try run.run("delete", "bert", "--yes")
    #expect(try statuses(run, "--as-of", file) == ["bert Running"])
    let other = try CommandLineRun()
    _ = try other.create("bert")
    let foreign = try other.run("list", "--as-of", file)
    #expect(foreign.status == 6 && foreign.errors.contains("the evidence does not hold: the checkpoint"))
    let damaged = run.folder + "/damaged.checkpoint"
    try "x\n1\n".write(toFile: damaged, atomically: true, encoding: .utf8)
    let result = try run.run("list", "--as-of", damaged)
    #expect(result.status == 64 && result.errors.contains("damaged.checkpoint: note"))
  }

  @Test func `is listed, shown, queued and counted as it was known`() throws {
    let (run, positions) = try story()
    #expect(try statuses(run, "--as-of", "\(positions[0])") == [])
    #expect(try statuses(run, "--as-of", "\(positions[1])") == ["bert Added"])
    #expect(try statuses(run, "--as-of", "\(positions[2])", "--status", "running") == ["bert Running"])
    #expect(try statuses(run, "--as-of", "\(positions[3])") == ["bert Delete Requested"])
    #expect(try statuses(run, "--as-of", "\(positions[4])") == ["gpt Added"])
    #expect(try statuses(run, "--as-of", "1h") == [])
    let page = try run.run("list", "--as-of", "\(positions[1])", "-o", "json").json()
    #expect(page["asOf"] as? Int == positions[1] && page["total"] as? Int == 1 && page["at"] == nil)
    let none = try run.run("list", "--as-of", "\(positions[0])")
    #expect(none.errors == "no workloads match in project 'vision' as of position \(positions[0])\n")
    let shown = try run.run("show", "bert", "--as-of", "\(positions[2])", "-o", "json").json()
    #expect(shown["status"] as? String == "Running" && (shown["timeline"] as? [Any])?.count == 2)
    #expect(try run.run("show", "bert").status == 3, "its name is free again")
    #expect(try run.run("show", "gpt", "--as-of", "\(positions[3])").status == 3)
    let queue = try run.run("deletions", "--as-of", "\(positions[3])", "-o", "ndjson").lines()
    #expect(queue.count == 1 && queue[0]["requestedBy"] as? String == "alice")
    #expect(try run.run("deletions", "-o", "ndjson").output == "")
    #expect(try run.run("deletions", "--as-of", "\(positions[3])", "--older-than", "1h").output == "")
    let cases = try run.run("deletions", "--all", "--as-of", "\(positions[3])", "-o", "ndjson").lines()
    #expect(cases.count == 1 && cases[0]["request"] != nil && cases[0]["result"] == nil)
    #expect(try run.run("deletions", "--all", "-o", "ndjson").lines()[0]["result"] != nil)
    let blame = try run.run("show", "bert", "--blame", "--as-of", "\(positions[2])", "-o", "ndjson").lines()
    let setter = blame.first { $0["field"] as? String == "status" }?["event"] as? [String: Any]
    #expect(setter?["position"] as? Int == positions[2])
    let quota = try run.run("quota", "show", "--as-of", "\(positions[3])", "-o", "ndjson").lines()[0]
    #expect((quota["held"] as? [String: Int])?["cpuMillicores"] == 4000 && quota["running"] as? Int == 1)
    #expect((quota["limits"] as? [String: Int])?["cpuMillicores"] == 8000)
    let before = try run.run("quota", "show", "--as-of", "\(positions[2])", "-o", "ndjson").lines()[0]
    #expect((before["limits"] as? [String: Int])?.isEmpty == true)
    let history = try run.run("history", "--as-of", "\(positions[1])", "-o", "ndjson").lines()
    #expect(history.map { $0["type"] as? String } == ["project.created", "workload.created"])
  }

  @Test func `at a time is what had happened by then, however late it was told`() throws {
    let run = try CommandLineRun()
    let id = try run.create("bert", "--at", "2023-07-01T08:00:00Z")
    _ = try run.run("complete", "bert", "--at", "2023-07-03", "--observed")
    _ = try run.run("start", "bert", "--at", "2023-07-02", "--observed")
    _ = try run.run("terminate", "bert", "--reason", "late", "--at", "2023-07-02", "--observed")
    #expect(try statuses(run, "--at", "2023-07-01") == [])
    #expect(try statuses(run, "--at", "2023-07-01T08:00:00Z") == ["bert Added"])
    #expect(try statuses(run, "--at", "2023-07-04") == ["bert Complete"])
    let history = try run.run("history", id, "--at", "2023-07-02", "-o", "ndjson").lines()
    #expect(
      history.map { $0["type"] as? String } == [
        "workload.created", "workload.started", "workload.terminated",
      ])
    let shown = try run.run("show", id, "--at", "2023-07-02", "-o", "json").json()
    #expect(shown["status"] as? String == "Added", "a start after the end is an anomaly")
    #expect(shown["version"] as? Int == 3)
  }

  @Test func `a page of it leads to the next page of the same moment`() throws {
    let run = try CommandLineRun()
    for index in 1...4 { _ = try run.create("job \(index)") }
    let first = try run.run("list", "--limit", "3", "--as-of", "0s")
    let command = try #require(first.errors.split(separator: "\n").last)
    #expect(command.hasPrefix("  workledger list --limit 3 --as-of 0s --page-token "))
    _ = try run.create("job 5")
    _ = try run.run("start", "job 1")
    let token = String(try #require(command.split(separator: " ").last))
    let next = try run.run("list", "--limit", "3", "--as-of", "0s", "--page-token", token)
    #expect(next.output.contains("job 1") && next.output.contains("Added"))
    #expect(next.errors.hasPrefix("the last 1 of 4 workloads in project 'vision' as of position "))
    let other = try run.run("list", "--limit", "3", "--as-of", "2", "--page-token", token)
    #expect(other.status == 64 && other.errors.contains("another moment"))
  }

  @Test func `beyond the log is a usage error that says where the log ends`() throws {
    let (run, positions) = try story()
    for command in [["list"], ["show", "gpt"], ["history"], ["deletions"], ["quota", "show"]] {
      let result = try run.run(command + ["--as-of", "\(positions[4] + 1)"])
      #expect(result.status == 64 && result.output == "", "\(command)")
      #expect(
        result.errors.hasPrefix(
          "Error: there is no position \(positions[4] + 1): the last one of the ledger is \(positions[4])\n"),
        "\(command): \(result.errors)")
    }
  }

  @Test func `differs from the present by what a diff says`() throws {
    let (run, positions) = try story()
    let table = try run.run("diff", "--from", "\(positions[1])", "--to", "\(positions[2])")
    #expect(
      stable(table.output).split(separator: "\n").map {
        $0.split(separator: " ").dropLast().joined(separator: " ")
      }
      .filter { !$0.contains("<time>") } == [
        "CHANGE ID NAME FIELD FROM TO BY",
        try "changed \(shortID(run, positions)) bert status Added Running alice",
      ])
    #expect(table.errors == "1 changed from position \(positions[1]) to \(positions[2])\n")
    let lines = try run.run("diff", "--from", "\(positions[2])", "-o", "ndjson").lines()
    #expect(lines.map { $0["change"] as? String } == ["deleted", "created"])
    let fields = try #require(lines[0]["fields"] as? [[String: Any]])
    #expect(fields[0]["from"] as? String == "Running" && fields[0]["to"] as? String == "Deleted")
    #expect((lines[1]["workload"] as? [String: Any])?["name"] as? String == "gpt")
    let csv = try run.run("diff", "--from", "\(positions[2])", "-o", "csv").output
    #expect(csv.hasPrefix("change,id,name,project,field,from,to,by,position\r\ndeleted,"))
    let json = try run.run("diff", "--from", "0", "--to", "1h", "-o", "json")
    #expect(json.output == #"{"items":[],"from":0,"to":0}"# + "\n")
    let whole = try run.run("diff", "--from", "0", "-o", "ndjson", "--project", "vision").lines()
    #expect(whole.map { $0["change"] as? String } == ["created and deleted", "created"])
    #expect(try run.run("diff", "--from", "0", "--project", "nowhere").status == 3)
    #expect(try run.run("diff", "--from", "\(positions[2])", "--to", "\(positions[1])").status == 64)
    let none = try run.run("diff", "--from", "\(positions[4])")
    #expect(none.errors == "no workload changed from position \(positions[4]) to \(positions[4])\n")
  }

  private func shortID(_ run: CommandLineRun, _ positions: [Int]) throws -> String {
    let workload = try run.run("list", "--as-of", "\(positions[1])", "-o", "ndjson").lines()[0]
    return String(try #require(workload["id"] as? String).prefix(8))
  }
}
