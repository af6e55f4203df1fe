import Evidence
import Foundation
import LedgerTestSupport
import Testing

struct `Checkpoints and verification at the command line` {
  private let run: CommandLineRun

  init() throws {
    run = try CommandLineRun(empty: true)
    let made = try run.run("init", "--origin", "example.com/ledger")
    #expect(made.status == 0 && made.output == "")
    #expect(made.errors == "made an empty ledger in \(run.folder)/ledger\n")
    #expect(try run.run("project", "create", "vision").status == 0)
  }

  private func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: run.folder + "/" + name))
    return run.folder + "/" + name
  }

  private func key() throws -> String {
    let result = try run.run("checkpoint", "--public-key")
    #expect(result.status == 0 && result.errors == "" && result.output.hasPrefix("example.com/ledger+"))
    return String(result.output.dropLast())
  }

  @Test func `print the same note for the same records, signed by the key that is printed`() throws {
    let first = try run.run("checkpoint")
    #expect(first.status == 0 && first.errors == "")
    let checkpoint = try SignedCheckpoint(parsing: Array(first.output.utf8))
    #expect(checkpoint.checkpoint.origin == "example.com/ledger" && checkpoint.checkpoint.head.size == 6)
    try checkpoint.verify(log: try VerifierKey(parsing: try key()))
    #expect(try run.run("checkpoint").output == first.output)
    let stored = try String(contentsOfFile: run.folder + "/ledger/checkpoint", encoding: .utf8)
    #expect(stored == first.output)
    let both = try run.run("checkpoint", "--public-key", "--new-key")
    #expect(both.status == 64 && both.output == "")
    #expect(both.errors.hasPrefix("Error: give one of --public-key and --new-key\n"))
    let bad = try run.run("init", "--ledger", run.folder + "/other", "--origin", "a b")
    #expect(bad.status == 64 && bad.errors.hasPrefix("Error: 'a b' names no ledger: it must have"))
  }

  @Test func `introduce a new key under both`() throws {
    let old = try key()
    let result = try run.run("checkpoint", "--new-key", "--as", "operator")
    let new = try key()
    #expect(result.status == 0 && old != new)
    #expect(result.errors == "signing with a new key from now on: \(new)\n")
    let checkpoint = try SignedCheckpoint(parsing: Array(result.output.utf8))
    for key in [old, new] { try checkpoint.verify(log: try VerifierKey(parsing: key)) }
    #expect(try run.run("verify").status == 0)
    let given = try file("both.checkpoint", result.output)
    for key in [old, new] { #expect(try run.run("verify", "--checkpoint", given, "--key", key).status == 0) }
    try FileManager.default.removeItem(atPath: run.folder + "/ledger/signing-key")
    let lost = try run.run("create", "x", "--type", "training", "--cluster", "c")
    #expect(lost.status == 0, "everything else goes on without the key")
    let refused = try run.run("checkpoint")
    #expect(refused.status == 1 && refused.output == "")
    #expect(
      refused.errors == """
        Error: \(run.folder)/ledger/signing-key can't be opened: the key that signs by the log is not there: put it \
        back, or sign with a new one from now on ('workledger checkpoint --new-key')

        """)
  }

  @Test func `say that everything holds, in words and as the schema says`() throws {
    _ = try run.create("bert")
    let checkpoint = try SignedCheckpoint(parsing: Array(try run.run("checkpoint").output.utf8))
    let root = checkpoint.checkpoint.head.root.base64
    let size = checkpoint.checkpoint.head.size
    let result = try run.run("verify")
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    let views = try #require(try run.run("verify", "-o", "json").json()["viewEntries"] as? Int)
    #expect(
      result.output == """
        everything holds
        Records      \(size), each hashed, read and held against its links
        Root         \(root)
        Names        4
        Checkpoints  1
        Views        \(views) entries

        """, "\(result.output)")
    let logOnly = try run.run("verify", "--log-only", "--jobs", "1")
    #expect(logOnly.status == 0 && logOnly.output.hasSuffix("Views        not compared\n"))
    // A copy may have no lock file; it is made again.
    try FileManager.default.removeItem(atPath: run.folder + "/ledger/log/lock.mdb")
    #expect(try run.run("verify").output == result.output)
    if Validator.isThere {
      for arguments in [["verify", "-o", "json"], ["verify", "-o", "json", "--log-only"]] {
        let json = try run.run(arguments).output
        #expect(try Validator.run(["--kind", "verification"], input: json) == 0)
        #expect(try Validator.run(["--kind", "verification"], input: "{\"holds\":true}") == 1)
      }
    }
  }

  @Test func `name the record that was changed, and exit with 6`() throws {
    _ = try run.create("bert")
    let id = try run.create("zebra-crossing")
    let events = try run.run("history", id, "-o", "ndjson").lines()
    let position = try #require(events.first?["position"] as? Int)
    _ = try run.run("checkpoint")
    // The name stands in the record: one letter of it, as a disk or a person might change it.
    let path = run.folder + "/ledger/log/data.mdb"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    while let place = bytes.range(of: Data("zebra-crossing".utf8)) {
      bytes[place.lowerBound] = UInt8(ascii: "Z")
    }
    try bytes.write(to: URL(fileURLWithPath: path))
    let result = try run.run("verify")
    #expect(result.status == 6 && result.errors == "Error: the ledger does not hold\n", "\(result.errors)")
    let expected = """
      2 things do not hold
        record \(position): its bytes are not those that were appended: the hash tree has another hash for it
        the checkpoint of \(position) records that was given out does not hold: the log's first \(position) records \
      are not those that it was made of: the log was changed or forked
      Records
      """
    #expect(result.output.hasPrefix(expected), "\(result.output)")
    let json = try run.run("verify", "-o", "json")
    #expect(json.status == 6 && json.errors == "Error: the ledger does not hold\n")
    let report = try json.json()
    let findings = try #require(report["findings"] as? [[String: Any]])
    #expect(findings.first?["position"] as? Int == position && report["holds"] as? Bool == false)
    #expect(report["findingCount"] as? Int == 2 && report["viewEntries"] == nil)
    if Validator.isThere { #expect(try Validator.run(["--kind", "verification"], input: json.output) == 0) }
    let proof = try run.run("prove", "\(position)")
    #expect(proof.status != 0 && proof.output == "", "nothing is proven that does not hold: \(proof.errors)")
  }

  @Test func `hold the log against a checkpoint that somebody kept`() throws {
    let key = try key()
    let kept = try file("kept.checkpoint", try run.run("checkpoint").output)
    _ = try run.create("bert")
    #expect(try run.run("verify", "--checkpoint", kept, "--key", key).status == 0)
    let other = try CommandLineRun()
    let foreign = try other.run("verify", "--checkpoint", kept, "--key", key)
    #expect(foreign.status == 6)
    #expect(
      foreign.output.contains(
        "the checkpoint that was named does not hold: the log's first 6 records are not those that it was made of"
      ))
    for arguments in [["--checkpoint", kept], ["--key", key]] {
      let result = try run.run(["verify"] + arguments)
      #expect(result.status == 64 && result.output == "")
      #expect(
        result.errors.hasPrefix(
          "Error: --checkpoint and --key go together: without a key that you trust, the signature says nothing\n"
        ))
    }
    let jobs = try run.run("verify", "--jobs", "0")
    #expect(jobs.status == 64 && jobs.errors.hasPrefix("Error: --jobs is 1 to 256, not 0\n"))
    let unreadable = try run.run("verify", "--checkpoint", try file("x", "hello"), "--key", key)
    #expect(unreadable.status == 1 && unreadable.errors.hasPrefix("Error: \(run.folder)/x: "))
  }

  @Test(.timeLimit(.minutes(5)))
  func `holds for checkpoints of several processes, some of which make new keys`() throws {
    let run = try CommandLineRun()
    onThreads(4) { index in
      for _ in 0..<12 {
        let words = index < 2 ? ["checkpoint", "--new-key"] : ["checkpoint"]
        let result = try? run.run(words)
        #expect(result?.status == 0, "\(result?.errors ?? "it did not run")")
      }
    }
    let verified = try run.run("verify")
    #expect(verified.status == 0, "\(verified.output)")
  }
}
