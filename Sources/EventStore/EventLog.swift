import Evidence
package import LMDB
package import WorkloadModel

/// The log of all events: the one thing that can't be made again.
///
/// `events` holds position → record and is only ever appended to; `names` holds number → salt and name beside
/// the records that register them. Fully synchronous: a commit that returned survives a power loss.
package final class EventLog: Sendable {
  package let environment: Environment
  /// What this is, and where the chains of the ledger's own records end.
  package let meta: Table
  /// Position → record.
  package let events: Table
  /// Name number → class, salt, name.
  package let names: Table
  /// Class and name → number.
  package let nameIndex: Table
  /// The hash tree over the records.
  package let tree: HashTree
  /// Tree size → the checkpoint that was given out, a signed note.
  package let checkpoints: Table
  /// Number of a signing key, from 1 → position of its record and its public half.
  package let keys: Table
  /// The ledger's own identity, a UUID.
  package let ledgerID: WorkloadID
  /// When the ledger was made, as the table `meta` says.
  package let createdAt: Timestamp

  /// The CloudEvents source of the ledger's own events.
  package let source: String

  /// The version of the format of the whole environment.
  package static let format: UInt32 = 1
  static let magic: UInt64 = 0x474F_4C52_4744_4C57  // "WLDGRLOG"
  static let identityKey: UInt64 = 1
  /// The newest redaction: the key is the kind of its record.
  static let redactionKey = UInt64(RecordKind.nameRedacted.rawValue)

  /// Makes an empty log in a folder that exists, or opens the one that is there.
  package convenience init(creatingAt path: String, id: WorkloadID, now: Timestamp) throws(StoreError) {
    let environment = try Environment(path: path, options: Self.options(false))
    try environment.write { (transaction) throws(StoreError) in
      guard let tree = try Self.makeTables(id, now, in: &transaction) else { return }
      var writer = ByteWriter(capacity: 128)
      // The identity is a record too, so that nobody can change it without breaking the hash tree.
      writer.header(
        RecordHeader(kind: .ledgerCreated, flags: [.applied], occurredAt: now, recordedAt: now))
      writer.id(id)
      writer.u32(Self.format)
      try transaction.append(tree.events, 1, writer.bytes)
      var leaves = try TreeWriter(tree, transaction.reading)
      try leaves.append(MerkleHash.leaf(writer.bytes), to: &transaction)
      try leaves.flush(to: &transaction)
    }
    try self.init(environment)
  }

  /// Makes a log without records in an empty folder, for a `LogLoader` that brings them all. Nothing is synced until the
  /// loader says so.
  convenience init(loadingAt path: String, id: WorkloadID, createdAt: Timestamp) throws(StoreError) {
    var options = Self.options(false)
    options.synchronous = false
    let environment = try Environment(path: path, options: options)
    try environment.write { (transaction) throws(StoreError) in
      _ = try Self.makeTables(id, createdAt, in: &transaction)
    }
    try self.init(environment)
  }

  /// Makes the tables and says in `meta` what this is; nil where that is said already.
  private static func makeTables(
    _ id: WorkloadID, _ createdAt: Timestamp, in transaction: inout WriteTransaction
  ) throws(StoreError) -> HashTree? {
    let meta = try transaction.openTable("meta", .integer)
    let exists = try transaction.reading.get(meta, identityKey) != nil
    let events = try transaction.openTable("events", .integer)
    _ = try transaction.openTable("names", .integer)
    _ = try transaction.openTable("nameIndex", .bytes)
    let tree = try openEvidence(events, in: &transaction)
    if exists { return nil }
    var writer = ByteWriter(capacity: 64)
    writer.u64(magic)
    writer.u32(format)
    writer.id(id)
    writer.i64(createdAt.microseconds)
    try transaction.put(meta, identityKey, writer.bytes)
    return tree
  }

  /// Opens the log in a folder; refuses what is not a ledger's, or a newer program's, and, where its pages are to be
  /// checked, what is no file of LMDB throughout.
  package convenience init(path: String, readOnly: Bool, checkingPages: Bool = false) throws(StoreError) {
    let environment = try Environment(path: path, options: Self.options(readOnly, checkingPages))
    // A ledger of a program that knew no hash tree gets one; its records are hashed with the next append.
    if !readOnly, try environment.table("names", .integer) != nil,
      try environment.table("keys", .integer) == nil
    {
      try environment.write { (transaction) throws(StoreError) in
        let events = try transaction.openTable("events", .integer)
        _ = try Self.openEvidence(events, in: &transaction)
      }
    }
    try self.init(environment)
  }

  private init(_ environment: Environment) throws(StoreError) {
    self.environment = environment
    func table(_ name: String, _ order: KeyOrder) throws(StoreError) -> Table {
      guard let table = try environment.table(name, order) else {
        throw .foreign(path: environment.path, why: "it has no table '\(name)', so it is not a ledger's log")
      }
      return table
    }
    let meta = try table("meta", .integer)
    (ledgerID, createdAt) = try environment.read { (transaction) throws(StoreError) in
      guard let identity = try transaction.get(meta, Self.identityKey), identity.byteCount >= 36,
        identity.u64(at: 0) == Self.magic
      else { throw .foreign(path: environment.path, why: "it does not begin as a ledger's log does") }
      let format = identity.u32(at: 8)
      guard format == Self.format else {
        throw .newerFormat(path: environment.path, found: format, known: Self.format)
      }
      let id = WorkloadID(high: identity.u64(at: 12).byteSwapped, low: identity.u64(at: 20).byteSwapped)
      return (id, Timestamp(microseconds: identity.i64(at: 28)))
    }
    self.meta = meta
    source = "urn:uuid:\(ledgerID)"
    events = try table("events", .integer)
    names = try table("names", .integer)
    nameIndex = try table("nameIndex", .bytes)
    tree = HashTree(
      events: events, tiles: try table("tiles", .integer), subtrees: try table("subtrees", .integer))
    checkpoints = try table("checkpoints", .integer)
    keys = try table("keys", .integer)
  }

  /// Makes the tables of the evidence.
  private static func openEvidence(
    _ events: Table, in transaction: inout WriteTransaction
  ) throws(StoreError) -> HashTree {
    _ = try transaction.openTable("checkpoints", .integer)
    _ = try transaction.openTable("keys", .integer)
    return HashTree(
      events: events, tiles: try transaction.openTable("tiles", .integer),
      subtrees: try transaction.openTable("subtrees", .integer))
  }

  private static func options(_ readOnly: Bool, _ checkingPages: Bool = false) -> EnvironmentOptions {
    var options = EnvironmentOptions()
    options.checksPages = checkingPages
    options.readOnly = readOnly
    return options
  }

  /// The newest position; 0 in an empty log.
  package func lastPosition(_ transaction: borrowing ReadTransaction) throws(StoreError) -> UInt64 {
    try transaction.withCursor(events) { (cursor) throws(StoreError) in
      try cursor.last() ? cursor.integerKey : 0
    }
  }

  /// The last position that was recorded at or before a time; 0 where there is none. Recorded times never go back,
  /// so this is a binary search.
  package func lastPosition(
    recordedBy time: Timestamp, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> UInt64 {
    var (low, high) = (UInt64(0), try lastPosition(transaction))
    while low < high {
      let middle = high - (high - low) / 2
      guard let record = try transaction.get(events, middle), let header = RecordHeader(record) else {
        throw .damaged(position: middle, why: "it is missing, or its header can't be read")
      }
      if header.recordedAt <= time { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// When the newest record was recorded; the earliest time in an empty log.
  package func lastRecordedAt(_ transaction: borrowing ReadTransaction) throws(StoreError) -> Timestamp {
    try transaction.withCursor(events) { (cursor) throws(StoreError) in
      guard try cursor.last() else { return .earliest }
      guard let header = RecordHeader(cursor.value) else {
        throw .damaged(position: cursor.integerKey, why: "its header can't be read")
      }
      return header.recordedAt
    }
  }
}
