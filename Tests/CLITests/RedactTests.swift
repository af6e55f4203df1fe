import Foundation
import LedgerTestSupport
import Testing

struct `Redacting a name` {
  private static let name = "maria.korhonen"

  /// A ledger in which she did, owns and reports things, also under another source.
  private func ledger() throws -> CommandLineRun {
    let run = try CommandLineRun()
    _ = try run.run("project", "add-member", "vision", Self.name)
    for name in ["bert", "gpt"] {
      let made = try run.run(
        "create", name, "--type", "training", "--cluster", "c1", "--as", Self.name, "--owner", Self.name)
      #expect(made.status == 0, "\(made.errors)")
    }
    let reason = "for \(Self.name)"
    #expect(try run.run("terminate", "gpt", "--reason", reason).status == 0)
    #expect(try imported(Self.foreign, into: run).contains("\"appended\":1,"))
    return run
  }

  private static let foreign = """
    {"specversion":"1.0","id":"k8s-17","source":"openb","type":"workload.created",\
    "subject":"0192f3a4-5b6c-7d8e-8123-456789abcdef","time":"2023-07-01T00:00:00Z","data":{"project":"vision",\
    "name":"old","actor":"\(name)","owner":"\(name)","reporter":"\(name)@login1"}}

    """

  private func imported(_ lines: String, into run: CommandLineRun, _ more: String...) throws -> String {
    let result = try run.run(["import", "-", "--format", "cloudevents", "-o", "json"] + more, input: lines)
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  private func redact(_ run: CommandLineRun, _ more: String...) throws -> [String: Any] {
    let result = try run.run(
      ["redact", Self.name, "--reason", "request 4711", "--as", "dpo", "-o", "json"] + more)
    #expect(result.status == 0, "\(result.errors)")
    return try result.json()
  }

  private func hasName(_ run: CommandLineRun, _ place: String) throws -> Bool {
    try Data(contentsOf: URL(filePath: run.folder + "/ledger/\(place)/data.mdb")).range(
      of: Data(Self.name.utf8)) != nil
  }

  @Test func `says what was destroyed, and honestly what is left`() throws {
    let run = try ledger()
    #expect(try hasName(run, "log"))
    let text = try run.run("redact", Self.name, "--reason", "request 4711", "--as", "dpo")
    #expect(text.status == 0 && text.errors == "")
    let pseudonym = try #require(text.output.firstMatch(of: /redacted-[0-9]+/)).output
    let shown = text.output.replacing(/[0-9]+ free pages?|of [0-9]+ others?/, with: "N")
      .replacing(/Position .*/, with: "Position N")
    #expect(
      shown == """
        Pseudonym                  \(pseudonym)
        Position N
        Cleared                    N, unused parts N
        Salt in the log            gone
        Name in the log            3 places, in the texts and names below
        Name in the views          none
        Records with it in a text  1, which can't be changed: \(try textPosition(run))
        Other names with it        reporter \(Self.name)@login1

        """)
    let reporter = try run.run(
      "redact", Self.name + "@login1", "--reporter", "--reason", "the same", "--as", "dpo")
    #expect(reporter.status == 0 && reporter.output.contains("Name in the log            gone"))
  }

  private func textPosition(_ run: CommandLineRun) throws -> Int {
    let event = try #require(try run.run("history", "--action", "terminated", "-o", "ndjson").lines().first)
    return try #require(event["position"] as? Int)
  }

  @Test func `destroys the bytes where no text holds them`() throws {
    let run = try CommandLineRun()
    #expect(try run.run("project", "add-member", "vision", Self.name).status == 0)
    #expect(try hasName(run, "log"))
    let report = try redact(run)
    #expect(report["saltsInLog"] as? Int == 0 && report["namesInLog"] as? Int == 0)
    #expect(try !hasName(run, "log") && !hasName(run, "views"))
    let members = try run.run("project", "list", "-o", "json").output
    #expect(members.contains("\"members\":[\"alice\",\"\(report["pseudonym"] ?? "")\"]"))
  }

