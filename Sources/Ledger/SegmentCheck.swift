import EventStore
import Evidence
import LMDB
import WorkloadModel

/// Checks the records of some tiles: their form, their links, and their hashes against the stored tree.
struct SegmentCheck: Sendable {
  /// The root of each complete tile, as hashed now.
  private(set) var roots: [Digest] = []
  /// The leaves behind the last complete tile.
  private(set) var open = CompactRange()
  private(set) var chains: ChainCheck
  private(set) var findings: [VerificationFinding] = []
  private(set) var firstRecordedAt = Timestamp.earliest
  private(set) var lastRecordedAt = Timestamp.earliest
  let positions: ClosedRange<UInt64>
  /// The hashes of the present tile.
  private var leaves: [Digest] = []

  /// Checks the records at these positions; the first one begins a tile.
  init(
    _ positions: ClosedRange<UInt64>, of log: EventLog, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    self.positions = positions
    chains = ChainCheck(from: positions.lowerBound)
    leaves.reserveCapacity(Int(HashTree.tileWidth))
    try records.withCursor(log.events) { (cursor) throws(StoreError) in
      var isThere = try cursor.seek(positions.lowerBound)
      for position in positions {
        guard isThere, cursor.integerKey == position else {
          fail(position, "it is missing")
          return
        }
        check(cursor.value, at: position)
        if open.count == HashTree.tileWidth {
          try checkTile((position - 1) / HashTree.tileWidth, log.tree, records)
        }
        isThere = try cursor.next()
      }
    }
    if open.count > 0 { try checkOpenTile(log.tree, records) }
    leaves = []
  }

  private mutating func check(_ record: RawSpan, at position: UInt64) {
    let leaf = MerkleHash.leaf(record)
    leaves.append(leaf)
    open.append(leaf)
    guard let header = RecordHeader(record) else {
      fail(position, "its header can't be read")
      return
    }
    if header.kind.event != nil, RecordBody(record, header) == nil {
      fail(position, "its body can't be read")
    }
    if position == positions.lowerBound { firstRecordedAt = header.recordedAt }
    if header.recordedAt < lastRecordedAt { fail(position, "it was recorded before the record before it") }
    lastRecordedAt = header.recordedAt
    chains.add(header, at: position)
  }

  private mutating func checkTile(
    _ tile: UInt64, _ tree: HashTree, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    let root = open.root
    roots.append(root)
    open = CompactRange()
    defer { leaves.removeAll(keepingCapacity: true) }
    guard let stored = try records.get(tree.tiles, tile), stored.byteCount == TileEntry.byteCount else {
      fail(tile * HashTree.tileWidth + 1, "the hash tree has no entry for it and the 255 records behind it")
      return
    }
    var changed: Int?
    for (index, leaf) in leaves.enumerated() where !TileEntry.isShort(index, of: leaf, stored) {
      changed = index
      break
    }
    note(changed, isRoot: TileEntry.root(stored) == root, from: tile * HashTree.tileWidth + 1)
  }

  /// The records behind the last complete tile; a program without the tree may have left some of them out.
  private mutating func checkOpenTile(
    _ tree: HashTree, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    let stored = try tree.openTile(records)
    let first = positions.upperBound - open.count + 1
    guard stored.count >= positions.upperBound else {
      let next = max(stored.count + 1, first)
      fail(next, "the hash tree ends before it: a program that keeps none appended it")
      return
    }
    // Somebody may have appended since this verification began; then the tile was complete, or is longer.
    guard stored.count == positions.upperBound else { return }
    let changed = leaves.indices.first { !stored.isShort($0, of: leaves[$0]) }
    note(changed, isRoot: stored.range == open, from: first)
  }

  /// Notes what the hashes of a tile say: which leaf does not fit its short hash, and whether the root fits.
  private mutating func note(_ changed: Int?, isRoot: Bool, from first: UInt64) {
    switch (changed, isRoot) {
    case (nil, true): break
    case (let index?, true):
      fail(
        first + UInt64(index), "it is as it was appended, but the short hash of it in the tree was changed")
    case (let index?, false):
      fail(
        first + UInt64(index),
        "its bytes are not those that were appended: the hash tree has another hash for it")
    case (nil, false):
      fail(first, "the hash tree has another root for it and the records behind it up to the next tile")
    }
  }

  private mutating func fail(_ position: UInt64, _ what: String) {
    // A log that is damaged throughout needs no million sentences.
    if findings.count < 1000 { findings.append(VerificationFinding(position, what)) }
  }
}
