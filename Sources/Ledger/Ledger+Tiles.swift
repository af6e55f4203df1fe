import EventStore
package import Evidence
import LMDB

/// A name as it stands beside the log, with what opens its commitment.
package struct RegisteredName: Sendable {
  package let number: UInt32
  /// What it names: 1 user, 2 project, 3 cluster, 4 reporter, 5 source.
  package let nameClass: UInt8
  /// Salt and name; nil where they were destroyed.
  package let opening: ProvenName.Opening?

  package init(number: UInt32, nameClass: UInt8, opening: ProvenName.Opening?) {
    (self.number, self.nameClass, self.opening) = (number, nameClass, opening)
  }
}

/// What a log that is served as tiles is made of: the bytes of the records, their hashes, and the names.
extension Ledger {
  /// Checks that this log gave out a checkpoint: that one of its keys signed it, the one in use at that size, and that
  /// it is of this log's first records.
  package func check(own checkpoint: SignedCheckpoint) throws(LedgerError) {
    let head = checkpoint.checkpoint.head
    guard let key = try publicKeys().last(where: { $0.position <= head.size })?.key else {
      throw .evidence("no key of this ledger signed a checkpoint of \(head.size) records")
    }
    do throws(NoteFlaw) { try checkpoint.verify(log: key) } catch { throw .evidence("\(error)") }
    try log.environment.read { (records) throws(LedgerError) in try checkTree(of: head, records) }
  }

  /// Checks that a tree is that of this log's first records, as the stored tree has them.
  func checkTree(of head: TreeHead, _ records: borrowing ReadTransaction) throws(LedgerError) {
    let own = try ledgerCall { () throws(StoreError) in
      let size = min(head.size, try log.tree.count(records))
      return try log.tree.head(size, records)
    }
    guard own == head else {
      throw .evidence(
        own.size < head.size
          ? "the checkpoint has \(head.size) records and this log has \(own.size): one was rolled back"
          : "the checkpoint's root is not that of this log's first \(head.size) records: they forked")
    }
  }

  /// The bytes of a tile: hashes, or entries with their lengths.
  ///
  /// Only what the newest checkpoint speaks of is given out, for a tile never changes, and what no checkpoint has may
  /// still be lost when a log is put back from a copy.
  package func tile(_ tile: Tile) throws(LedgerError) -> [UInt8] {
    let size = try newestCheckpoint()?.checkpoint.head.size ?? 0
    guard let indices = tile.indices(in: size) else {
      throw .notFound(kind: "tile (the newest checkpoint has \(size) records)", name: tile.path)
    }
    var bytes: [UInt8] = []
    switch tile.content {
    case .entries:
      try records(indices.lowerBound + 1..<indices.upperBound + 1) { (_, record) throws(LedgerError) in
        EntryBundle.append(record, to: &bytes)
        return true
      }
    case .hashes(let level):
      try log.environment.read { (records) throws(LedgerError) in
        for index in indices {
          // Every eighth level of the binary tree is one of tiles.
          let hash = try ledgerCall { () throws(StoreError) in
            try log.tree.root(of: Subtree(level: 8 * level, index: index), records)
          }
          bytes.append(contentsOf: hash.bytes)
        }
      }
    }
    return bytes
  }

  /// Calls `body` with the position and the bytes of each record of some positions, in order, until it returns false.
  /// The bytes are valid only inside.
  ///
  /// The snapshot is renewed now and then, so that however long it takes, no old pages are kept for it.
  package func records(
    _ positions: Range<UInt64>,
    _ body: (_ position: UInt64, _ record: RawSpan) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    var next = positions.lowerBound
    while next < positions.upperBound {
      let end = min(positions.upperBound - 1, next + Self.recordsPerSnapshot - 1)
      let isDone = try log.environment.read { (records) throws(LedgerError) in
        try records.withCursor(log.events) { (cursor) throws(LedgerError) in
          var isThere = try ledgerCall { () throws(StoreError) in try cursor.seek(next) }
          for position in next...end {
            guard isThere, cursor.integerKey == position else {
              throw LedgerError(storage: .damaged(position: position, why: "it is missing in the log"))
            }
            let record = cursor.value
            guard record.byteCount <= EntryBundle.maxEntryBytes else {
              throw LedgerError(
                storage: .damaged(
                  position: position,
                  why:
                    "it has \(record.byteCount) bytes and a record has at most \(EntryBundle.maxEntryBytes)"))
            }
            guard try body(position, record) else { return true }
            isThere = try ledgerCall { () throws(StoreError) in try cursor.next() }
          }
          return false
        }
      }
      if isDone { return }
      next = end + 1
    }
  }

  /// Calls `body` with each name that one of the first `count` records registers, by its number, until it returns
  /// false.
  package func registeredNames(
    first count: UInt64, _ body: (RegisteredName) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    try log.environment.read { (records) throws(LedgerError) in
      try registeredNames(first: count, records, body)
    }
  }

  /// The same in a snapshot.
  func registeredNames(
    first count: UInt64, _ records: borrowing ReadTransaction,
    _ body: (RegisteredName) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    try records.withCursor(log.names) { (cursor) throws(LedgerError) in
      var isThere = try ledgerCall { () throws(StoreError) in try cursor.first() }
      while isThere {
        let (number, entry) = (cursor.integerKey, cursor.value)
        guard entry.byteCount >= NameEntry.nameOffset, let number = UInt32(exactly: number) else {
          throw .damaged("name #\(number) can't be read")
        }
        // Names are numbered in the order of their records.
        guard entry.u48(at: NameEntry.positionOffset) <= count else { return }
        let name = string(entry, NameEntry.nameOffset..<entry.byteCount)
        let salt = NameEntry.salt.map { entry.u8(at: $0) }
        let opening = name.isEmpty ? nil : ProvenName.Opening(salt: salt, name: name)
        guard try body(RegisteredName(number: number, nameClass: entry.u8(at: 0), opening: opening)) else {
          return
        }
        isThere = try ledgerCall { () throws(StoreError) in try cursor.next() }
      }
    }
  }

  private static let recordsPerSnapshot: UInt64 = 1 << 14
}
