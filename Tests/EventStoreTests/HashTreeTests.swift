import EventStore
import Evidence
import LMDB
import LedgerTestSupport
import Testing
import WorkloadModel

struct `The hash tree` {
  private let folder = TemporaryFolder()
  private let log: EventLog

  init() throws {
    log = try EventLog(
      creatingAt: folder.path, id: WorkloadID(high: 1, low: 2), now: Timestamp(microseconds: 1))
  }

  /// Appends so many records that all differ, in one transaction.
  private func append(_ count: Int) throws {
    try log.environment.write { (transaction) throws(LMDBError) in
      var appender = try LogAppender(log, now: Timestamp(microseconds: 9), transaction.reading)
      for _ in 0..<count {
        appender.writer.header(
          RecordHeader(
            kind: RecordKind(.queued), flags: [.applied], version: UInt32(truncatingIfNeeded: appender.next),
            occurredAt: Timestamp(microseconds: 5), recordedAt: appender.recordedAt))
        try appender.append(to: &transaction)
      }
      try appender.finish(&transaction)
    }
  }

  private func read<R>(
    _ body: (borrowing ReadTransaction) throws(LMDBError) -> R
  ) throws(LMDBError) -> R {
    try log.environment.read { (transaction) throws(LMDBError) in try body(transaction) }
  }

  /// The hashes of all records.
  private func leaves() throws -> [Digest] {
    try read { (records) throws(LMDBError) in
      var leaves: [Digest] = []
      let last = try log.lastPosition(records)
      for position in 1...last { leaves.append(try log.tree.leaf(at: position, records)) }
      return leaves
    }
  }

  /// RFC 6962, section 2.1, word for word.
  private func naiveRoot(_ leaves: ArraySlice<Digest>) -> Digest {
    if leaves.count == 1 { return leaves[leaves.startIndex] }
    var half = 1
    while half * 2 < leaves.count { half *= 2 }
    return MerkleHash.node(naiveRoot(leaves.prefix(half)), naiveRoot(leaves.dropFirst(half)))
  }

  @Test func `of every size is the one that RFC 6962 defines, however the records were grouped`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    var size = 1
    while size < 1_500 {
      let count = random.pick([1, 1, 2, 7, 64, 255, 256, 257, 300])
      try append(count)
      size += count
      let leaves = try read { (records) throws(LMDBError) in try log.tree.count(records) }
      #expect(leaves == UInt64(size), "seed \(seed)")
    }
    let leaves = try leaves()
    let sizes = Array(1...520) + (0..<60).map { _ in 1 + random.below(leaves.count) } + [leaves.count]
    for size in sizes {
      let head = try read { (records) throws(LMDBError) in try log.tree.head(UInt64(size), records) }
      #expect(head.root == naiveRoot(leaves.prefix(size)), "\(size) records, seed \(seed)")
    }
  }

  @Test func `keeps the roots of whole subtrees at all levels`() throws {
    // 65,536 records complete a subtree of the second level of tiles.
    for _ in 0..<7 { try append(10_000) }
    let leaves = try leaves()
    let size = UInt64(leaves.count)
    for subtree in [(0, 65_535), (3, 11), (8, 0), (8, 255), (11, 31), (15, 1), (16, 0)] {
      let first = subtree.1 << subtree.0
      let root = try read { (records) throws(LMDBError) in
        try log.tree.root(of: Subtree(level: subtree.0, index: UInt64(subtree.1)), records)
      }
      #expect(root == naiveRoot(leaves[first..<first + 1 << subtree.0]))
    }
    for index in [0, 255, 256, 65_535, 65_536, leaves.count - 1] {
      let plan = try #require(ProofPlan.inclusion(of: UInt64(index), in: size))
      try read { (records) throws(LMDBError) in
        let proof = try plan.proof { (subtree) throws(LMDBError) in try log.tree.root(of: subtree, records) }
        let head = try log.tree.head(size, records)
        #expect(throws: Never.self) {
          try ProofCheck.inclusion(of: leaves[index], at: UInt64(index), in: head, proof: proof)
        }
      }
    }
  }

  @Test func `is caught up with records that a program without it appended`() throws {
    try append(300)
    // What such a program leaves behind: records, and the tree as it was.
    try log.environment.write { (transaction) throws(LMDBError) in
      for position in UInt64(302)...700 {
        var writer = ByteWriter.forRecords()
        writer.header(
          RecordHeader(
            kind: RecordKind(.queued), version: UInt32(position), occurredAt: Timestamp(microseconds: 5),
            recordedAt: Timestamp(microseconds: 9)))
        try transaction.append(log.events, position, writer.bytes)
      }
    }
    try append(1)
    let leaves = try leaves()
    let head = try read { (records) throws(LMDBError) in
      try log.tree.head(try log.tree.count(records), records)
    }
    #expect(head.size == 701 && head.root == naiveRoot(leaves[...]))
  }
}
