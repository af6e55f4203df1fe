import LMDB

/// A folded text to search for.
package struct Needle: ~Copyable {
  private let bytes: [UInt8]
  /// No name has a zero byte; in a block it stands between two.
  private let hasZero: Bool
  /// The places of its two rarest bytes, and these bytes in each of the 32 lanes.
  private let offsets: (Int, Int)
  private let rarest: (SIMD4<UInt64>, SIMD4<UInt64>)
  /// Its first eight bytes as they lie in memory, and which of them it has.
  private let head: (bytes: UInt64, mask: UInt64)

  /// nil where there is nothing to search for.
  package init?(_ text: String) {
    let bytes = Array(FoldedName.fold(text).utf8)
    if bytes.isEmpty { return nil }
    self.bytes = bytes
    hasZero = bytes.contains(0)
    let first = bytes.prefix(8).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << UInt64(8 * $1.offset)
    }
    head = (first, bytes.count >= 8 ? .max : 1 << UInt64(8 * bytes.count) - 1)
    let byRarity = bytes.indices.sorted { Self.frequency(bytes[$0]) < Self.frequency(bytes[$1]) }
    let offsets = (byRarity[0], byRarity[byRarity.count > 1 ? 1 : 0])
    self.offsets = offsets
    rarest = (
      SIMD4(repeating: UInt64(bytes[offsets.0]) &* Self.ones),
      SIMD4(repeating: UInt64(bytes[offsets.1]) &* Self.ones)
    )
  }

  /// How common a byte is in names, roughly: letters as in English, digits among them, then what stands between words.
  private static func frequency(_ byte: UInt8) -> Int {
    let rareFirst = "zqjxkvbyw0123456789gpfmucdlhrsnioate_.-".utf8
    guard let place = rareFirst.firstIndex(of: byte) else { return 0 }
    return rareFirst.distance(from: rareFirst.startIndex, to: place) + 1
  }

  package var count: Int { bytes.count }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The first place at or after `start`, looking at 32 places at a time by two of their bytes (Mula,
  /// "SIMD-friendly algorithms for substring searching", 2016); the rarest two, so that few places are looked at
  /// twice.
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
      let one = block.unsafeLoadUnaligned(fromByteOffset: at + offsets.0, as: SIMD4<UInt64>.self)
      let other = block.unsafeLoadUnaligned(fromByteOffset: at + offsets.1, as: SIMD4<UInt64>.self)
      let differs = (one ^ rarest.0) | (other ^ rarest.1)
      let marks = (differs &- ones) & ~differs & highs
      if marks[0] | marks[1] | marks[2] | marks[3] != 0 {
        let hit =
          firstHit(block, marks[0], at) ?? firstHit(block, marks[1], at + 8)
          ?? firstHit(block, marks[2], at + 16) ?? firstHit(block, marks[3], at + 24)
        if let hit { return hit }
      }
      at += 32
    }
    while at + bytes.count <= end {
      if isHit(block, at) { return at }
      at += 1
    }
    return nil
  }

  /// Whether it stands in a part of the bytes.
  package func isFound(in block: RawSpan, _ part: Range<Int>) -> Bool {
    let last = part.upperBound - bytes.count
    guard part.lowerBound <= last else { return false }
    // What lies behind the part may be looked at, and is cheaper than to end there.
    let searched = block.extracting(0..<min(block.byteCount, last + 32 + bytes.count))
    guard let hit = find(in: searched, from: part.lowerBound) else { return false }
    return hit <= last
  }

  /// The first of the eight marked places where all bytes are there.
  @inline(__always)
  private func firstHit(_ block: RawSpan, _ marks: UInt64, _ start: Int) -> Int? {
    var rest = marks
    while rest != 0 {
      let place = start &+ rest.trailingZeroBitCount / 8
      if isHit(block, place) { return place }
      rest &= rest &- 1
    }
    return nil
  }

  @inline(__always)
  private func isHit(_ block: RawSpan, _ at: Int) -> Bool {
    // Nearly all places differ in the first eight bytes, or the needle has no more.
    if at &+ 8 <= block.byteCount, (block.u64(at: at) ^ head.bytes) & head.mask != 0 { return false }
    for index in bytes.indices where block.u8(at: at + index) != bytes[index] { return false }
    return true
  }
}
