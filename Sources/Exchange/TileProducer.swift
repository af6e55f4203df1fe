package import Evidence

/// Makes the files of a log as C2SP tlog-tiles say, of its records in order: tiles of hashes and bundles of entries.
///
/// Each hash is computed once. What is held is the open tile of each level and the open bundle, at most 256 entries,
/// so the memory does not grow with the log.
package struct TileProducer {
  private var hashes: TileHashes
  private var entries: [UInt8] = []

  /// Begins with the first record, or goes on behind a tree of whole tiles.
  package init(after hashes: TileHashes = TileHashes()) {
    self.hashes = hashes
    entries.reserveCapacity(1 << 16)
  }

  /// Appends a record, of at most `EntryBundle.maxEntryBytes`, and gives each file that it completes to `sink`.
  package mutating func append<Failure: Error>(
    _ record: RawSpan, _ sink: (_ path: String, _ bytes: [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    EntryBundle.append(record, to: &entries)
    let count = hashes.range.count + 1
    if count % UInt64(Tile.maxWidth) == 0 { try putEntries(count, sink) }
    try hashes.append(MerkleHash.leaf(record)) { (tile, bytes) throws(Failure) in try sink(tile.path, bytes) }
  }

  /// Gives the files that are not full to `sink`, and returns what the tree over all records is.
  package mutating func finish<Failure: Error>(
    _ sink: (_ path: String, _ bytes: [UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> TreeHead {
    if !entries.isEmpty { try putEntries(hashes.range.count, sink) }
    try hashes.finish { (tile, bytes) throws(Failure) in try sink(tile.path, bytes) }
    return hashes.range.head
  }

  /// Gives the last bundle of `count` entries away and empties it.
  private mutating func putEntries<Failure: Error>(
    _ count: UInt64, _ sink: (String, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try sink(Tile(last: .entries, of: count).path, entries)
    entries.removeAll(keepingCapacity: true)
  }
}
