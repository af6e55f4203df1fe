import Evidence
import Glibc
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `A checkpoint` {
  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test func `of the same records is the same, byte for byte, also from another process's view`() throws {
    let test = try TestLedger()
    let first = try test.ledger.checkpoint()
    #expect(try test.ledger.checkpoint().bytes == first.bytes)
    #expect(readFile(test.path + "/checkpoint") == first.bytes)
    removeTree(test.path + "/checkpoint")
    #expect(try test.ledger.checkpoint().bytes == first.bytes)
    #expect(readFile(test.path + "/checkpoint") == first.bytes, "the file is there again")
    try test.append(.creation(TestLedger.id(1)))
    let second = try test.ledger.checkpoint()
    #expect(second.checkpoint.head.size == (try test.ledger.lastPosition()))
    #expect(second.checkpoint.origin == first.checkpoint.origin && second.bytes != first.bytes)
    try second.verify(log: try test.ledger.publicKey())
    #expect(try test.ledger.verify(VerificationOptions()).checkpoints == 2)
  }

  @Test func `and the key lie in files for their owner alone`() throws {
    let test = try TestLedger()
    _ = try test.ledger.checkpoint()
    _ = try test.ledger.rotateKey(by: "a", reporter: "b", now: TestLedger.time(1))
    for name in ["/signing-key", "/checkpoint"] { #expect(mode(test.path + name) == 0o600, "\(name)") }
    #expect(access(test.path + "/signing-key.next", F_OK) != 0)
  }

  @Test func `is named by the origin, or by the ledger's identity`() throws {
    let folder = TemporaryFolder()
    #expect(try Ledger.create(at: folder("a"), origin: "example.com/ledger", now: TestLedger.time(0)))
    #expect(try Ledger.create(at: folder("b"), now: TestLedger.time(0)))
    #expect(try Ledger(path: folder("a")).checkpoint().checkpoint.origin == "example.com/ledger")
    let other = try Ledger(path: folder("b"))
    #expect(try other.checkpoint().checkpoint.origin == "workledger/" + other.id)
    for bad in ["", "a b", "a+b"] {
      let error = #expect(throws: LedgerError.self) {
        try Ledger.create(at: folder("c"), origin: bad, now: TestLedger.time(0))
      }
      #expect(error?.message.hasPrefix("'\(bad)' names no ledger: it must have") == true)
      #expect(access(folder("c"), F_OK) != 0, "nothing was made")
    }
  }

  @Test func `that introduces a key is signed by the old and the new one, and the old one signs no more`()
    throws
  {
    let test = try TestLedger()
    let before = try test.ledger.checkpoint()
    let old = try test.ledger.publicKey()
    let between = try test.ledger.rotateKey(by: "ops", reporter: "ops@host", now: TestLedger.time(1))
    let new = try test.ledger.publicKey()
    #expect(old != new && old.name == new.name)
    for key in [old, new] { try between.verify(log: key) }
    #expect(try between.note.verify(with: [old, new]).map(\.key) == [new, old])
    try test.append(.creation(TestLedger.id(1)))
    let after = try test.ledger.checkpoint()
    try after.verify(log: new)
    #expect(throws: NoteFlaw.self) { try after.verify(log: old) }
    #expect(throws: NoteFlaw.self) { try before.verify(log: new) }
    #expect(try test.ledger.publicKeys().map(\.key) == [old, new])
    // Verification holds over both eras, also against what somebody kept of each.
    for (kept, key) in [(before, old), (between, old), (between, new), (after, new)] {
      var options = VerificationOptions()
      options.checkpoint = (kept, key)
      let report = try test.ledger.verify(options)
      #expect(report.findings == [] && report.checkpoints == 4)
    }
    // The bundle of a proof checks under the key of its era.
    try test.ledger.prove(3, in: before).checkpoint.verify(log: old)
    try test.ledger.prove(3).checkpoint.verify(log: new)
  }

  @Test func `goes on after a crash between the new key's file, its record and its name`() throws {
    let test = try TestLedger()
    let path = test.path
    let oldKey = readFile(path + "/signing-key")
    // Before the record: the file aside is of a key that the log does not name.
    let other = TemporaryFolder()
    _ = try Ledger.create(at: other("x"), now: TestLedger.time(0))
    writeFile(path + "/signing-key.next", readFile(other("x") + "/signing-key"))
    let first = try test.ledger.checkpoint()
    try first.verify(log: try test.ledger.publicKey())
    #expect(readFile(path + "/signing-key") == oldKey)
    // Behind the record: the new key lies aside, and the old one still has the name.
    _ = try test.ledger.rotateKey(by: "ops", reporter: "host", now: TestLedger.time(1))
    let newKey = readFile(path + "/signing-key")
    writeFile(path + "/signing-key.next", newKey)
    writeFile(path + "/signing-key", oldKey)
    try test.append(.creation(TestLedger.id(1)))
    try test.ledger.checkpoint().verify(log: try test.ledger.publicKey())
    #expect(readFile(path + "/signing-key") == newKey)
    #expect(access(path + "/signing-key.next", F_OK) != 0)
    #expect(try test.ledger.verify(VerificationOptions()).findingCount == 0)
  }

  @Test func `is refused without the key, with another ledger's and with no key at all in the file`() throws {
    let test = try TestLedger()
    let path = test.path + "/signing-key"
    let own = readFile(path)
    let foreign = TemporaryFolder()
    _ = try Ledger.create(at: foreign("x"), now: TestLedger.time(0))
    func message() -> String {
      #expect(throws: LedgerError.self) { _ = try test.ledger.checkpoint() }?.message ?? ""
    }
    let missing =
      "\(path) can't be opened: the key that signs by the log is not there: put it back, or sign with a "
      + "new one from now on ('workledger checkpoint --new-key')"
    unlink(path)
    #expect(message() == missing)
    writeFile(path, readFile(foreign("x") + "/signing-key"))
    #expect(message() == missing)
    writeFile(path, Array("no key\n".utf8))
    #expect(message().hasPrefix("\(path) can't be opened: "))
    writeFile(path, [UInt8](repeating: 0x41, count: 1_100_000))
    #expect(message() == "\(path) can't be opened: it has more than 1000000 bytes")
    writeFile(path, own)
    _ = try test.ledger.checkpoint()
    // Where the old key is lost, the new one signs alone.
    unlink(path)
    let alone = try test.ledger.rotateKey(by: "ops", reporter: "host", now: TestLedger.time(1))
    #expect(alone.note.signatures.count == 1)
    try alone.verify(log: try test.ledger.publicKey())
    #expect(try test.ledger.verify(VerificationOptions()).findingCount == 0)
  }

  @Test func `is not made of a ledger that is open for reading only`() throws {
    let sound = try SoundLedger(seed: testSeed(), batches: 4)
    let ledger = try Ledger(path: sound.path, access: .readOnly)
    for refused in [
      { _ = try ledger.checkpoint() }, { _ = try ledger.prove(1) },
      { _ = try ledger.rotateKey(by: "a", reporter: "b", now: TestLedger.time(1)) },
    ] as [() throws -> Void] {
      #expect(throws: LedgerError.readOnly(path: sound.path)) { try refused() }
    }
    #expect(try ledger.publicKey() == sound.keys[1])
    let proof = try ledger.prove(1, in: sound.newest)
    try proof.check(entry: try #require(proof.extra))
  }

  @Test func `file that can't be read is found, and nothing is signed beside it`() throws {
    let test = try TestLedger()
    _ = try test.ledger.checkpoint()
    writeFile(test.path + "/checkpoint", Array("nonsense".utf8))
    let report = try test.ledger.verify(VerificationOptions())
    #expect(
      report.findingCount == 1
        && report.findings[0].what.hasPrefix("\(test.path)/checkpoint can't be opened: "))
    #expect(throws: LedgerError.self) { _ = try test.ledger.checkpoint() }
  }
}
