/// The tiles of hashes of a tree that grows leaf by leaf, as C2SP tlog-tiles say.
///
/// Each hash is computed once. What is held is the tile of each level that is not full.
package struct TileHashes: Sendable {
  /// The tree so far.
  package private(set) var range = CompactRange()
  private var tiles = OpenTiles()

  /// A tree without leaves.
  package init() {}

  /// Goes on behind a tree of whole tiles; `open` are the hashes of each level, from 1 on, that no full tile has.
  package init(after range: CompactRange, open: [[Digest]]) {
    precondition(range.count % UInt64(Tile.maxWidth) == 0, "what goes on goes on behind a whole tile")
    self.range = range
    for (index, hashes) in open.enumerated() {
      for hash in hashes { tiles.push(hash, level: index + 1) }
    }
  }

  /// Appends the hash of a leaf, and gives each tile that it completes to `sink`. Returns the root of its 256 leaves
  /// where it completes these.
  @discardableResult
  package mutating func append<Failure: Error>(
    _ leaf: Digest, _ sink: (_ tile: Tile, _ hashes: [UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> Digest? {
    tiles.push(leaf, level: 0)
    // Every eighth level of the binary tree is one of tiles.
    var root: Digest?
    range.append(leaf) { level, node in
      guard level % 8 == 0 else { return }
      if level == 8 { root = node }
      tiles.push(node, level: level / 8)
    }
    guard root != nil else { return nil }
    for level in tiles.levels.indices where tiles.levels[level].count == OpenTiles.fullTile {
      try give(level, to: sink)
    }
    return root
  }

  /// Gives the tiles that are not full to `sink`.
  package mutating func finish<Failure: Error>(
    _ sink: (_ tile: Tile, _ hashes: [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    for level in tiles.levels.indices where !tiles.levels[level].isEmpty { try give(level, to: sink) }
  }

  /// Gives the last tile of a level away and empties it.
  private mutating func give<Failure: Error>(
    _ level: Int, to sink: (Tile, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try sink(Tile(last: .hashes(level: level), of: range.count >> UInt64(8 * level)), tiles.levels[level])
    tiles.levels[level].removeAll(keepingCapacity: true)
  }
}

/// By level, the hashes of the tile that is not full yet.
private struct OpenTiles: Sendable {
  var levels: [[UInt8]] = []

  static let fullTile = Tile.maxWidth * Digest.byteCount

  mutating func push(_ hash: Digest, level: Int) {
    while level >= levels.count {
      levels.append([])
      levels[levels.count - 1].reserveCapacity(Self.fullTile)
    }
    hash.withBytes { bytes in bytes.withUnsafeBytes { levels[level].append(contentsOf: $0) } }
  }
}

extension Tile {
  /// The last tile of `count` hashes or entries of a kind, 1 or more.
  package init(last content: Content, of count: UInt64) {
    precondition(count > 0, "where there are no hashes there is no tile")
    let index = (count - 1) / UInt64(Self.maxWidth)
    guard let tile = Tile(content, index: index, width: Int(count - index * UInt64(Self.maxWidth))) else {
      preconditionFailure("a tile has 1 to 256 hashes, and a tree of 2^64 leaves 8 levels")
    }
    self = tile
  }
}
