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
  /// Their places among the workloads of the project.
  var ordinals: [UInt32] = []
  /// Whether there are more.
  package var hasMore = false
  /// How many match on all pages.
  package var total = 0

  /// The place of the last stream: the next page begins below it.
  package var lastOrdinal: UInt32 { ordinals.last ?? 0 }

  /// Counts the hits of a chunk that begins with the ordinal `first`, and puts those below `ordinal` on the page
  /// while it has room.
  mutating func take(_ words: [UInt64], from first: UInt32, below ordinal: UInt32?, limit: Int) {
    for word in stride(from: BitmapChunk.wordCount - 1, through: 0, by: -1) where words[word] != 0 {
      var hits = words[word]
      total += hits.nonzeroBitCount
      while hits != 0, !hasMore {
        let bit = 63 - hits.leadingZeroBitCount
        hits &= ~(1 << UInt64(bit))
        let found = first + UInt32(word * 64 + bit)
        if let ordinal, found >= ordinal { continue }
        if ordinals.count == limit { hasMore = true } else { ordinals.append(found) }
      }
    }
  }
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
    var chunkFilter = ChunkFilter(filter)
    var words = [UInt64](repeating: 0, count: BitmapChunk.wordCount * 2)
    result.ordinals.reserveCapacity(min(limit, result.total))
    search: while bound > 0 {
      let chunk = (bound - 1) / UInt32(BitmapChunk.bitCount)
      let first = chunk * UInt32(BitmapChunk.bitCount)
      if try chunkFilter.load(
        chunk: chunk, rows: Int(bound - first), &words, from: tables.bitmaps, transaction)
      {
        for word in stride(from: BitmapChunk.wordCount - 1, through: 0, by: -1) {
          while words[word] != 0 {
            let bit = 63 - words[word].leadingZeroBitCount
            words[word] &= ~(1 << UInt64(bit))
            if result.ordinals.count == limit {
              result.hasMore = true
              break search
            }
            result.ordinals.append(first + UInt32(word * 64 + bit))
          }
        }
      }
      // All that match are on this page: further chunks have none.
      if result.ordinals.count == result.total { break }
      bound = first
    }
    result.streams = try streams(filter.project, result.ordinals, transaction)
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
}
