import EventStore
import LMDB
import WorkloadModel

/// A page's filter as it is asked of each chunk: worked out once, for a scan may look at hundreds of chunks.
struct ChunkFilter {
  /// What the workloads must have: a value of a dimension, or one of several, or none of them.
  private struct Condition {
    var dimension: BitmapDimension
    var value: UInt32 = 0
    /// Instead of `value`: bit = value.
    var values: UInt16?
    var isComplement = false
  }

  private let project: UInt32
  private var conditions: [Condition] = []

  init(_ filter: PageFilter) {
    project = filter.project.rawValue
    if let owner = filter.owner { conditions.append(Condition(dimension: .owner, value: owner.rawValue)) }
    if let cluster = filter.cluster {
      conditions.append(Condition(dimension: .cluster, value: cluster.rawValue))
    }
    add(.type, filter.types, of: PageFilter.allTypes)
    add(.status, filter.statuses, of: PageFilter.allStatuses)
  }

  /// Asks for the values of a mask, or for none of the others where they are fewer.
  private mutating func add(_ dimension: BitmapDimension, _ wanted: UInt16, of all: UInt16) {
    let others = all & ~wanted
    if others == 0 { return }
    if wanted.nonzeroBitCount == 1 {
      conditions.append(Condition(dimension: dimension, value: UInt32(wanted.trailingZeroBitCount)))
    } else if others.nonzeroBitCount < wanted.nonzeroBitCount {
      conditions.append(Condition(dimension: dimension, values: others, isComplement: true))
    } else {
      conditions.append(Condition(dimension: dimension, values: wanted))
    }
  }

  /// The matching bits of a chunk in the first 128 words; false where there are none. The other 128 words are for
  /// the union of a dimension's values.
  mutating func load(
    chunk: UInt32, rows: Int, _ words: inout [UInt64], from table: Table,
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    BitmapChunk.fill(&words, count: rows)
    for index in conditions.indices {
      if try keep(conditions[index], chunk, &words, table, transaction) { continue }
      // What left nothing here will leave nothing in most chunks, and is asked earlier in the next.
      if index > 0 { conditions.swapAt(index, index - 1) }
      return false
    }
    return true
  }

  private func keep(
    _ condition: Condition, _ chunk: UInt32, _ words: inout [UInt64], _ table: Table,
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    func key(_ value: UInt32) -> Key128 {
      bitmapKey(project: project, condition.dimension, value: value, chunk: chunk)
    }
    guard var values = condition.values else {
      guard let stored = try transaction.get(table, key(condition.value)) else { return false }
      return BitmapChunk.intersect(stored, with: &words)
    }
    BitmapChunk.clear(&words, from: BitmapChunk.wordCount)
    while values != 0 {
      if let stored = try transaction.get(table, key(UInt32(values.trailingZeroBitCount))) {
        BitmapChunk.union(stored, into: &words, at: BitmapChunk.wordCount)
      }
      values &= values - 1
    }
    return BitmapChunk.intersectHalves(&words, isComplement: condition.isComplement)
  }
}