  @Test func `shows the pseudonym in every output, and finds by it and not by the name`() throws {
    let run = try ledger()
    let pseudonym = try #require(try redact(run)["pseudonym"] as? String)
    let exported = try run.run("export", "-", "--format", "cloudevents").output
    let texts =
      try run.run("list", "--all", "-o", "json").output + run.run("show", "bert", "--blame").output
      + run.run("project", "list", "-o", "wide").output + run.run("deletions", "--all").output
    // It stands in the reason of a termination still, which is a text.
    let shown = texts.replacing("for \(Self.name)", with: "")
    #expect(!shown.contains(Self.name) && shown.contains(pseudonym))
    #expect(exported.contains("\"actor\":\"\(pseudonym)\"") && !exported.contains("\"\(Self.name)\""))
    for (filter, command) in [("--actor", "history"), ("--owner", "list")] {
      #expect(try run.run(command, filter, pseudonym, "-o", "ndjson").lines().count == 3)
      let none = try run.run(command, filter, Self.name, "-o", "ndjson")
      #expect(none.output == "" && none.status == 0)
    }
    #expect(try run.run("replay").status == 0)
    #expect(try run.run("project", "remove-member", "vision", pseudonym).status == 0)
  }

  @Test func `keeps what was imported before from coming in again, under the name and the pseudonym`() throws
  {
    let run = try ledger()
    _ = try redact(run)
    #expect(try imported(Self.foreign, into: run).contains("\"appended\":0,"))
    let exported = try run.run("export", "-", "--format", "cloudevents").output
    #expect(try imported(exported, into: run).contains("\"appended\":0,"))

    // In another ledger the pseudonym gets the source behind it, and never means one of its own numbers.
    let other = try CommandLineRun()
    for user in ["u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8"] {
      _ = try other.run("project", "add-member", "vision", user)
      _ = try other.run("redact", user, "--reason", "to have pseudonyms of its own")
    }
    let count = exported.split(separator: "\n").count
    #expect(try imported(exported, into: other).contains("\"appended\":\(count),"))
    #expect(try imported(exported, into: other).contains("\"appended\":0,"))
    let names = try other.run("history", "-o", "ndjson").lines().compactMap {
      ($0["data"] as? [String: Any])?["actor"] as? String
    }
    #expect(names.contains { $0.wholeMatch(of: /redacted-[0-9]+@urn:uuid:[-0-9a-f]+/) != nil })
    #expect(names.contains { $0.wholeMatch(of: /redacted-[0-9]+@openb/) != nil })
    let exportedAgain = try other.run("export", "-", "--format", "cloudevents").output
    #expect(try imported(exportedAgain, into: other).contains("\"appended\":0,"))
  }

