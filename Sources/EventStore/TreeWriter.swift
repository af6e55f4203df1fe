package import Evidence
package import LMDB

/// Extends the hash tree in the transaction that appends the records.
///
/// It holds the open tile while records come, and writes it at the end (`flush`).
package struct TreeWriter: ~Copyable {
  private let tree: HashTree
  private var tile: OpenTile
  private var isChanged = false
  private var writer = ByteWriter(capacity: 2048)

  package init(_ tree: HashTree, _ transaction: borrowing ReadTransaction) throws(StoreError) {
    self.tree = tree
    tile = try tree.openTile(transaction)
  }

  /// How many leaves there are.
  package var count: UInt64 { tile.count }

  /// Appends the hash of the record at position `count + 1`.
  package mutating func append(
    _ leaf: Digest, to transaction: inout WriteTransaction
  ) throws(StoreError) {
    isChanged = true
    guard let root = tile.append(leaf) else { return }
    tile.writeEntry(root, to: &writer)
    let index = tile.count / HashTree.tileWidth - 1
    try transaction.append(tree.tiles, index, writer.bytes)
    try complete(1, index, &transaction)
    tile.removeAll()
  }

  /// Appends a whole tile where none is open: the root over its 256 leaves, and their hashes.
  mutating func append(
    tile root: Digest, leaves: ArraySlice<Digest>, to transaction: inout WriteTransaction
  ) throws(StoreError) {
    precondition(leaves.count == Int(HashTree.tileWidth), "a whole tile has 256 leaves")
    isChanged = true
    writer.reset()
    root.withBytes { writer.append($0) }
    for leaf in leaves.dropLast() {
      leaf.withBytes { writer.append($0.extracting(..<TileEntry.shortBytes)) }
    }
    let index = tile.count / HashTree.tileWidth
    try transaction.append(tree.tiles, index, writer.bytes)
    try complete(1, index, &transaction)
    tile.skipTile()
  }

  /// What hashes the records behind those that are here.
  func hashing() -> LeafHashing { LeafHashing(after: tile) }

  /// Appends what was hashed.
  mutating func append(_ hashing: LeafHashing, to transaction: inout WriteTransaction) throws(StoreError) {
    let (completed, open) = hashing.result()
    isChanged = isChanged || open.count != tile.count
    var index = tile.count / HashTree.tileWidth
    for start in stride(from: 0, to: completed.count, by: TileEntry.byteCount) {
      let entry = completed.span.bytes.extracting(start..<start + TileEntry.byteCount)
      try transaction.append(tree.tiles, index, entry)
      try complete(1, index, &transaction)
      index += 1
    }
    tile = open
  }

  /// Appends records that an older program appended without the tree, up to a position.
  package mutating func catchUp(
    to position: UInt64, in transaction: inout WriteTransaction
  ) throws(StoreError) {
    while count < position {
      try append(try tree.leaf(at: count + 1, transaction.reading), to: &transaction)
    }
  }

  /// Writes the open tile.
  package mutating func flush(to transaction: inout WriteTransaction) throws(StoreError) {
    guard isChanged else { return }
    tile.write(to: &writer)
    try transaction.put(tree.subtrees, HashTree.openTileKey, writer.bytes)
    isChanged = false
  }

  /// Where 256 subtrees of the level below are complete with this one, stores the root above them.
  private mutating func complete(
    _ level: Int, _ index: UInt64, _ transaction: inout WriteTransaction
  ) throws(StoreError) {
    guard (index + 1) % HashTree.tileWidth == 0 else { return }
    let above = index / HashTree.tileWidth
    let below = above * HashTree.tileWidth..<(above + 1) * HashTree.tileWidth
    let root = try tree.root(above: level, below, transaction.reading)
    writer.reset()
    root.withBytes { writer.append($0) }
    try transaction.put(tree.subtrees, HashTree.subtreeKey(level, above), writer.bytes)
    try complete(level + 1, above, &transaction)
  }
}
