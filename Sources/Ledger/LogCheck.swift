import Dispatch
import EventStore
import Evidence
import LMDB
import Synchronization
import WorkloadModel

/// The whole log, checked by several threads and put together: what the tree over it is, and what does not hold.
struct LogCheck {
  private(set) var roots: [Digest] = []
  /// The leaves behind the last complete tile.
  private(set) var open = CompactRange()
  /// The same, one by one.
  private var leaves: [Digest] = []
  private(set) var findings: [VerificationFinding] = []
  private var chains = ChainCheck(from: 1)
  private var lastRecordedAt = Timestamp.earliest
  /// The newest position.
  let last: UInt64

  /// So many records are one piece of work: enough that a thread is seldom idle at the end.
  private static let segment: UInt64 = 64 * HashTree.tileWidth

  /// Checks the records of a snapshot; `progress` is told how many are done and are to be done, by whichever thread
  /// did them. The threads have snapshots of their own, in which these records stand as well.
  init(
    _ log: EventLog, _ records: borrowing ReadTransaction, workers: Int,
    progress: @Sendable (_ done: UInt64, _ end: UInt64) -> Void
  ) throws(StoreError) {
    last = try log.lastPosition(records)
    let entries = UInt64(try records.count(log.events))
    // Where there are fewer records than the newest position says, one of these is missing already.
    let end = min(last, entries + 1)
    let count = Int((end + Self.segment - 1) / Self.segment)
    if entries > last {
      findings.append(VerificationFinding(nil, "a record stands at position 0, where none can be"))
    }
    let next = Atomic<Int>(0)
    let done = Mutex<(segments: [Int: SegmentCheck], records: UInt64, failure: StoreError?)>(([:], 0, nil))
    DispatchQueue.concurrentPerform(iterations: max(1, min(workers, count))) { _ in
      do throws(StoreError) {
        try log.environment.read { (records) throws(StoreError) in
          while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count, done.withLock({ $0.failure }) == nil else { return }
            let first = UInt64(index) * Self.segment + 1
            let positions = first...min(first + Self.segment - 1, end)
            let segment = try SegmentCheck(positions, of: log, records)
            let records = done.withLock { done in
              done.segments[index] = segment
              done.records += UInt64(positions.count)
              return done.records
            }
            progress(records, end)
          }
        }
      } catch {
        done.withLock { $0.failure = error }
      }
    }
    let result = done.withLock { $0 }
    if let failure = result.failure { throw failure }
    for index in 0..<count {
      if let segment = result.segments[index] { append(segment) }
    }
    findings += chains.findings
    guard isWhole else { return }
    try checkOpenTile(log.tree, records)
    try checkSubtrees(log.tree, records)
  }

  private mutating func append(_ segment: SegmentCheck) {
    roots += segment.roots
    (open, leaves) = (segment.open, segment.leaves)
    findings += segment.findings
    chains.append(segment.chains)
    if segment.firstRecordedAt < lastRecordedAt {
      findings.append(
        VerificationFinding(segment.positions.lowerBound, "it was recorded before the record before it"))
    }
    lastRecordedAt = max(lastRecordedAt, segment.lastRecordedAt)
  }

  /// Whether no record is missing, so that trees can be built of what was hashed.
  var isWhole: Bool { UInt64(roots.count) * HashTree.tileWidth + open.count == last }

  /// The tree over all of it, as hashed now.
  var head: TreeHead {
    var range = CompactRange()
    for root in roots { range.append(subtree: root, level: 8) }
    for level in stride(from: 7, through: 0, by: -1) where open.count >> UInt64(level) & 1 == 1 {
      let index = (open.count >> UInt64(level + 1)).nonzeroBitCount
      range.append(subtree: open.roots[index], level: level)
    }
    return TreeHead(size: range.count, root: range.root)
  }

  /// The trees of some sizes, ascending; the records of a last tile that is not whole are hashed again.
  func heads(
    _ sizes: [UInt64], _ log: EventLog, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> [TreeHead] {
    var heads: [TreeHead] = []
    var range = CompactRange()
    var used = 0
    for size in sizes {
      while used < roots.count, UInt64(used + 1) * HashTree.tileWidth <= size {
        range.append(subtree: roots[used], level: 8)
        used += 1
      }
      var tree = range
      while tree.count < size { tree.append(try log.tree.leaf(at: tree.count + 1, records)) }
      heads.append(TreeHead(size: size, root: tree.root))
    }
    return heads
  }

  /// How many records of a kind that counts by itself there are.
  func count(of kind: RecordKind) -> UInt64 { chains.count(of: kind) }

  /// Holds the records behind the last complete tile against the stored tree; a program that keeps none may have
  /// left some of them out.
  private mutating func checkOpenTile(
    _ tree: HashTree, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    let stored: OpenTile
    do throws(StoreError) { stored = try tree.openTile(records) } catch {
      guard error.name == .damaged else { throw error }
      findings.append(VerificationFinding(nil, error.operation))
      return
    }
    guard stored.count == last else {
      let next = stored.count + 1
      findings.append(
        stored.count < last
          ? VerificationFinding(next, "the hash tree ends before it: a program that keeps none appended it")
          : VerificationFinding(nil, "the hash tree has \(stored.count) records and the log has \(last)"))
      return
    }
    let first = last - open.count + 1
    let isRoot = stored.range == open
    if let changed = leaves.indices.first(where: { !stored.isShort($0, of: leaves[$0]) }) {
      findings.append(SegmentCheck.finding(first + UInt64(changed), isRoot: isRoot))
    } else if !isRoot {
      findings.append(
        VerificationFinding(first, "the hash tree has another root for it and the records behind it"))
    }
  }

  /// Holds the roots above the tiles against those hashed now.
  private mutating func checkSubtrees(
    _ tree: HashTree, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    var below = roots
    var level = 1
    var count = 1
    while below.count >= Int(HashTree.tileWidth) {
      var above: [Digest] = []
      for start in stride(
        from: 0, through: below.count - Int(HashTree.tileWidth), by: Int(HashTree.tileWidth))
      {
        var range = CompactRange()
        for root in below[start..<start + Int(HashTree.tileWidth)] { range.append(root) }
        above.append(range.root)
        let key = HashTree.subtreeKey(level, UInt64(above.count - 1))
        guard let stored = try records.get(tree.subtrees, key), stored.byteCount == Digest.byteCount,
          Digest(stored, at: 0) == range.root
        else {
          findings.append(
            VerificationFinding(
              nil, "the hash tree has another subtree \(above.count - 1) of level \(level) than the records"))
          continue
        }
      }
      count += above.count
      below = above
      level += 1
    }
    let (tiles, subtrees) = (try records.count(tree.tiles), try records.count(tree.subtrees))
    if tiles != roots.count || subtrees != count {
      findings.append(
        VerificationFinding(
          nil, "the hash tree has \(tiles) tiles and \(subtrees) subtrees for \(roots.count) and \(count)"))
    }
  }
}
