import EventStore
import Evidence
import LMDB
import WorkloadModel

/// Checks the records of some tiles: their form, their links, and the hashes of whole tiles against the stored tree.
struct SegmentCheck: Sendable {
  /// The root of each complete tile, as hashed now.
  private(set) var roots: [Digest] = []
  /// The leaves behind the last complete tile.
  private(set) var open = CompactRange()
  /// The same, one by one.
  private(set) var leaves: [Digest] = []
  private(set) var chains: ChainCheck
  private(set) var findings: [VerificationFinding] = []
  private(set) var firstRecordedAt = Timestamp.earliest
  private(set) var lastRecordedAt = Timestamp.earliest
  let positions: ClosedRange<UInt64>

  /// Checks the records at these positions; the first one begins a tile. Nothing is hashed behind one that is
  /// missing.
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
          open = CompactRange()
          leaves = []
          return
        }
        check(cursor.value, at: position)
        if open.count == HashTree.tileWidth {
          try checkTile((position - 1) / HashTree.tileWidth, log.tree, records)
        }
        isThere = try cursor.next()
      }
    }
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
    let first = tile * HashTree.tileWidth + 1
    guard let stored = try records.get(tree.tiles, tile), stored.byteCount == TileEntry.byteCount else {
      fail(first, "the hash tree has no entry for it and the 255 records behind it")
      return
    }
    var changed: Int?
    for index in leaves.indices where !TileEntry.isShort(index, of: leaves[index], stored) {
      changed = index
      break
    }
    switch (changed, TileEntry.root(stored) == root) {
    case (nil, true): break
    case (let index?, let isRoot): findings.append(Self.finding(first + UInt64(index), isRoot: isRoot))
    case (nil, false):
      // Only the last record of a tile has no short hash.
      fail(
        first + HashTree.tileWidth - 1,
        "the root of its tile is another one, and the 255 records before it are as they were appended: its bytes "
          + "were changed, or the root in the hash tree")
    }
  }

  /// About a record whose short hash in the tree is another one; `isRoot` where the root over it fits all the same.
  static func finding(_ position: UInt64, isRoot: Bool) -> VerificationFinding {
    VerificationFinding(
      position,
      isRoot
        ? "it is as it was appended, but the short hash of it in the tree was changed"
        : "its bytes are not those that were appended: the hash tree has another hash for it")
  }

  private mutating func fail(_ position: UInt64, _ what: String) {
    // A log that is damaged throughout needs no million sentences.
    if findings.count < 1000 { findings.append(VerificationFinding(position, what)) }
  }
}
