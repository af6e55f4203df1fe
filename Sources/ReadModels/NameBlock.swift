import LMDB
import WorkloadModel

/// Up to sixty-four workloads of a project, in the order of creation: their streams, and their folded names side
/// by side. The newest workloads are kept so, that an append writes little; what is complete is put together to a
/// `NameChunk`.
///
///     0            u16  count n
///     2            u48  stream, n times
///     2 + 6n       u16  end of the name in the names, n times
///     2 + 8n            the folded names, each with a zero byte behind it (no name has one)
package enum NameBlock {
  package static let rowCount: UInt32 = 64
  /// Folding can make a name three times as long; a zero byte ends it.
  static let nameCapacity = Limits.name * 3 + 1
  static let capacity = 2 + 64 * 8 + 64 * nameCapacity

  @inlinable
  package static func count(_ block: RawSpan) -> Int { block.byteCount < 2 ? 0 : Int(block.u16(at: 0)) }

  /// The stream of a workload; nil where the block has no such.
  package static func stream(_ block: RawSpan, _ index: Int) -> UInt64? {
    guard index < count(block), block.byteCount >= 2 + 8 * count(block) else { return nil }
    return block.u48(at: 2 + 6 * index)
  }

  /// The key of the block of an ordinal.
  package static func key(project: UInt32, ordinal: UInt32) -> UInt64 {
    UInt64(project) << 32 | UInt64(ordinal / rowCount)
  }

  /// The workloads whose name contains the needle (or is it, where `isWhole`), as bits.
  package static func matches(_ block: RawSpan, _ needle: borrowing Needle, isWhole: Bool) -> UInt64 {
    let n = count(block)
    let names = 2 + 8 * n
    guard n <= 64, names <= block.byteCount else { return 0 }
    var found: UInt64 = 0
    var at = names
    var index = 0
    while let hit = needle.find(in: block, from: at) {
      let offset = hit - names
      while index < n, Int(block.u16(at: 2 + 6 * n + 2 * index)) <= offset { index += 1 }
      guard index < n else { break }
      let end = names + Int(block.u16(at: 2 + 6 * n + 2 * index))
      if isWhole {
        let start = index == 0 ? names : names + Int(block.u16(at: 2 + 6 * n + 2 * index - 2))
        if hit == start, hit + needle.count == end - 1 { found |= 1 << UInt64(index) }
        at = hit + 1
      } else {
        found |= 1 << UInt64(index)
        at = end
      }
    }
    return found
  }
}
