package import Evidence
package import LMDB

/// The hash tree over the records (RFC 6962, section 2.1): leaf `position − 1` is the record there.
///
/// What is stored is small, 3.2 bytes a record. `tiles` has an entry for each 256 records: the root of their subtree
/// and a few bytes of each leaf's hash, by which a record that was changed is found. The leaf hashes themselves
/// follow from the records, so a C2SP tile is 256 hashes away. `subtrees` has the roots of 256 tiles, of 256 of
/// these, and so on, and the tile that is still open.
package struct HashTree: Sendable {
  package let events: Table
  /// Number of the tile → its root and the short hashes of its leaves; complete tiles only.
  package let tiles: Table
  /// Level · 2^48 + index → root of the 256^(level + 1) leaves, level 1 and above; 0 → the open tile.
  package let subtrees: Table

  /// The leaves of a tile.
  package static let tileWidth: UInt64 = 256
  /// How many levels of the binary tree a level of tiles has.
  private static let tileHeight = 8

  /// How many leaves the tree has.
  package func count(_ transaction: borrowing ReadTransaction) throws(StoreError) -> UInt64 {
    try openTile(transaction).count
  }

  /// The tree of the first `size` records.
  ///
  /// The tree as it stands comes from what was stored when the records were appended; of an older one the records
  /// of its last tile are hashed again.
  package func head(_ size: UInt64, _ transaction: borrowing ReadTransaction) throws(StoreError) -> TreeHead {
    let open = try openTile(transaction)
    let isNewest = open.count == size
    var range = CompactRange()
    let stored = isNewest ? size - UInt64(open.width) : size
    for level in stride(from: 63, through: 0, by: -1) where stored >> UInt64(level) & 1 == 1 {
      let subtree = Subtree(level: level, index: range.count >> UInt64(level))
      range.append(subtree: try root(of: subtree, transaction), level: level)
    }
    if isNewest {
      for (level, root) in open.subtrees { range.append(subtree: root, level: level) }
    }
    return TreeHead(size: size, root: range.root)
  }

  /// The tile at the end, which is not complete.
  package func openTile(_ transaction: borrowing ReadTransaction) throws(StoreError) -> OpenTile {
    guard let stored = try transaction.get(subtrees, Self.openTileKey) else { return OpenTile() }
    guard let tile = OpenTile(stored) else {
      throw .damaged(position: 0, why: "the open tile of the hash tree can't be read")
    }
    return tile
  }

  /// The root of a perfect subtree. Up to 255 records are hashed, or as many roots put together.
  package func root(
    of subtree: Subtree, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Digest {
    let tileLevel = subtree.level / Self.tileHeight
    let below = UInt64(subtree.level % Self.tileHeight)
    if below == 0 { return try stored(tileLevel, subtree.index, transaction) }
    return try root(above: tileLevel, subtree.index << below..<(subtree.index + 1) << below, transaction)
  }

  /// The root above some hashes of a tile level.
  func root(
    above level: Int, _ indices: Range<UInt64>, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Digest {
    var range = CompactRange()
    for index in indices { range.append(try stored(level, index, transaction)) }
    return range.root
  }

  /// The hash of a record.
  package func leaf(
    at position: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Digest {
    guard let record = try transaction.get(events, position) else {
      throw .damaged(position: position, why: "it is missing in the log")
    }
    return MerkleHash.leaf(record)
  }

  /// Hash `index` of a tile level: of a record, of a tile's root, or of a subtree's above.
  private func stored(
    _ level: Int, _ index: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Digest {
    switch level {
    case 0: return try leaf(at: index + 1, transaction)
    case 1:
      guard let tile = try transaction.get(tiles, index), tile.byteCount == TileEntry.byteCount else {
        throw Self.damaged(tile: index)
      }
      return TileEntry.root(tile)
    default:
      let key = Self.subtreeKey(level - 1, index)
      guard let root = try transaction.get(subtrees, key), root.byteCount == Digest.byteCount else {
        throw .damaged(position: 0, why: "the hash tree has no subtree \(index) of level \(level - 1)")
      }
      return Digest(root, at: 0)
    }
  }

  package static func subtreeKey(_ level: Int, _ index: UInt64) -> UInt64 { UInt64(level) << 48 | index }

  static let openTileKey: UInt64 = 0

  package static func damaged(tile: UInt64) -> StoreError {
    let first = tile * tileWidth + 1
    return .damaged(
      position: 0, why: "the hash tree's entry for the records from \(first) on is missing or can't be read")
  }
}

/// A complete tile: its root, and three bytes of the hash of each leaf but the last.
///
/// That are 797 bytes, so five tiles fill a page. Where a record does not fit its short hash, it is the one that was
/// changed; where all fit and the root does not, it is the last or a short hash was made to fit, too.
package enum TileEntry {
  static let shortBytes = 3
  package static let byteCount = Digest.byteCount + 255 * shortBytes

  /// The root of the tile's 256 leaves.
  package static func root(_ tile: RawSpan) -> Digest { Digest(tile, at: 0) }

  /// Whether the short hash of a leaf is the beginning of this hash; the last leaf has none.
  package static func isShort(_ index: Int, of leaf: Digest, _ tile: RawSpan) -> Bool {
    let offset = Digest.byteCount + index * shortBytes
    guard offset < tile.byteCount else { return true }
    return leaf.withBytes { leaf in
      leaf.u16(at: 0) == tile.u16(at: offset) && leaf.u8(at: 2) == tile.u8(at: offset + 2)
    }
  }
}

/// The tile at the end of the tree, up to 255 leaves.
///
///     0      u64        how many leaves the whole tree has
///     8      32 bytes   the roots of the perfect subtrees of its leaves, largest first, one for each bit in their number
///     then    3 bytes   the short hash of each leaf
package struct OpenTile: Sendable {
  /// How many leaves the whole tree has.
  package private(set) var count: UInt64 = 0
  /// The leaves of this tile, as perfect subtrees.
  package private(set) var range = CompactRange()
  private(set) var shorts: [UInt8] = []

  init() {}

  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= 8 else { return nil }
    count = bytes.u64(at: 0)
    let width = count % HashTree.tileWidth
    let start = 8 + width.nonzeroBitCount * Digest.byteCount
    guard bytes.byteCount == start + Int(width) * TileEntry.shortBytes else { return nil }
    let roots = (0..<width.nonzeroBitCount).map { Digest(bytes, at: 8 + $0 * Digest.byteCount) }
    guard let range = CompactRange(count: width, roots: roots) else { return nil }
    self.range = range
    bytes.extracting(start...).withUnsafeBytes { shorts.append(contentsOf: $0) }
  }

  /// How many leaves it has itself.
  var width: Int { Int(range.count) }

  /// The perfect subtrees of its leaves, largest first.
  var subtrees: [(level: Int, root: Digest)] {
    let levels = stride(from: 7, through: 0, by: -1).filter { width >> $0 & 1 == 1 }
    return zip(levels, range.roots).map { ($0, $1) }
  }

  /// Whether the short hash of a leaf is the beginning of this hash.
  package func isShort(_ index: Int, of leaf: Digest) -> Bool {
    let start = index * TileEntry.shortBytes
    return leaf.bytes.prefix(TileEntry.shortBytes).elementsEqual(shorts[start..<start + TileEntry.shortBytes])
  }

  /// Appends a leaf; the root of all 256 where it completes the tile.
  mutating func append(_ leaf: Digest) -> Digest? {
    range.append(leaf)
    count += 1
    if range.count == HashTree.tileWidth { return range.root }
    leaf.withBytes { bytes in
      for offset in 0..<TileEntry.shortBytes { shorts.append(bytes.u8(at: offset)) }
    }
    return nil
  }

  /// Writes the entry of the tile that is complete with this root.
  func writeEntry(_ root: Digest, to writer: inout ByteWriter) {
    writer.reset()
    root.withBytes { writer.append($0) }
    writer.append(shorts.span)
  }

  /// Counts a whole tile that was made elsewhere, where none is open.
  mutating func skipTile() {
    precondition(width == 0, "a whole tile begins where another ends")
    count += HashTree.tileWidth
  }

  /// Begins the next tile.
  mutating func removeAll() {
    range = CompactRange()
    shorts.removeAll(keepingCapacity: true)
  }

  func write(to writer: inout ByteWriter) {
    writer.reset()
    writer.u64(count)
    for root in range.roots { root.withBytes { writer.append($0) } }
    writer.append(shorts.span)
  }
}
