import LMDB

/// 2,048 workloads of a project that follow each other: their streams, and their folded names in one piece of
/// memory, so that a search by name reads it as fast as the machine can.
///
///     0          u32  where the names of each 64 begin, 32 times
///     128        u48  stream, 2,048 times
///     12,416     u16  end of the name in the names of its 64, 2,048 times
///     16,512          the folded names, each with a zero byte behind it
package enum NameChunk {
  package static let rowCount = 2048
  static let groupCount = rowCount / 64
  private static let streamOffset = groupCount * 4
  private static let endOffset = streamOffset + rowCount * 6
  static let nameOffset = endOffset + rowCount * 2

  /// The key of the chunk of an ordinal.
  package static func key(project: UInt32, ordinal: UInt32) -> UInt64 {
    UInt64(project) << 32 | UInt64(ordinal / UInt32(rowCount))
  }

  /// The stream of a workload; nil where the bytes are no chunk.
  package static func stream(_ chunk: RawSpan, _ index: Int) -> UInt64? {
    guard chunk.byteCount >= nameOffset, index < rowCount else { return nil }
    return chunk.u48(at: streamOffset + 6 * index)
  }

  /// Keeps of the candidates (a word for each 64, from the word `first`) those whose name contains the needle, or
  /// is it where `isWhole`. Where there are none, the names are not looked at.
  static func filter(
    _ candidates: inout [UInt64], from first: Int, _ chunk: RawSpan, _ needle: borrowing Needle, isWhole: Bool
  ) {
    var group = 0
    while group < groupCount {
      var end = group
      while end < groupCount, candidates[first + end] != 0 { end += 1 }
      if end > group {
        filter(&candidates, from: first, group..<end, chunk, needle, isWhole: isWhole)
      }
      group = end + 1
    }
  }

  private static func filter(
    _ candidates: inout [UInt64], from first: Int, _ groups: Range<Int>, _ chunk: RawSpan,
    _ needle: borrowing Needle, isWhole: Bool
  ) {
    func start(_ group: Int) -> Int {
      group == groupCount ? chunk.byteCount : nameOffset + Int(chunk.u32(at: group * 4))
    }
    func end(_ group: Int, _ index: Int) -> Int {
      start(group) + Int(chunk.u16(at: endOffset + 2 * (group * 64 + index)))
    }
    /// The first name that ends behind a place in the group; 64 where none does.
    func index(_ group: Int, of hit: Int) -> Int {
      let offset = UInt16(clamping: hit - start(group))
      var (index, count) = (0, 64)
      while count > 0 {
        let half = count / 2
        let isBefore = chunk.u16(at: endOffset + 2 * (group * 64 + index + half)) <= offset
        index = isBefore ? index + half + 1 : index
        count = isBefore ? count - half - 1 : half
      }
      return index
    }
    guard chunk.byteCount >= nameOffset, start(groups.upperBound) <= chunk.byteCount else {
      for group in groups { candidates[first + group] = 0 }
      return
    }
    let searched = chunk.extracting(0..<start(groups.upperBound))
    var group = groups.lowerBound
    var found: UInt64 = 0
    var at = start(group)
    while let hit = needle.find(in: searched, from: at) {
      while group < groups.upperBound, start(group + 1) <= hit {
        candidates[first + group] &= found
        (group, found) = (group + 1, 0)
      }
      guard group < groups.upperBound else { break }
      let index = index(group, of: hit)
      guard index < 64 else { break }
      let isMatch: Bool
      if isWhole {
        let begin = index == 0 ? start(group) : end(group, index - 1)
        isMatch = hit == begin && hit + needle.count == end(group, index) - 1
      } else {
        isMatch = true
      }
      if isMatch { found |= 1 << UInt64(index) }
      at = isMatch ? end(group, index) : hit + 1
    }
    while group < groups.upperBound {
      candidates[first + group] &= found
      (group, found) = (group + 1, 0)
    }
  }
}

/// Workloads whose names are written: the streams, and the folded names with where each ends.
struct NameList {
  private(set) var streams: [UInt64] = []
  private var ends: [Int] = []
  private var names: [UInt8] = []

  mutating func removeAll() {
    streams.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
  }

  mutating func append(_ stream: UInt64, _ name: ArraySlice<UInt8>) {
    streams.append(stream)
    names.append(contentsOf: name)
    names.append(0)
    ends.append(names.count)
  }

  /// Appends the workloads of a stored block.
  mutating func append(block: RawSpan) {
    let n = NameBlock.count(block)
    guard n <= 64, 2 + 8 * n <= block.byteCount else { return }
    for index in 0..<n {
      streams.append(block.u48(at: 2 + 6 * index))
      ends.append(names.count + Int(block.u16(at: 2 + 6 * n + 2 * index)))
    }
    block.extracting((2 + 8 * n)...).withUnsafeBytes { names.append(contentsOf: $0) }
  }

  /// Writes all as a block; there are at most 64.
  func writeBlock(to writer: inout ByteWriter) {
    writer.reset()
    writer.u16(UInt16(streams.count))
    for stream in streams { writer.u48(stream) }
    for end in ends { writer.u16(UInt16(end)) }
    writer.append(names.span)
  }

  /// All as a chunk; there are 2,048.
  func chunk() -> ByteWriter {
    precondition(streams.count == NameChunk.rowCount, "a chunk has 2,048 workloads")
    var writer = ByteWriter(capacity: NameChunk.nameOffset + names.count)
    func start(_ group: Int) -> Int { group == 0 ? 0 : ends[group * 64 - 1] }
    for group in 0..<NameChunk.groupCount { writer.u32(UInt32(start(group))) }
    for stream in streams { writer.u48(stream) }
    for (index, end) in ends.enumerated() { writer.u16(UInt16(end - start(index / 64))) }
    writer.append(names.span)
    return writer
  }
}
