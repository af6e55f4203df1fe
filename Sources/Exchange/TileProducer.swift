package import Evidence

/// Makes the files of a log as C2SP tlog-tiles say, of its records in order: tiles of hashes and bundles of entries.
///
/// Each hash is computed once. What is held is the open tile of each level and the open bundle, at most 256 entries,
/// so the memory does not grow with the log.
package struct TileProducer {
  private var range = CompactRange()
  private var tiles = OpenTiles()
  private var entries: [UInt8] = []

  package init() { entries.reserveCapacity(1 << 16) }

  /// Appends a record, of at most `EntryBundle.maxEntryBytes`, and gives each file that it completes to `sink`.
  package mutating func append<Failure: Error>(
    _ record: RawSpan, _ sink: (_ path: String, _ bytes: [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    EntryBundle.append(record, to: &entries)
    let leaf = MerkleHash.leaf(record)
    tiles.push(leaf, level: 0)
    // Every eighth level of the binary tree is one of tiles.
    range.append(leaf) { level, root in if level % 8 == 0 { tiles.push(root, level: level / 8) } }
    guard range.count % UInt64(Tile.maxWidth) == 0 else { return }
    try Self.put(.entries, count: range.count, &entries, sink)
    for level in tiles.levels.indices where tiles.levels[level].count == OpenTiles.fullTile {
      try Self.put(
        .hashes(level: level), count: range.count >> UInt64(8 * level), &tiles.levels[level], sink)
    }
  }

  /// Gives the files that are not full to `sink`, and returns what the tree over all records is.
  package mutating func finish<Failure: Error>(
    _ sink: (_ path: String, _ bytes: [UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> TreeHead {
    try Self.put(.entries, count: range.count, &entries, sink)
    for level in tiles.levels.indices {
      try Self.put(
        .hashes(level: level), count: range.count >> UInt64(8 * level), &tiles.levels[level], sink)
    }
    return range.head
  }

  /// Gives the last tile of `count` hashes or entries away and empties it; nothing where it has none.
  private static func put<Failure: Error>(
    _ content: Tile.Content, count: UInt64, _ bytes: inout [UInt8],
    _ sink: (String, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    guard !bytes.isEmpty, count > 0 else { return }
    let index = (count - 1) / UInt64(Tile.maxWidth)
    let width = Int(count - index * UInt64(Tile.maxWidth))
    guard let tile = Tile(content, index: index, width: width) else {
      preconditionFailure("a tile has 1 to 256 hashes, and a tree of 2^64 leaves 8 levels")
    }
    try sink(tile.path, bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}

/// By level, the hashes of the tile that is not full yet.
private struct OpenTiles {
  var levels: [[UInt8]] = []

  static let fullTile = Tile.maxWidth * Digest.byteCount

  mutating func push(_ hash: Digest, level: Int) {
    if level == levels.count {
      levels.append([])
      levels[level].reserveCapacity(Self.fullTile)
    }
    hash.withBytes { bytes in bytes.withUnsafeBytes { levels[level].append(contentsOf: $0) } }
  }
}
