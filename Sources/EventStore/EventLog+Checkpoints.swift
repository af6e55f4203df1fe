package import LMDB

/// A key that checkpoints are signed with, from its record on.
package struct KeyEntry: Sendable {
  /// From 1.
  package let number: UInt32
  /// The position of the record that says so.
  package let position: UInt64
  /// The public half, a vkey (C2SP signed-note).
  package let verifierKey: String

  package init(number: UInt32, position: UInt64, verifierKey: String) {
    (self.number, self.position, self.verifierKey) = (number, position, verifierKey)
  }

  /// The entry of the table.
  func write(to writer: inout ByteWriter) {
    writer.reset()
    writer.u48(position)
    writer.append(verifierKey.utf8.span)
  }
}

extension EventLog {
  /// The key that is used now; nil where there was never one.
  package func newestKey(_ transaction: borrowing ReadTransaction) throws(StoreError) -> KeyEntry? {
    try allKeys(transaction).last
  }

  /// All keys that ever signed, the first first.
  package func allKeys(_ transaction: borrowing ReadTransaction) throws(StoreError) -> [KeyEntry] {
    try transaction.withCursor(keys) { (cursor) throws(StoreError) in
      var found: [KeyEntry] = []
      var isThere = try cursor.first()
      while isThere {
        let entry = cursor.value
        guard entry.byteCount > 6 else {
          throw .damaged(position: 0, why: "signing key \(cursor.integerKey) can't be read")
        }
        found.append(
          KeyEntry(
            number: UInt32(truncatingIfNeeded: cursor.integerKey), position: entry.u48(at: 0),
            verifierKey: string(entry, 6..<entry.byteCount)))
        isThere = try cursor.next()
      }
      return found
    }
  }

  /// The checkpoint of a size that was given out; nil where there was none.
  package func checkpoint(
    ofSize size: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [UInt8]? {
    guard let note = try transaction.get(checkpoints, size) else { return nil }
    return note.withUnsafeBytes { Array($0) }
  }

  /// All checkpoints that were given out, the oldest first.
  package func allCheckpoints(
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [(size: UInt64, note: [UInt8])] {
    try transaction.withCursor(checkpoints) { (cursor) throws(StoreError) in
      var found: [(size: UInt64, note: [UInt8])] = []
      var isThere = try cursor.first()
      while isThere {
        found.append((cursor.integerKey, cursor.value.withUnsafeBytes { Array($0) }))
        isThere = try cursor.next()
      }
      return found
    }
  }

  /// Keeps a checkpoint that is given out.
  package func keep(
    checkpoint note: [UInt8], ofSize size: UInt64, in transaction: inout WriteTransaction
  ) throws(StoreError) {
    try transaction.put(checkpoints, size, note.span.bytes)
  }
}
