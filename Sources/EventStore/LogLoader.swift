package import Evidence
import LMDB
package import WorkloadModel

/// Fills a new log with records that come as they are, in order from the first: those of a backup.
///
/// Nothing is decided and nothing checked here. The log is one that nobody else knows yet, so that nothing has to be
/// durable before `finish`, which makes it durable as a whole.
package struct LogLoader: Sendable {
  private let log: EventLog

  /// Makes the log in an empty folder. What its first record says of it must be the same.
  package init(at path: String, id: WorkloadID, createdAt: Timestamp) throws(StoreError) {
    log = try EventLog(loadingAt: path, id: id, createdAt: createdAt)
  }

  /// Appends the records of a batch, and what stands beside them, in one transaction.
  package func load(_ batch: LoadBatch) throws(StoreError) {
    try log.environment.write { (transaction) throws(StoreError) in
      let bytes = batch.bytes.span.bytes
      var start = 0
      for (index, end) in batch.ends.enumerated() {
        try transaction.append(log.events, batch.first + UInt64(index), bytes.extracting(start..<end))
        start = end
      }
      var tree = try TreeWriter(log.tree, transaction.reading)
      precondition(tree.count + 1 == batch.first, "records are loaded in order")
      var leaves = batch.leaves[...]
      for root in batch.tiles {
        let tile = leaves.prefix(Int(HashTree.tileWidth))
        leaves = leaves.dropFirst(tile.count)
        try tree.append(tile: root, leaves: tile, to: &transaction)
      }
      for leaf in leaves { try tree.append(leaf, to: &transaction) }
      try tree.flush(to: &transaction)
      var writer = ByteWriter(capacity: 4096)
      for name in batch.names { try put(name, &writer, &transaction) }
      for key in batch.keys {
        key.write(to: &writer)
        try transaction.append(log.keys, UInt64(key.number), writer.bytes)
      }
      if batch.newestRedaction > 0 {
        writer.reset()
        writer.u64(batch.newestRedaction)
        try transaction.put(log.meta, EventLog.redactionKey, writer.bytes)
      }
    }
  }

  /// Keeps the checkpoints that were given out, by ascending sizes, and makes everything durable.
  package func finish(checkpoints: [(size: UInt64, note: [UInt8])]) throws(StoreError) {
    try log.environment.write { (transaction) throws(StoreError) in
      for (size, note) in checkpoints { try log.keep(checkpoint: note, ofSize: size, in: &transaction) }
    }
    try log.environment.sync()
    try SmallFile.syncFolder(of: log.environment.path + "/data.mdb")
  }

  private func put(
    _ name: LoadedName, _ writer: inout ByteWriter, _ transaction: inout WriteTransaction
  ) throws(StoreError) {
    writer.reset()
    writer.u8(name.nameClass.rawValue)
    writer.append(name.salt.span)
    writer.u48(name.position)
    writer.append(name.text.span)
    try transaction.append(log.names, UInt64(name.number), writer.bytes)
    if name.text.isEmpty { return }
    try log.index(name.nameClass, name.text.span, as: name.number, in: &transaction)
  }
}

/// Records that are loaded together, with their hashes and with what the tables beside them get.
package struct LoadBatch: Sendable {
  /// The position of the first record; it begins a tile.
  package private(set) var first: UInt64 = 1
  /// The records, one behind the other, and where each ends.
  fileprivate var bytes: [UInt8] = []
  fileprivate var ends: [Int] = []
  /// The hash of each record, and the root of each whole tile of them.
  fileprivate var leaves: [Digest] = []
  fileprivate var tiles: [Digest] = []
  package var names: [LoadedName] = []
  package var keys: [KeyEntry] = []
  /// The position of the newest record that a name was destroyed; 0 where none is here.
  package var newestRedaction: UInt64 = 0

  package init() {}

  /// How many records there are.
  package var count: Int { ends.count }
  /// How many bytes they have together.
  package var byteCount: Int { bytes.count }

  /// Takes a copy of the next record; `tile` is the root of the 256 that it completes.
  package mutating func append(_ record: RawSpan, _ leaf: Digest, tile: Digest?) {
    record.withUnsafeBytes { bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
    leaves.append(leaf)
    if let tile { tiles.append(tile) }
  }

  /// Goes on behind what was loaded, which is forgotten; it ends a tile.
  package mutating func removeAll() {
    precondition(ends.count % Int(HashTree.tileWidth) == 0, "what is loaded in between ends a tile")
    first += UInt64(ends.count)
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    leaves.removeAll(keepingCapacity: true)
    tiles.removeAll(keepingCapacity: true)
    names.removeAll()
    keys.removeAll()
    newestRedaction = 0
  }
}

/// A name as it stood beside the log that is loaded.
package struct LoadedName: Sendable {
  let number: UInt32
  let nameClass: NameClass
  /// The position of the record that registers it.
  let position: UInt64
  /// 16 bytes, all zero where the name was destroyed.
  let salt: [UInt8]
  /// UTF-8; empty where the name was destroyed.
  let text: [UInt8]

  package init(number: UInt32, nameClass: NameClass, position: UInt64, salt: [UInt8]?, text: [UInt8]) {
    self.number = number
    self.nameClass = nameClass
    self.position = position
    self.salt = salt ?? [UInt8](repeating: 0, count: NameEntry.salt.count)
    self.text = text
  }
}
