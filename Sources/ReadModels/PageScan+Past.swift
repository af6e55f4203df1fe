package import EventStore
package import LMDB
import WorkloadModel

/// Finds the workloads of a page at a moment in the past.
///
/// All but the status of a workload is as it was when it was created, so the same bitmaps serve; of the statuses
/// each chunk knows what they were (`Past`). The total needs all chunks.
extension ViewStore {
  /// The workloads below `ordinal` (all where nil), newest first; those with `name` in their name (or as their
  /// name, where `isWhole`), where it is one.
  package func scan(
    _ filter: PageFilter, named name: String?, isWhole: Bool = false, in past: Past, below ordinal: UInt32?,
    limit: Int, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> PageScan {
    var result = PageScan()
    let needle = name.map { Needle($0) } ?? nil
    var properties = filter
    properties.statuses = PageFilter.allStatuses
    var chunkFilter = ChunkFilter(properties)
    var words = [UInt64](repeating: 0, count: BitmapChunk.wordCount * 2)
    var scratch = [UInt64](repeating: 0, count: BitmapChunk.wordCount)
    var bound = past.end
    while bound > 0 {
      let chunk = (bound - 1) / UInt32(BitmapChunk.bitCount)
      let first = chunk * UInt32(BitmapChunk.bitCount)
      let rows = Int(bound - first)
      bound = first
      guard try chunkFilter.load(chunk: chunk, rows: rows, &words, from: tables.bitmaps, transaction)
      else { continue }
      try past.narrow(&words, chunk: chunk, &scratch, self, transaction)
      switch needle {
      case .none: break
      case .some(let needle):
        try keep(
          named: needle, isWhole: isWhole, project: filter.project, first: first, &words, transaction)
      }
      result.take(words, from: first, below: ordinal, limit: limit)
    }
    result.streams = try streams(filter.project, result.ordinals, transaction)
    return result
  }
}
