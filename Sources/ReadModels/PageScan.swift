package import EventStore
package import LMDB
package import WorkloadModel

/// Which workloads of a project a page shows, in numbers.
package struct PageFilter: Hashable, Sendable {
  package var project: NameNumber
  /// Bit = raw value of the type; bit 0 is "no type known".
  package var types: UInt16 = PageFilter.allTypes
  /// Bit = raw value of the status.
  package var statuses: UInt16 = PageFilter.allStatuses
  package var owner: NameNumber?
  package var cluster: NameNumber?

  package static let allTypes: UInt16 = 0xFF
  package static let allStatuses: UInt16 = 0x3FF

  package init(project: NameNumber) { self.project = project }
}

/// What a scan found: streams, newest first.
package struct PageScan: Sendable {
  package var streams: [UInt64] = []
  /// The place of the last stream: the next page begins below it.
  package var lastOrdinal: UInt32 = 0
  /// Whether there are more.
  package var hasMore = false
  /// How many match on all pages.
  package var total = 0
}

/// Finds the workloads of a page with bitmaps: whatever the combination of filters, each chunk of 8,192
/// workloads is an AND of a few kilobytes, and chunks where nothing is left are skipped.
extension ViewStore {
  /// The workloads below `ordinal` (all where nil), newest first.
  package func scan(
    _ filter: PageFilter, below ordinal: UInt32?, limit: Int, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> PageScan {
    var result = PageScan()
    guard let project = try project(filter.project, transaction) else { return result }
    result.total = try total(filter, transaction)
    var bound = min(ordinal ?? .max, project.rowCount)
    guard result.total > 0 else { return result }
    var words = [UInt64](repeating: 0, count: BitmapChunk.wordCount * 2)
    while bound > 0 {
      let chunk = (bound - 1) / UInt32(BitmapChunk.bitCount)
      let first = chunk * UInt32(BitmapChunk.bitCount)
      if try load(filter, chunk: chunk, rows: Int(bound - first), &words, transaction) {
        for word in stride(from: BitmapChunk.wordCount - 1, through: 0, by: -1) {
          while words[word] != 0 {
            let bit = 63 - words[word].leadingZeroBitCount
            words[word] &= ~(1 << UInt64(bit))
            if result.streams.count == limit {
              result.hasMore = true
              return result
            }
            let found = first + UInt32(word * 64 + bit)
            result.streams.append(try stream(filter.project, found, transaction))
            result.lastOrdinal = found
          }
        }
      }
      // All that match are on this page: further chunks have none.
      if result.streams.count == result.total { return result }
      bound = first
    }
    return result
  }

  /// How many workloads match, from the counts alone.
  package func total(
    _ filter: PageFilter, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Int {
    let key = countKey(project: filter.project, owner: filter.owner, cluster: filter.cluster)
    guard let stored = try transaction.get(tables.counts, key) else { return 0 }
    guard let matrix = CountMatrix(stored) else {
      throw .damaged(position: 0, why: "a row of counts in the views can't be read")
    }
    return matrix.total(types: filter.types, statuses: filter.statuses)
  }

  /// The matching bits of a chunk in the first 128 words; false where there are none. The other 128 words are
  /// for the union of a dimension's values.
  func load(
    _ filter: PageFilter, chunk: UInt32, rows: Int, _ words: inout [UInt64],
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    for word in 0..<BitmapChunk.wordCount {
      let left = rows - word * 64
      words[word] = left >= 64 ? .max : left <= 0 ? 0 : (1 << UInt64(left)) - 1
    }
    if let owner = filter.owner {
      guard try intersect(filter.project, .owner, [owner.rawValue], chunk, &words, transaction) else {
        return false
      }
    }
    if let cluster = filter.cluster {
      guard try intersect(filter.project, .cluster, [cluster.rawValue], chunk, &words, transaction) else {
        return false
      }
    }
    if filter.types != PageFilter.allTypes {
      guard try intersect(filter.project, .type, filter.types, 8, chunk, &words, transaction) else {
        return false
      }
    }
    if filter.statuses != PageFilter.allStatuses {
      guard try intersect(filter.project, .status, filter.statuses, 10, chunk, &words, transaction) else {
        return false
      }
    }
    return true
  }

  /// Keeps what has one of the values of a mask; takes the other values away where they are fewer.
  private func intersect(
    _ project: NameNumber, _ dimension: BitmapDimension, _ mask: UInt16, _ count: Int, _ chunk: UInt32,
    _ words: inout [UInt64], _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    let wanted = (0..<UInt32(count)).filter { mask & (1 << UInt16($0)) != 0 }
    let isComplement = wanted.count * 2 > count
    let values = isComplement ? (0..<UInt32(count)).filter { mask & (1 << UInt16($0)) == 0 } : wanted
    return try intersect(project, dimension, values, chunk, isComplement: isComplement, &words, transaction)
  }

  private func intersect(
    _ project: NameNumber, _ dimension: BitmapDimension, _ values: [UInt32], _ chunk: UInt32,
    isComplement: Bool = false, _ words: inout [UInt64], _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    for word in BitmapChunk.wordCount..<BitmapChunk.wordCount * 2 { words[word] = 0 }
    for value in values {
      let key = bitmapKey(project: project.rawValue, dimension, value: value, chunk: chunk)
      if let stored = try transaction.get(tables.bitmaps, key) {
        BitmapChunk.union(stored, into: &words, at: BitmapChunk.wordCount)
      }
    }
    var isAny: UInt64 = 0
    for word in 0..<BitmapChunk.wordCount {
      let union = words[BitmapChunk.wordCount + word]
      words[word] &= isComplement ? ~union : union
      isAny |= words[word]
    }
    return isAny != 0
  }
}
