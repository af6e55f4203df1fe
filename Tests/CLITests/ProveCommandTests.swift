import Evidence
import Foundation
import LedgerTestSupport
import Testing

struct `Proving at the command line` {
  private let run: CommandLineRun
  private let key: String
  private let bert: String

  init() throws {
    run = try CommandLineRun()
    bert = try run.create("bert")
    _ = try run.create("other")
    for step in ["start", "complete", "delete"] {
      #expect(try run.run(step, bert, step == "delete" ? "--yes" : "--as=alice").status == 0)
    }
    key = String(try run.run("checkpoint", "--public-key").output.dropLast())
  }

  private func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: run.folder + "/" + name))
    return run.folder + "/" + name
  }

  /// Proves, checks the proof with this program and the stranger's, and returns the file and the latter's events.
  private func proven(_ arguments: String...) throws -> (path: String, events: [NSDictionary]) {
    let made = try run.run(["prove"] + arguments)
    #expect(made.status == 0 && made.errors == "", "\(arguments): \(made.errors)")
    let path = try file("proof-\(UUID().uuidString)", made.output)
    let checked = try run.run("verify-proof", path, "--key", key)
    #expect(checked.status == 0 && checked.errors == "", "\(arguments): \(checked.errors)")
    guard Stranger.isThere else { return (path, []) }
    let stranger = try Stranger.verify([path, "--key", key])
    #expect(stranger.status == 0, "\(arguments): \(stranger.errors)")
    return (path, try stranger.lines().map { NSDictionary(dictionary: $0) })
  }

  private func history(_ arguments: String...) throws -> [NSDictionary] {
    try run.run(["history", "-o", "ndjson"] + arguments).lines().map { NSDictionary(dictionary: $0) }
  }

  @Test func `gives for every position a proof that this program and a stranger's accept`() throws {
    let last = try #require(try history().last?["position"] as? Int)
    for position in 1...last {
      let (path, events) = try proven("\(position)")
      let proof = try LogProof(parsing: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
      #expect(proof.index == UInt64(position - 1))
      // Numbers stand for names there, since a proof of one record has none.
      if let event = events.first { #expect(event["position"] as? Int == position) }
    }
    let beyond = try run.run("prove", "\(last + 1)")
    #expect(beyond.status == 3 && beyond.output == "")
    #expect(beyond.errors == "Error: no record (the checkpoint has \(last)) at position '\(last + 1)'\n")
  }

  @Test(.enabled(if: Stranger.isThere, Stranger.why))
  func `gives bundles whose events a stranger prints as the history does`() throws {
    #expect(try proven("--workload", bert).events == history(bert))
    #expect(try proven("--workload", "bert").events == history("bert"))
    #expect(try proven("--project", "vision").events == history("--project", "vision"))
    #expect(try proven("--query").events == history())
    let filters = [
      ["--action", "created,deleted", "--actor", "alice"], ["--name", "BER", "--limit", "2"],
      ["--type", "training", "--since", "1d"], ["--project", "vision", "--from", "5"],
      ["--reporter", "unknown"],
    ]
    for filter in filters.dropLast() {
      let made = try run.run(["prove", "--query"] + filter)
      let path = try file("query", made.output)
      let stranger = try Stranger.verify([path, "--key", key])
      let expected = try run.run(["history", "-o", "ndjson"] + filter).lines()
      #expect(!expected.isEmpty, "\(filter)")
      #expect(
        try stranger.lines().map { NSDictionary(dictionary: $0) }
          == expected.map { NSDictionary(dictionary: $0) })
      #expect(try JSONSerialization.jsonObject(with: Data(made.output.utf8)) is [String: Any])
    }
    let none = try run.run(["prove", "--query"] + filters[filters.count - 1])
    #expect(none.status == 3 && none.output == "")
    #expect(none.errors == "Error: no record that answers 'workledger history --reporter 'unknown''\n")
  }

  @Test func `says in a bundle what was asked and whether it is complete`() throws {
    func bundle(_ arguments: String...) throws -> [String: Any] {
      let made = try run.run(["prove"] + arguments)
      if Validator.isThere {
        #expect(try Validator.run(["--kind", "evidence-bundle"], input: made.output) == 0)
      }
      return try made.json()
    }
    let query = try bundle("--query", "--action", "started", "--workload", "bert", "--until", "2999-01-01")
    #expect(
      query["question"] as? String
        == "workledger history \(bert) --action 'started' --until '2999-01-01T00:00:00Z'")
    #expect((query["records"] as? [Any])?.count == 1)
    let shown = try run.run(
      "verify-proof", try file("q", try run.run("prove", "--query").output), "--key", key)
    #expect(shown.output.contains("Not proven  That these are all the records that the question asks for."))
    let whole = try bundle("--workload", bert)
    #expect(whole["question"] as? String == "the history of workload \(bert)")
  }

  @Test func `proves under an older checkpoint, and under no other ledger's`() throws {
    let older = try file("older.checkpoint", try run.run("checkpoint").output)
    #expect(try run.run("queue", try run.create("late")).status == 0)
    let path = try proven("--workload", bert, "--checkpoint", older).path
    let signed = try String(contentsOfFile: older, encoding: .utf8).split(separator: "\n")[2]
    #expect(
      try run.run("verify-proof", path, "--key", key).output.contains("Root         \(signed)") == false)
    #expect(try run.run("verify-proof", path, "--key", key).output.contains(String(signed)))
    let late = try run.run("prove", "--workload", "late", "--checkpoint", older)
    #expect(late.status == 3 && late.output == "", "\(late.errors)")
    let other = try CommandLineRun()
    for arguments in [["1"], ["--project", "vision"], ["--query"], ["--consistency", "1"]] {
      let foreign = try other.run(["prove"] + arguments + ["--checkpoint", older])
      #expect(foreign.status == 6 && foreign.output == "", "\(arguments): \(foreign.errors)")
      #expect(foreign.errors.hasPrefix("Error: the evidence does not hold: the checkpoint"))
    }
  }

  @Test func `gives a witness what it asks for`() throws {
    let witness = ["--store", run.folder + "/store", "--key-file", run.folder + "/witness-key"]
    #expect(try run.run(["witness", "init", "--name", "w1.example"] + witness).status == 0)
    func add(_ request: String) throws -> OtherProgram {
      try run.run(["witness", "add-checkpoint", "-", "--log", key] + witness, input: request)
    }
    let first = try run.run("prove", "--consistency", "0")
    #expect(first.status == 0 && first.errors == "")
    #expect(try add(first.output).status == 0)
    let seen = try file("seen.checkpoint", try run.run("checkpoint").output)
    for number in 0..<9 { _ = try run.create("more-\(number)") }
    let grown = try run.run("prove", "--consistency", seen)
    #expect(grown.status == 0 && grown.errors == "" && grown.output.hasPrefix("old "))
    let cosigned = try add(grown.output)
    #expect(cosigned.status == 0 && cosigned.output.hasPrefix("— w1.example "), "\(cosigned.errors)")
    let other = try CommandLineRun()
    for number in 0..<20 { _ = try other.create("x-\(number)") }
    let forked = try other.run("prove", "--consistency", seen)
    #expect(forked.status == 6 && forked.output == "")
    #expect(forked.errors.hasPrefix("Error: the evidence does not hold: "), "\(forked.errors)")
    let ahead = try run.run("prove", "--consistency", "1000000")
    #expect(ahead.status == 64 && ahead.errors.hasSuffix("an old checkpoint has no more, not 1000000\n"))
  }

  @Test func `refuses what makes no sense, with what would`() throws {
    let cases: [([String], String)] = [
      ([], "say what to prove: a position, --workload, --project, --query or --consistency"),
      (["1", "--query"], "say what to prove: a position, --workload, --project, --query or --consistency"),
      (
        ["1", "--consistency", "1"],
        "say what to prove: a position, --workload, --project, --query or --consistency"
      ),
      (
        ["--workload", "bert", "--project", "vision"],
        "give one of --workload and --project; --query takes both"
      ),
      (["--workload", "bert", "--actor", "alice"], "filters go with --query: --actor 'alice'"),
      (["--query", "--limit=-1"], "--limit is 0 or more, not -1"),
    ]
    for (arguments, message) in cases {
      let result = try run.run(["prove"] + arguments)
      #expect(result.status == 64 && result.output == "", "\(arguments)")
      #expect(result.errors.hasPrefix("Error: \(message)\n"), "\(arguments): \(result.errors)")
    }
    for arguments in [["--workload", "nothing"], ["--project", "nothing"]] {
      #expect(try run.run(["prove"] + arguments).status == 3, "\(arguments)")
    }
  }
}
