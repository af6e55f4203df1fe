import EventStore
import Evidence
import Glibc
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

/// A ledger that nobody has open, with a random history and checkpoints, of which copies are damaged and verified.
struct SoundLedger {
  let folder = TemporaryFolder()
  let random: SeededRandom
  /// What its own checkpoints are signed with, the newest key last.
  let keys: [VerifierKey]
  /// The newest checkpoint that was given out.
  let newest: SignedCheckpoint
  /// The newest position.
  let last: UInt64

  var path: String { folder("sound") }

  /// So many batches of events, and more until there is a whole tile and some, where there are many; a checkpoint in
  /// the middle, a new key, and one more at the end.
  init(seed: UInt64, batches: Int = 60) throws {
    let harness = try LedgerHarness()
    var maker = HistoryMaker(seed: seed)
    for _ in 0..<batches / 2 { try harness.append(maker.batch(harness.model), now: maker.now()) }
    _ = try harness.ledger.checkpoint()
    _ = try harness.ledger.rotateKey(by: "operator", reporter: "host", now: .earliest)
    harness.lastPosition = try harness.ledger.lastPosition()
    var appended = batches / 2
    while appended < batches || batches >= 60 && harness.lastPosition < 300 {
      try harness.append(maker.batch(harness.model), now: maker.now())
      appended += 1
    }
    newest = try harness.ledger.checkpoint()
    keys = try harness.ledger.publicKeys().map(\.key)
    last = try harness.ledger.lastPosition()
    random = SeededRandom(seed: ~seed)
    let target = path
    try harness.reopen(closing: true) { copyTree(harness.path, to: target) }
  }

  /// Verifies a copy after `damage` was done to it, which is given its path. A copy that can't be opened is as
  /// good as found; then the result is nil.
  func verified(
    _ options: VerificationOptions = VerificationOptions(), after damage: (String) throws -> Void
  ) throws -> VerificationReport? {
    let copy = TemporaryFolder()
    copyTree(path, to: copy("ledger"))
    try damage(copy("ledger"))
    guard let ledger = try? Ledger(verifying: copy("ledger"), access: .readWrite) else { return nil }
    return try ledger.verify(options)
  }

  /// The same where the copy must open.
  func report(
    _ options: VerificationOptions = VerificationOptions(), after damage: (String) throws -> Void = { _ in }
  ) throws -> VerificationReport {
    try #require(try verified(options, after: damage))
  }
}

extension RawTables {
  /// The tables of a ledger's log.
  init(logOf ledger: String) { self.init(path: ledger + "/log") }

  /// Changes one bit of a value.
  func flip(_ name: String, _ order: KeyOrder, _ entry: Entry, _ random: inout SeededRandom) throws {
    var value = entry.value
    value[random.below(value.count)] ^= 1 << UInt8(random.below(8))
    try put(name, order, entry.key, value)
  }

  /// The key of a number.
  static func key(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }
}

/// Rewrites a log as somebody would who can write all of it: records, the tree over them, and no checkpoint is left
/// that says otherwise.
func forge(_ ledger: String, _ change: (UInt64, inout [UInt8]) -> Void) throws {
  let log = try EventLog(path: ledger + "/log", readOnly: false)
  try log.environment.write { (transaction) throws(StoreError) in
    let last = try log.lastPosition(transaction.reading)
    for position in 1...last {
      let stored = try transaction.reading.get(log.events, position)?.withUnsafeBytes { Array($0) } ?? []
      var bytes = stored
      change(position, &bytes)
      if bytes != stored { try transaction.put(log.events, position, bytes.span.bytes) }
    }
    for table in [log.tree.tiles, log.tree.subtrees, log.checkpoints] { try transaction.removeAll(table) }
    var tree = try TreeWriter(log.tree, transaction.reading)
    try tree.catchUp(to: last, in: &transaction)
    try tree.flush(to: &transaction)
  }
  unlink(ledger + "/checkpoint")
}
