import Foundation
import LedgerTestSupport
import Testing

/// The auditor's questions of the README, each asked with one command.
struct `The auditor's questions` {
  /// A ledger in which something is to be found for each of them.
  private func story() throws -> (run: CommandLineRun, bert: String, gone: String) {
    let run = try CommandLineRun()
    let bert = try run.create("bert")
    _ = try run.create("gpt")
    #expect(
      try run.run("start", "bert", "--at", "2023-07-01", "--observed", "--by", "scheduler").status == 0)
    #expect(try run.run("delete", "bert", "--yes", "--reason", "wrong dataset", "--at", "10d").status == 0)
    #expect(try run.run("delete-result", bert, "--failed", "agent not reachable", "--at", "9d").status == 0)
    #expect(try run.run("delete", bert, "--yes", "--at", "8d").status == 0)
    #expect(try run.run("delete", "gpt", "--yes").status == 0)
    #expect(
      try run.run("start", "gpt", "--as", "eve", environment: ["WORKLEDGER_PROJECT": "vision"]).status != 0)
    let gone = try run.create("gone")
    #expect(try run.run("delete-result", gone, "--deleted", "--observed", "--by", "unknown").status == 0)
    #expect(try run.run("complete", gone, "--observed").status == 0)
    return (run, bert, gone)
  }

  private func rows(_ run: CommandLineRun, _ arguments: String...) throws -> [[String: Any]] {
    let result = try run.run(arguments + ["-o", "ndjson"])
    #expect(result.status == 0, "\(arguments): \(result.errors)")
    return try result.lines()
  }

  private func at(_ value: Any, _ path: String) -> String? {
    var value: Any? = value
    for key in path.split(separator: ".") { value = (value as? [String: Any])?[String(key)] }
    return value.map { "\($0)" }
  }

  @Test func `who asked for a deletion, who reported the result and how long it took`() throws {
    let (run, bert, gone) = try story()
    let cases = try rows(run, "deletions", bert)
    #expect(cases.map { at($0, "request.data.actor") } == ["alice", "alice"])
    #expect(cases.map { at($0, "result.type") } == ["workload.deletefailed", nil])
    #expect(at(cases[0], "result.data.reason") == "agent not reachable")
    #expect((cases[0]["secondsBetween"] as? Double).map { abs($0 - 86_400) < 60 } == true)
    #expect(at(cases[0], "request.data.reason") == "wrong dataset" && cases[1]["secondsBetween"] == nil)
    let table = try run.run("deletions", bert)
    #expect(
      stable(table.output).replacing(#/[^ ]+@[^ ]+ */#, with: "<reporter> ").replacing(#/ +/#, with: " ")
        == """
        REQUESTED BY RESULT AFTER REPORTER ID NAME
        <time> alice delete failed 1d <reporter> \(bert.prefix(8)) bert
        <time> alice none yet \(bert.prefix(8)) bert

        """)
    let unasked = try run.run("deletions", gone).output
    #expect(unasked.contains("no request  ") && unasked.contains("  deleted  "), "\(unasked)")
  }

  @Test func `deletions without a result and results without a request`() throws {
    let (run, bert, gone) = try story()
    #expect(
      try rows(run, "deletions", "--without-result").compactMap { at($0, "workload.name") } == [
        "bert", "gpt",
      ])
    #expect(
      try rows(run, "deletions", "--without-result", "--older-than", "7d").compactMap {
        at($0, "workload.id")
      }
        == [bert])
    #expect(try rows(run, "deletions", "--older-than", "9d").isEmpty)
    #expect(try rows(run, "deletions", "--without-request").compactMap { $0["id"] as? String } == [gone])
    let all = try rows(run, "deletions", "--all")
    #expect(all.compactMap { $0["name"] as? String } == ["bert", "gone", "bert", "gpt"])
    #expect(
      try rows(run, "deletions", "--all", "--without-result").compactMap { $0["name"] as? String }
        == ["bert", "gpt"])
    #expect(
      try run.run("deletions", "--older-than", "30d").errors == "no such deletion waits in project 'vision'\n"
    )
    #expect(try run.run("deletions", gone, "--without-result").errors == "no deletions match\n")
    #expect(try run.run("deletions", "--all", "-o", "csv").output.split(separator: "\r\n").count == 5)
  }

  @Test func `the recipes of the README are answered`() throws {
    let (run, bert, _) = try story()
    let readme = try String(contentsOfFile: packageRoot + "/README.md", encoding: .utf8)
    let recipes = try #require(readme.firstMatch(of: #/<!-- auditor -->(?s)(.*)<!-- /auditor -->/#)?.1)
    let commands = recipes.split(separator: "\n").filter { $0.hasPrefix("    workledger ") }
    #expect(commands.count > 8)
    for command in commands {
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = ["-c", "workledger() { '\(CommandLineRun.program)' \"$@\"; }\n\(command)"]
      shell.environment = run.environment.merging(["W": bert]) { $1 }
      shell.standardOutput = FileHandle.nullDevice
      shell.standardError = FileHandle.nullDevice
      try shell.run()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 0, "\(command)")
    }
  }

  @Test func `what makes no sense is refused with what would`() throws {
    let run = try CommandLineRun()
    for (arguments, words) in [
      (["deletions", "--without-request", "--without-result"], "leave one out"),
      (["deletions", "--without-request", "--older-than", "1d"], "--older-than is about requests"),
      (["deletions", "--older-than", "soon"], "'soon' is no length of time; write 45s, 30m, 2h, 7d, 2w"),
      (["history", "--apart", "-1h"], "--apart"),
      (["history", "--apart", "99999999999999w"], "is no length of time"),
    ] {
      let result = try run.run(arguments)
      #expect(result.status == 64 && result.output == "" && result.errors.contains(words), "\(result)")
    }
    #expect(try run.run("deletions", "nope").status == 3)
  }

  @Test func `refusals, anomalies, reporters and times that lie apart`() throws {
    let (run, bert, gone) = try story()
    let refused = try rows(run, "history", "--action", "action refused", "--actor", "eve")
    #expect(refused.map { at($0, "data.command") } == ["workload.started"])
    let odd = try rows(run, "history", "--anomalies")
    #expect(odd.map { at($0, "subject") } == [gone] && at(odd[0], "data.anomaly") == "after-deletion")
    let apart = try rows(run, "history", "--apart", "7d")
    #expect(
      apart.map { at($0, "type") } == [
        "workload.started", "workload.deleterequested", "workload.deletefailed", "workload.deleterequested",
      ])
    #expect(try rows(run, "history", bert, "--apart", "100d").count == 1)
    let reporter = try #require(at(odd[0], "data.reporter"))
    #expect(try rows(run, "history", "--reporter", reporter).count == (try rows(run, "history").count))
    #expect(try rows(run, "history", "--reporter", "agent@nowhere").isEmpty)
  }

  @Test func `show says for each field which event set it`() throws {
    let (run, bert, gone) = try story()
    let fields = try rows(run, "show", bert, "--blame")
    func event(_ field: String) -> [String: Any] {
      fields.first { $0["field"] as? String == field }?["event"] as? [String: Any] ?? [:]
    }
    #expect(at(event("startedAt"), "data.actor") == "scheduler")
    #expect(at(event("startedAt"), "time") == "2023-07-01T00:00:00Z")
    let timeline = try rows(run, "history", bert)
    #expect(at(event("deleteRequestedBy"), "position") == timeline.last.flatMap { at($0, "position") })
    #expect(at(event("name"), "position") == timeline.first.flatMap { at($0, "position") })
    let shown = try run.run("show", bert, "-o", "json").json()
    for field in fields {
      let name = try #require(field["field"] as? String)
      #expect(field["value"] as? NSObject == shown[name] as? NSObject, "\(name)")
    }
    let lines = stable(try run.run("show", gone, "--blame").output).split(separator: "\n").map {
      $0.replacing(#/ +/#, with: " ")
    }
    #expect(lines.first == "FIELD VALUE SET BY POSITION TIME ACTOR REPORTER")
    #expect(lines.contains { $0.starts(with: #/deletedBy unknown deleted [0-9]+ <time> unknown /#) })
  }

  @Test(.enabled(if: Validator.isThere, Validator.why)) func `their JSON is what the schemas say`() throws {
    let (run, bert, gone) = try story()
    for (kind, arguments) in [
      ("deletion", ["deletions", "--all"]), ("deletion", ["deletions", bert]),
      ("blame", ["show", bert, "--blame"]), ("blame", ["show", gone, "--blame"]),
      ("event", ["history", "--anomalies"]),
    ] {
      let output = try run.run(arguments + ["-o", "ndjson"]).output
      #expect(!output.isEmpty)
      #expect(try Validator.run(["--kind", kind], input: output) == 0, "\(arguments)")
    }
    #expect(try Validator.run(["--kind", "blame"], input: "{\"field\":\"status\"}\n") == 1)
  }

  @Test(.enabled(if: sharedData != nil)) func `of the real trace of openb`() throws {
    let run = try CommandLineRun(user: "auditor", empty: true)
    #expect(try run.run("init").status == 0)
    let imported = try run.run(
      "import", (sharedData ?? "") + "/openb/openb_pod_list_default.csv", "--format", "csv", "--mapping",
      packageRoot + "/schemas/mapping/examples/openb.json")
    #expect(imported.status == 0, "\(imported.errors)")
    // openb-pod-0001 was created on 5 January 2023 and gone on 30 May.
    let created = try rows(run, "history", "--name", "openb-pod-0001", "--action", "created")
    #expect(created.map { at($0, "data.actor") } == ["openb-scheduler"])
    let pod = try #require(created.first.flatMap { at($0, "subject") })
    let cases = try rows(run, "deletions", pod)
    #expect(cases.count == 1 && at(cases[0], "request.data.actor") == "openb-scheduler")
    #expect(at(cases[0], "request.time") == "2023-05-30T08:09:20Z" && cases[0]["secondsBetween"] as? Int == 0)
    #expect(at(cases[0], "result.data.reporter")?.contains("@") == true, "the one who imports reports")
    let blame = try rows(run, "show", pod, "--blame")
    let finished = blame.first { $0["field"] as? String == "finishedAt" }
    #expect(finished.flatMap { at($0, "event.type") } == "workload.deleted", "it ran until it was deleted")
    let month = try rows(
      run, "history", "--action", "delete requested", "--actor", "openb-scheduler", "--since", "2023-05-01",
      "--until", "2023-06-01")
    let inMonth = try Self.deletionSeconds().count { (10_368_000..<13_046_400).contains($0) }
    #expect(month.count == inMonth && inMonth > 0)
    var deletions = 0
    for project in ["LS", "BE", "Burstable", "Guaranteed"] {
      let cases = try run.run("deletions", "--all", "--project", project, "-o", "ndjson").lines()
      #expect(cases.allSatisfy { $0["request"] != nil && $0["result"] != nil })
      deletions += cases.count
      for option in ["--without-result", "--without-request"] {
        #expect(try rows(run, "deletions", option, "--project", project).isEmpty)
      }
    }
    #expect(deletions == 8152)
    #expect(try rows(run, "history", "--anomalies").isEmpty)
    #expect(try rows(run, "history", "--action", "action refused").isEmpty)
    #expect(
      try run.run("history", "--apart", "7d", "--type", "Fine-Tuning", "--action", "created", "-o", "ndjson")
        .lines().count == Self.wholeGPUs(), "all was recorded long after it occurred")
  }

  /// The rows of the trace, told from the file with nothing of ours.
  private static func trace() throws -> [[Substring]] {
    let path = (sharedData ?? "") + "/openb/openb_pod_list_default.csv"
    return try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
      .map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
  }

  private static func deletionSeconds() throws -> [Int] { try trace().compactMap { Int($0[9]) } }

  /// Pods that ask for one whole GPU, which the mapping takes for Fine-Tuning.
  private static func wholeGPUs() throws -> Int { try trace().count { $0[3] == "1" && $0[4] == "1000" } }
}
