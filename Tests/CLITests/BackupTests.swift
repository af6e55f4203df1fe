import Foundation
import LedgerTestSupport
import Testing

/// `backup` and `restore` by the real program.
struct `Backing a ledger up` {
  @Test(.timeLimit(.minutes(5)))
  func `and putting it back gives the same ledger, which goes on`() throws {
    var random = SeededRandom(seed: testSeed())
    var fixture = try BackupFixture()
    try fixture.live(&random, steps: 8)
    let made = try fixture.ok("backup", fixture.backup, "-o", "json").json()
    let before = try fixture.everything(fixture.ledger)
    let restored = try fixture.restore("copy", "-o", "json")
    #expect(restored.status == 0, "\(restored.errors)")
    let report = try restored.json()
    for key in ["id", "root", "lastRecordedAt"] {
      #expect(report[key] as? String == made[key] as? String, "\(key)")
    }
    for key in ["records", "names", "checkpoints", "tokens"] {
      #expect(report[key] as? Int == made[key] as? Int, "\(key)")
    }
    let copy = fixture.run.folder + "/copy"
    #expect(try fixture.everything(copy) == before)
    for name in ["signing-key", "checkpoint", "tokens"] {
      #expect(readFile(copy + "/" + name) == readFile(fixture.ledger + "/" + name), "\(name)")
    }
    let verified = try fixture.run.run("verify", "--ledger", copy)
    #expect(verified.status == 0, "\(verified.output)")
    try expectSame(copy, fixture.ledger, "the log's own tables")

    // It goes on with the next position, the next name and the next version.
    for ledger in [fixture.ledger, copy] {
      let more = try fixture.run.run(
        "create", "next", "--type", "training", "--cluster", "new-cluster", "--ledger", ledger, "--id",
        "00000000-0000-4000-8000-00000000ffff")
      #expect(more.status == 0, "\(more.errors)")
    }
    func last(_ ledger: String) throws -> String {
      stable(
        try fixture.run.run("history", "-o", "ndjson", "--reverse", "--limit", "1", "--ledger", ledger).output
      )
    }
    #expect(try last(copy) == last(fixture.ledger))
    // And so does its backup, in the same folder.
    let again = try fixture.run.run("backup", fixture.backup, "--ledger", copy, "-o", "json")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try again.json()["written"] as? Int ?? 0 > 0)
    #expect(try fixture.run.run("verify", "--ledger", copy).status == 0)
  }

  /// What another program reads of both is the same, table for table.
  private func expectSame(_ left: String, _ right: String, _ what: Comment) throws {
    guard OtherProgram.pythonHas("lmdb") else { return }
    let script = """
      import lmdb, sys
      def dump(path):
        environment = lmdb.open(path + "/log", max_dbs=16, readonly=True)
        names = [b"meta", b"events", b"names", b"nameIndex", b"tiles", b"subtrees", b"checkpoints", b"keys"]
        with environment.begin() as transaction:
          return [list(transaction.cursor(environment.open_db(n, transaction, create=False))) for n in names]
      sys.exit(0 if dump(sys.argv[1]) == dump(sys.argv[2]) else 1)
      """
    #expect(try OtherProgram.python(["-c", script, left, right]).status == 0, what)
  }

  @Test(.timeLimit(.minutes(5)))
  func `bit by bit leaves the same bytes as all at once`() throws {
    var random = SeededRandom(seed: testSeed())
    var fixture = try BackupFixture()
    for round in 0..<5 {
      try fixture.live(&random, steps: 3)
      if round == 3 { try fixture.run.fill(700, from: 9_000_000) }
      try fixture.ok("backup", fixture.backup)
      if random.oneIn(2) { try fixture.ok("backup", fixture.backup) }
    }
    let whole = fixture.run.folder + "/whole"
    try fixture.ok("backup", whole)
    let (left, right) = (try CommandLineRun.files(fixture.backup), try CommandLineRun.files(whole))
    #expect(left.keys.sorted() == right.keys.sorted())
    for (path, bytes) in right { #expect(left[path] == bytes, "\(path)") }
    #expect(try fixture.run.run("restore", fixture.backup, "--dry-run").status == 0)
  }

  @Test func `writes only what is new, for its owner alone`() throws {
    let fixture = try BackupFixture(backedUp: 600)
    let manager = FileManager.default
    for path in try manager.subpathsOfDirectory(atPath: fixture.backup) + [""] {
      let attributes = try manager.attributesOfItem(atPath: fixture.backup + "/" + path)
      let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
      #expect(attributes[.posixPermissions] as? Int == (isFolder ? 0o700 : 0o600), "\(path)")
    }
    func inode(_ path: String) throws -> UInt64? {
      try manager.attributesOfItem(atPath: fixture.backup + "/" + path)[.systemFileNumber] as? UInt64
    }
    let (tile, bundle) = (try inode("tile/0/000"), try inode("tile/entries/001"))
    try fixture.run.fill(10, from: 600)
    let second = try fixture.ok("backup", fixture.backup, "-o", "json").json()
    #expect(second["written"] as? Int == 10)
    #expect(try inode("tile/0/000") == tile && inode("tile/entries/001") == bundle)
    let third = try fixture.ok("backup", fixture.backup)
    #expect(third.output.contains("  new        0\n"), "\(third.output)")
  }

  @Test func `forgets a name that was destroyed, and a token that was revoked`() throws {
    let fixture = try BackupFixture()
    try fixture.ok("project", "add-member", "vision", "maria.korhonen")
    try fixture.ok("token", "issue", "maria.korhonen")
    try fixture.ok("backup", fixture.backup)
    func names() throws -> String {
      let files = try CommandLineRun.files(fixture.backup).filter { $0.key.hasPrefix("private/names-") }
      #expect(files.count == 1)
      return String(decoding: files.values.first ?? [], as: UTF8.self)
    }
    #expect(try names().contains("maria.korhonen"))
    let redacted = try fixture.run.run("redact", "maria.korhonen", "--reason", "request", "--yes")
    #expect(redacted.status == 0, "\(redacted.errors)")
    let after = try fixture.ok("backup", fixture.backup, "-o", "json").json()
    #expect(try !names().contains("maria") && after["tokens"] as? Int == 0)
    let restored = try fixture.restore("copy")
    #expect(restored.status == 0, "\(restored.errors)")
    #expect(try fixture.everything(fixture.run.folder + "/copy") == fixture.everything(fixture.ledger))
    #expect(try fixture.run.run("verify", "--ledger", fixture.run.folder + "/copy").status == 0)
  }

  @Test func `keeps tokens that still let in, and proofs that still hold`() throws {
    let fixture = try BackupFixture()
    try fixture.run.fill(300)
    let id = try fixture.run.create("bert")
    let key = try fixture.ok("checkpoint", "--public-key").output.trimmingCharacters(in: .newlines)
    let (proof, note) = (fixture.run.folder + "/proof", fixture.run.folder + "/note")
    writeFile(proof, Array(try fixture.ok("prove", "--workload", id).output.utf8))
    writeFile(note, Array(try fixture.ok("checkpoint").output.utf8))
    try fixture.ok("checkpoint", "--new-key")
    try fixture.ok("backup", fixture.backup)
    #expect(try fixture.restore("copy", "--checkpoint", note).status == 0)
    let copy = fixture.run.folder + "/copy"
    #expect(try fixture.run.run("verify-proof", proof, "--key", key).status == 0)
    let held = try fixture.run.run("verify", "--ledger", copy, "--checkpoint", note, "--key", key)
    #expect(held.status == 0, "\(held.output)")
    let fresh = try fixture.run.run("prove", "--workload", id, "--ledger", copy)
    let newKey = try fixture.ok("checkpoint", "--public-key").output.trimmingCharacters(in: .newlines)
    writeFile(proof, Array(fresh.output.utf8))
    #expect(try fixture.run.run("verify-proof", proof, "--key", newKey).status == 0)
  }

  @Test(.timeLimit(.minutes(5)))
  func `while another process writes is of one moment`() throws {
    let fixture = try BackupFixture()
    try fixture.run.fill(3000)
    let writer = Thread {
      for round in 0..<25 {
        _ = try? fixture.run.fill(40, from: 10_000 + 40 * round)
        if round % 5 == 2 {
          _ = try? fixture.run.run("project", "add-member", "vision", "gone\(round)")
          _ = try? fixture.run.run("redact", "gone\(round)", "--reason", "request", "--yes")
          _ = try? fixture.run.run("checkpoint", "--new-key")
        }
      }
    }
    writer.start()
    var rounds = 0
    while !writer.isFinished || rounds < 3 {
      try fixture.ok("backup", fixture.backup)
      let checked = try fixture.run.run("restore", fixture.backup, "--dry-run")
      #expect(checked.status == 0, "\(checked.errors)")
      rounds += 1
    }
    try fixture.ok("backup", fixture.backup)
    #expect(try fixture.restore("copy").status == 0)
    #expect(try fixture.everything(fixture.run.folder + "/copy") == fixture.everything(fixture.ledger))
  }

  @Test(.enabled(if: Validator.isThere, Validator.why)) func `is reported as the schema says`() throws {
    let fixture = try BackupFixture()
    let reports = [
      try fixture.ok("backup", fixture.backup, "-o", "json"),
      try fixture.ok("restore", fixture.backup, "--dry-run", "-o", "json"),
      try fixture.restore("copy", "-o", "json"),
    ]
    for report in reports { #expect(try Validator.run(["--kind", "backup"], input: report.output) == 0) }
    #expect(reports[1].output == reports[2].output && reports[1].errors.isEmpty)
    #expect(
      reports[2].errors.hasPrefix(
        "the ledger is back in \(fixture.run.folder)/copy. Next: 'workledger verify'"))
    let text = try fixture.ok("restore", fixture.backup, "--dry-run").output
    #expect(
      stable(text).replacing(/[A-Za-z0-9+\/]{43}=/, with: "<root>") == """
        Ledger       <id>
        Records      6
          events     1
        Last one     recorded <time>
        Root         <root>
        Names        3
        Checkpoints  1
        Tokens       0

        """)
  }

  @Test(.enabled(if: Stranger.isThere, Stranger.why))
  func `gives a stranger the whole log, as any log of tiles does`() throws {
    let fixture = try BackupFixture()
    try fixture.run.fill(300)
    let report = try fixture.ok("backup", fixture.backup, "-o", "json").json()
    let key = try fixture.ok("checkpoint", "--public-key").output.trimmingCharacters(in: .newlines)
    let records = try #require(report["records"] as? Int)
    let names = "\(fixture.backup)/private/names-\(records).ndjson"
    let verified = try Stranger.verify([fixture.backup, "--key", key, "--names", names])
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(try verified.output == fixture.ok("history", "-o", "ndjson").output)
  }
}
