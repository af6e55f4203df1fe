import LMDB
import WorkloadModel

/// Sixty-four workloads of a project, in the order of creation: their streams, and their folded names side by
/// side, so that a search by name reads memory in order.
///
///     0            u16  count n
///     2            u48  stream, n times
///     2 + 6n       u16  end of the name in the names, n times
///     2 + 8n            the folded names, each with a zero byte behind it (no name has one)
package enum NameBlock {
  package static let rowCount: UInt32 = 64
  /// Folding can make a name three times as long.
  static let capacity = 2 + 64 * 8 + 64 * (Limits.name * 3 + 1)

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

/// A folded text to search for.
package struct Needle: ~Copyable {
  private let bytes: [UInt8]
  /// No name has a zero byte; in a block it stands between two.
  private let hasZero: Bool
  /// The first and the last byte, in each of the 32 lanes.
  private let first: SIMD4<UInt64>
  private let last: SIMD4<UInt64>

  /// nil where there is nothing to search for.
  package init?(_ text: String) {
    bytes = Array(FoldedName.fold(text).utf8)
    hasZero = bytes.contains(0)
    guard let firstByte = bytes.first, let lastByte = bytes.last else { return nil }
    first = SIMD4(repeating: UInt64(firstByte) &* Self.ones)
    last = SIMD4(repeating: UInt64(lastByte) &* Self.ones)
  }

  package var count: Int { bytes.count }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The first place at or after `start`, looking at 32 places at a time by their first and last byte (Mula,
  /// "SIMD-friendly algorithms for substring searching", 2016).
  ///
  /// Zero bytes are found within words (Anderson, "Bit Twiddling Hacks", "Determine if a word has a zero
  /// byte"): a borrow may mark a byte too many, never one too few, and each mark is checked.
  package func find(in block: RawSpan, from start: Int) -> Int? {
    if hasZero { return nil }
    var at = start
    let end = block.byteCount
    let ones = SIMD4(repeating: Self.ones)
    let highs = SIMD4(repeating: Self.highs)
    while at + 31 + bytes.count <= end {
      let heads = block.unsafeLoadUnaligned(fromByteOffset: at, as: SIMD4<UInt64>.self)
      let tails = block.unsafeLoadUnaligned(fromByteOffset: at + bytes.count - 1, as: SIMD4<UInt64>.self)
      let differs = (heads ^ first) | (tails ^ last)
      let marks = (differs &- ones) & ~differs & highs
      if marks[0] | marks[1] | marks[2] | marks[3] != 0 {
        for word in 0..<4 {
          var rest = marks[word]
          while rest != 0 {
            let place = at + word * 8 + rest.trailingZeroBitCount / 8
            if isHit(block, place) { return place }
            rest &= rest &- 1
          }
        }
      }
      at += 32
    }
    while at + bytes.count <= end {
      if isHit(block, at) { return at }
      at += 1
    }
    return nil
  }

  private func isHit(_ block: RawSpan, _ at: Int) -> Bool {
    for index in bytes.indices where block.u8(at: at + index) != bytes[index] { return false }
    return true
  }
}

extension NameBlock {
  /// Takes a stored block apart, to make it longer.
  static func load(
    _ block: RawSpan, _ streams: inout [UInt64], _ ends: inout [UInt16], _ names: inout [UInt8]
  ) {
    let n = count(block)
    guard n <= 64, 2 + 8 * n <= block.byteCount else { return }
    for index in 0..<n {
      streams.append(block.u48(at: 2 + 6 * index))
      ends.append(block.u16(at: 2 + 6 * n + 2 * index))
    }
    block.extracting((2 + 8 * n)...).withUnsafeBytes { names.append(contentsOf: $0) }
  }

  static func write(_ streams: [UInt64], _ ends: [UInt16], _ names: [UInt8], to writer: inout ByteWriter) {
    writer.reset()
    writer.u16(UInt16(streams.count))
    for stream in streams { writer.u48(stream) }
    for end in ends { writer.u16(end) }
    writer.append(names.span)
  }
}
