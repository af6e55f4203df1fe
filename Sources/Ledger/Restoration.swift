import EventStore
package import Evidence
import LMDB
import WorkloadModel

/// Where the names of a backup come from, in the order of their numbers.
package protocol NameSource {
  /// The next name; nil where there are no more.
  mutating func next() throws(LedgerError) -> RegisteredName?
  /// Where the last one stands, for messages.
  var place: String { get }
}

/// A ledger that is made again of its records: each is checked as it comes, and loaded into a log that nobody knows yet.
///
/// The memory that it takes does not grow with the log. What does not hold is an `evidence` error that says what about
/// the record or name it is; the caller knows in which file it stands.
package struct Restoration: ~Copyable {
  /// Where the log is made; nil where the records are only checked.
  private let folder: String?
  private var loader: LogLoader?
  private var batch = LoadBatch()
  private var hashes = TileHashes()
  private let state: BackupState
  /// The checkpoints that must be of these records, by ascending sizes, and how many of them were looked at.
  private let expected: [ExpectedCheckpoint]
  private var checked = 0
  private var keys: [VerifierKey] = []
  private var nameCount: UInt32 = 0
  /// The names that are gone and of which no record said so yet.
  private var unexplained: Set<UInt32> = []
  private var redactions: UInt32 = 0
  private var id = WorkloadID.none
  private var events: UInt64 = 0
  private var lastRecordedAt = Timestamp.earliest

  /// Loaded together: enough that a commit does not show, few enough that LMDB keeps their pages in memory.
  private static let batchRecords = 1 << 15
  private static let batchBytes = 1 << 24

  /// Begins with what a backup has besides its records. `known` are checkpoints that somebody kept; what is newer than
  /// the backup, or of another ledger, is refused here.
  init(_ state: BackupState, known: [(name: String, checkpoint: SignedCheckpoint)], into folder: String?)
    throws(LedgerError)
  {
    self.state = state
    self.folder = folder
    expected = try ExpectedCheckpoint.all(state, known)
  }

  /// How many records came.
  package var count: UInt64 { hashes.range.count }

  /// Takes the next record. `hash` is what the backup says its hash is, in the file `place`; `tile` gets each tile of
  /// hashes that is whole with it.
  package mutating func append(
    _ record: RawSpan, hash: Digest, in place: String, _ names: inout some NameSource,
    tile: (Tile, [UInt8]) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    let leaf = MerkleHash.leaf(record)
    guard leaf == hash else {
      throw .evidence("its bytes do not have the hash that \(place) says: one of the two was changed")
    }
    let position = count + 1
    let whole = try hashes.append(leaf, tile)
    batch.append(record, leaf, tile: whole)
    try check(record, at: position, &names)
    try checkTrees()
    if whole != nil, batch.count >= Self.batchRecords || batch.byteCount >= Self.batchBytes { try load() }
  }

  /// Ends with the last tiles, and makes the log durable.
  package mutating func finish(
    _ names: inout some NameSource, tile: (Tile, [UInt8]) throws(LedgerError) -> Void
  ) throws(LedgerError) -> BackupReport {
    try hashes.finish(tile)
    if try names.next() != nil {
      throw .evidence("\(names.place): no record registers this name")
    }
    if let number = unexplained.min() {
      throw .evidence("name #\(number): its text is gone, and no record says that it was destroyed")
    }
    guard checked == expected.count, state.checkpoints.last?.checkpoint.head.size == count else {
      throw .evidence("the checkpoint is of another number of records than the \(count) that are there")
    }
    guard let key = keys.last, key == state.signingKey.verifier else {
      throw .evidence("the key of the backup is not the one that signs by the records")
    }
    try load()
    let notes = state.checkpoints.map { (size: $0.checkpoint.head.size, note: $0.bytes) }
    try ledgerCall { () throws(StoreError) in try loader?.finish(checkpoints: notes) }
    loader = nil
    var report = BackupReport()
    report.id = "\(id)"
    report.head = hashes.range.head
    report.events = events
    report.lastRecordedAt = lastRecordedAt.rfc3339
    report.names = UInt64(nameCount)
    report.checkpoints = notes.count
    report.tokens = Ledger.tokenCount(in: state.tokens)
    return report
  }

  private mutating func load() throws(LedgerError) {
    if let loader { try ledgerCall { () throws(StoreError) in try loader.load(batch) } }
    if batch.count % Tile.maxWidth == 0 { batch.removeAll() }
  }

  // MARK: Checks

  private mutating func check(
    _ record: RawSpan, at position: UInt64, _ names: inout some NameSource
  ) throws(LedgerError) {
    guard let header = RecordHeader(record) else { throw .evidence("its header can't be read") }
    if header.recordedAt < lastRecordedAt {
      throw .evidence("it was recorded before the record before it")
    }
    lastRecordedAt = header.recordedAt
    if header.kind.event != nil {
      events += 1
      if RecordBody(record, header) == nil { throw .evidence("its body can't be read") }
    }
    if (position == 1) != (header.kind == .ledgerCreated) {
      throw .evidence("the first record, and no other, says which ledger it is")
    }
    switch header.kind {
    case .ledgerCreated: try begin(record, header)
    case .nameRegistered: try register(record, header, at: position, &names)
    case .keyAdded: try addKey(record, header, at: position)
    case .nameRedacted: try redact(record, at: position)
    default: break
    }
  }

  /// The first record says which ledger it is.
  private mutating func begin(_ record: RawSpan, _ header: RecordHeader) throws(LedgerError) {
    var reader = RecordReader()
    guard let id = reader.id(record), let format = reader.u32(record) else {
      throw .evidence("it does not say which ledger it is")
    }
    guard format == EventLog.format else {
      throw .usage(
        "the backup is of format \(format) and this program knows \(EventLog.format): use a newer workledger")
    }
    self.id = id
    if let folder {
      loader = try ledgerCall { () throws(StoreError) in
        try LogLoader(at: folder, id: id, createdAt: header.recordedAt)
      }
    }
  }

  /// The name that a record registers is the next one, and its commitment opens, or it was destroyed.
  private mutating func register(
    _ record: RawSpan, _ header: RecordHeader, at position: UInt64, _ names: inout some NameSource
  ) throws(LedgerError) {
    let body = RecordHeader.byteCount
    guard record.byteCount == body + 37, let nameClass = NameClass(rawValue: record.u8(at: body)),
      record.u32(at: body + 1) == nameCount + 1
    else { throw .evidence("it does not register name #\(nameCount + 1)") }
    nameCount += 1
    guard let name = try names.next() else {
      throw .evidence("\(names.place): name #\(nameCount) is missing, which it registers")
    }
    guard name.number == nameCount, name.nameClass == nameClass.rawValue else {
      throw .evidence("\(names.place): name #\(nameCount) of class \(nameClass.rawValue) must stand there")
    }
    var text: [UInt8] = []
    if let opening = name.opening {
      text = Array(opening.name.utf8)
      let digest = commitment(salt: opening.salt.span.bytes, name: text.span)
      for (offset, byte) in digest.enumerated() where record.u8(at: body + 5 + offset) != byte {
        throw .evidence("\(names.place): it is not the name that was registered")
      }
    } else {
      unexplained.insert(nameCount)
    }
    batch.names.append(
      LoadedName(
        number: nameCount, nameClass: nameClass, position: position, salt: name.opening?.salt, text: text))
  }

  private mutating func addKey(
    _ record: RawSpan, _ header: RecordHeader, at position: UInt64
  ) throws(LedgerError) {
    var reader = RecordReader()
    let number = UInt32(keys.count + 1)
    guard header.version == number, let range = reader.text(record), reader.offset == record.byteCount,
      range.count <= Self.maxKeyBytes, let key = try? VerifierKey(parsing: string(record, range))
    else { throw .evidence("it does not name the signing key \(number)") }
    keys.append(key)
    batch.keys.append(KeyEntry(number: number, position: position, verifierKey: string(record, range)))
  }

  private mutating func redact(_ record: RawSpan, at position: UInt64) throws(LedgerError) {
    guard let redaction = Redaction(record), redaction.header.version == redactions + 1 else {
      throw .evidence("it does not say which name was destroyed")
    }
    redactions += 1
    guard unexplained.remove(redaction.name.rawValue) != nil else {
      throw .evidence("it says that name #\(redaction.name.rawValue) was destroyed, and its text is there")
    }
    batch.newestRedaction = position
  }

  /// Holds the checkpoints of as many records as came against them.
  private mutating func checkTrees() throws(LedgerError) {
    while checked < expected.count, expected[checked].head.size == count {
      try expected[checked].hold(against: hashes.range.head, keys)
      checked += 1
    }
  }

  /// What the entry of a key has room for.
  private static let maxKeyBytes = 4000
}