  @Test func `is listed with position, time, actor, pseudonym and reason`() throws {
    let run = try ledger()
    let empty = try run.run("redact", "--list")
    #expect(empty.status == 0 && empty.output == "" && empty.errors == "nothing was redacted\n")
    let report = try redact(run)
    let lines = try run.run("redact", "--list", "-o", "ndjson")
    let entry = try #require(try lines.lines().first)
    #expect(entry["position"] as? Int == report["position"] as? Int)
    #expect(entry["redactedBy"] as? String == "dpo" && entry["reason"] as? String == "request 4711")
    #expect(
      entry["pseudonym"] as? String == report["pseudonym"] as? String && entry["class"] as? String == "user")
    let table = try run.run("redact", "--list").output
    #expect(table.contains("dpo") && table.contains("request 4711") && !table.contains(Self.name))
  }

  @Test(.enabled(if: Validator.isThere, Validator.why)) func `its list is what the schema says`() throws {
    let run = try ledger()
    _ = try redact(run)
    let list = try run.run("redact", "--list", "-o", "ndjson").output
    #expect(try Validator.run(["--kind", "redaction"], input: list) == 0)
    #expect(
      try Validator.run(["--kind", "redaction"], input: list.replacing("redacted-", with: "redacted")) == 1)
  }

  @Test(.enabled(if: LogReader.isThere, LogReader.why))
  func
    `the log holds together for a program of its own, and no longer when a name vanishes without a record`()
    throws
  {
    let run = try ledger()
    #expect(try LogReader.check(run.folder + "/ledger") == 0)
    _ = try redact(run)
    _ = try run.run("redact", "alice", "--reason", "second", "--as", "dpo")
    #expect(try LogReader.check(run.folder + "/ledger") == 0)
    #expect(try LogReader.hide(name: 1, in: run.folder + "/ledger") == 0)
    #expect(try LogReader.check(run.folder + "/ledger") == 1)
  }

  @Test func `changes nothing for a stranger or a second time`() throws {
    let run = try ledger()
    let stranger = try run.run("redact", "nobody.here", "--reason", "x")
    #expect(
      stranger.status == 3 && stranger.errors == "Error: no user 'nobody.here'\n" && stranger.output == "")
    let pseudonym = try #require(try redact(run)["pseudonym"] as? String)
    let last = try run.run("status", "-o", "json").json()["lastPosition"] as? Int
    let again = try run.run("redact", pseudonym, "--reason", "x")
    #expect(again.status == 0 && again.errors == "\(pseudonym) was redacted before; nothing was changed\n")
    #expect(try run.run("redact", Self.name, "--reason", "x").status == 3)
    #expect(try run.run("status", "-o", "json").json()["lastPosition"] as? Int == last)
    let scrub = try run.run("redact", "--scrub", "-o", "json").json()
    #expect(scrub["waitingPages"] as? Int == 0 && scrub["freePages"] as? Int == 0)
  }

  @Test func `asks on a terminal, for it can't be undone`() throws {
    let run = try ledger()
    let words = ["redact", Self.name, "--reason", "request 4711"]
    let (no, status) = try Terminal(columns: 80).run(run.process(words), typing: "n\n")
    #expect(status == 1 && no.contains("This can't be undone.\nDestroy the name? [y/N] "))
    #expect(no.hasSuffix("Error: nothing was done\n"))
    #expect(try hasName(run, "log"))
    let (yes, done) = try Terminal(columns: 80).run(run.process(words), typing: "y\n")
    #expect(done == 0 && yes.contains("Salt in the log"))
    let (sure, _) = try Terminal(columns: 80).run(
      run.process(["redact", "alice", "--reason", "x", "--as", "dpo", "--yes"]))
    #expect(!sure.contains("[y/N]") && sure.contains("Pseudonym"))
  }

  @Test func `while another process reads and writes, nothing of either is lost`() throws {
    let run = try CommandLineRun()
    for index in 0..<6 { _ = try run.run("project", "add-member", "vision", "\(Self.name).\(index)") }
    let writers = try (0..<3).map { index in
      try run.process(
        [
          "create", "job-\(index)", "--type", "training", "--cluster", "c1", "--owner",
          "\(Self.name).\(index)",
        ])
    }
    let readers = try (0..<3).map { _ in
      try run.process(["export", run.folder + "/\(UUID()).ndjson", "--format", "cloudevents"])
    }
    for process in writers + readers {
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
    }
    for index in 3..<6 {
      let result = try run.run("redact", "\(Self.name).\(index)", "--reason", "request", "--yes")
      #expect(result.status == 0, "\(result.errors)")
    }
    for process in writers + readers {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(try run.run("list", "-o", "json").json()["total"] as? Int == 3)
    #expect(try run.run("redact", "--list", "-o", "ndjson").lines().count == 3)
    #expect(try run.run("replay").status == 0)
    let file = try Data(contentsOf: URL(filePath: run.folder + "/ledger/log/data.mdb"))
    for index in 0..<6 {
      let isThere = file.range(of: Data("\(Self.name).\(index)".utf8)) != nil
      #expect(isThere == (index < 3))
    }
  }
}
