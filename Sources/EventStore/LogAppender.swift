package import LMDB
package import WorkloadModel

/// Appends records in one write transaction: the positions, the recorded times and the name numbers go on
/// from where the log ends.
package struct LogAppender: ~Copyable {
  let log: EventLog
  /// The position of the next record.
  package private(set) var next: UInt64
  private var nextName: UInt32
  /// The newest registration of a name; 0 where there is none.
  private var lastRegistration: UInt64
  /// What `recordedAt` of the next records is.
  package let recordedAt: Timestamp
  /// Where records are built.
  package var writer: ByteWriter
  private var tree: TreeWriter
  /// The hashes of the records that are appended here.
  private let hashing: LeafHashing
  /// How many records there were before.
  private let before: UInt64

  /// `now` is the clock; where it went back, the last recorded time is used again.
  package init(
    _ log: EventLog, now: Timestamp, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    let last = try log.lastPosition(transaction)
    let lastRecordedAt = try log.lastRecordedAt(transaction)
    let name = try transaction.withCursor(log.names) { (cursor) throws(StoreError) -> (UInt32, UInt64) in
      guard try cursor.last() else { return (1, 0) }
      guard cursor.value.byteCount >= NameEntry.nameOffset else {
        throw .damaged(position: 0, why: "name #\(cursor.integerKey) can't be read")
      }
      return (
        UInt32(truncatingIfNeeded: cursor.integerKey) + 1, cursor.value.u48(at: NameEntry.positionOffset)
      )
    }
    let leaves = try TreeWriter(log.tree, transaction)
    if leaves.count > last {
      throw .damaged(position: 0, why: "the hash tree has more records than the log's \(last)")
    }
    self.log = log
    next = last + 1
    (nextName, lastRegistration) = name
    recordedAt = max(now, lastRecordedAt)
    writer = ByteWriter.forRecords()
    hashing = leaves.hashing()
    before = last
    tree = leaves
  }

  /// Appends the record that `writer` holds and returns its position.
  @discardableResult
  package mutating func append(to transaction: inout WriteTransaction) throws(StoreError) -> UInt64 {
    let position = next
    precondition(position <= RecordHeader.maxPosition, "the log has 2^48 records")
    try transaction.append(log.events, position, writer.bytes)
    hashing.add(writer.bytes)
    next += 1
    return position
  }

  /// Begins to hash the records, behind the last one; the caller may do something else before it calls `finish`.
  package func startHashing() { hashing.start() }

  /// Extends the hash tree by the records: to be called once, behind the last one.
  package mutating func finish(_ transaction: inout WriteTransaction) throws(StoreError) {
    if tree.count == before {
      try tree.append(hashing, to: &transaction)
    } else {
      // A program without the tree appended records before these.
      try tree.catchUp(to: next - 1, in: &transaction)
    }
    try tree.flush(to: &transaction)
  }

  /// Records that checkpoints are signed with another key from here on; returns the position.
  package mutating func addKey(
    _ verifierKey: String, by actor: NameNumber, reporter: NameNumber, in transaction: inout WriteTransaction
  ) throws(StoreError) -> UInt64 {
    let newest = try log.newestKey(transaction.reading)
    let number = (newest?.number ?? 0) + 1
    writer.header(
      RecordHeader(
        kind: .keyAdded, flags: [.applied], version: number, actor: actor, reporter: reporter,
        previousInStream: newest?.position ?? 0, occurredAt: recordedAt, recordedAt: recordedAt))
    var verifierKey = verifierKey
    verifierKey.makeContiguousUTF8()
    writer.text(verifierKey.utf8.span)
    let position = try append(to: &transaction)
    var entry = ByteWriter(capacity: 4096)
    KeyEntry(number: number, position: position, verifierKey: verifierKey).write(to: &entry)
    try transaction.append(log.keys, UInt64(number), entry.bytes)
    return position
  }

  /// The number of a name; one that was never used is registered first.
  package mutating func number(
    _ nameClass: NameClass, _ name: String, _ random: inout some RandomNumberGenerator,
    in transaction: inout WriteTransaction
  ) throws(StoreError) -> NameNumber {
    if let known = try log.number(nameClass, name, transaction.reading) { return known }
    var name = name
    name.makeContiguousUTF8()
    return try register(nameClass, name.utf8.span, salt: (random.next(), random.next()), in: &transaction)
  }

  /// Registers a name with a record of its own and returns its number.
  package mutating func register(
    _ nameClass: NameClass, _ name: Span<UInt8>, salt: (UInt64, UInt64),
    in transaction: inout WriteTransaction
  ) throws(StoreError) -> NameNumber {
    precondition(!name.isEmpty && name.count <= Limits.name, "a name must have 1 to 256 bytes")
    let number = nextName
    var entry = ByteWriter(capacity: Limits.name + NameEntry.nameOffset)
    entry.u8(nameClass.rawValue)
    entry.u64(salt.0)
    entry.u64(salt.1)
    let digest = commitment(salt: entry.bytes.extracting(1..<17), name: name)
    entry.u48(next)
    entry.append(name)
    // The registrations are a chain with numbers, so that none can be put in or left out.
    writer.header(
      RecordHeader(
        kind: .nameRegistered, flags: [.applied], version: number, previousInStream: lastRegistration,
        occurredAt: recordedAt, recordedAt: recordedAt))
    writer.u8(nameClass.rawValue)
    writer.u32(number)
    writer.append(digest.span)
    lastRegistration = try append(to: &transaction)
    try transaction.append(log.names, UInt64(number), entry.bytes)
    try log.index(nameClass, name, as: number, in: &transaction)
    nextName += 1
    return NameNumber(rawValue: number)
  }
}