/// A checkpoint that must be of the first records of a backup.
private struct ExpectedCheckpoint {
  /// What messages call it.
  var name: String
  var checkpoint: SignedCheckpoint
  /// Whether the ledger kept it, so that it has no signatures but its own.
  var isOwn: Bool
  var head: TreeHead { checkpoint.checkpoint.head }

  /// All of a backup, and those that somebody kept, by ascending sizes.
  static func all(
    _ state: BackupState, _ known: [(name: String, checkpoint: SignedCheckpoint)]
  ) throws(LedgerError) -> [ExpectedCheckpoint] {
    guard let newest = state.checkpoints.last?.checkpoint else {
      throw .evidence("the backup has no checkpoint")
    }
    var all: [ExpectedCheckpoint] = []
    for checkpoint in state.checkpoints {
      let size = checkpoint.checkpoint.head.size
      guard size > all.last?.head.size ?? 0 else {
        throw .evidence("the checkpoint of \(size) records does not stand behind smaller ones")
      }
      all.append(
        ExpectedCheckpoint(name: "the checkpoint of \(size) records", checkpoint: checkpoint, isOwn: true))
    }
    for (name, checkpoint) in known {
      let (origin, size) = (checkpoint.checkpoint.origin, checkpoint.checkpoint.head.size)
      guard origin == newest.origin else {
        throw .evidence("\(name) is of another log, '\(origin)', and the backup is of '\(newest.origin)'")
      }
      guard size <= newest.head.size else {
        throw .evidence(
          "\(name) has \(size) records and the backup \(newest.head.size): the backup is older than what was given "
            + "out, so look for a newer one. What is put back from this one would go on as another history")
      }
      all.append(ExpectedCheckpoint(name: name, checkpoint: checkpoint, isOwn: false))
    }
    return all.sorted { $0.head.size < $1.head.size }
  }

  /// Checks that it is signed by the last of the keys, and of this tree.
  func hold(against tree: TreeHead, _ keys: [VerifierKey]) throws(LedgerError) {
    guard let key = keys.last else { throw .evidence("\(name): no key of the ledger signed at its size") }
    let note = checkpoint.note
    let isOwnThroughout: Bool
    do throws(NoteFlaw) {
      try checkpoint.verify(log: key)
      let ours = try note.verify(with: keys).count
      isOwnThroughout = !isOwn || ours == note.signatures.count
    } catch { throw .evidence("\(name): \(error)") }
    guard isOwnThroughout else {
      throw .evidence("\(name): it has a signature by a key that the ledger never had")
    }
    guard tree.root == head.root else {
      throw .evidence(
        isOwn
          ? "\(name) has another root than the records up to here"
          : "\(name): its first \(head.size) records are not those of the backup: they forked")
    }
  }
}
