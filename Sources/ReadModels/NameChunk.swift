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
  ///
  /// Few candidates of a group are looked at one by one; else all its names are searched in one go, with those of the
  /// groups behind it.
  static func filter(
    _ candidates: inout [UInt64], from first: Int, _ chunk: RawSpan, _ needle: borrowing Needle, isWhole: Bool
  ) {
    var group = 0
    while group < groupCount {
      var end = group
      while end < groupCount, candidates[first + end].nonzeroBitCount > fewCandidates { end += 1 }
      if end == group {
        candidates[first + group] = matches(candidates[first + group], group, chunk, needle, isWhole: isWhole)
        end += 1
      } else {
        filter(&candidates, from: first, group..<end, chunk, needle, isWhole: isWhole)
      }
      group = end
    }
  }

  /// To look at so many of 64 names costs as much as to search them all.
  private static let fewCandidates = 6

  /// Those of a group's candidates that match, each looked at by itself.
  private static func matches(
    _ candidates: UInt64, _ group: Int, _ chunk: RawSpan, _ needle: borrowing Needle, isWhole: Bool
  ) -> UInt64 {
    guard candidates != 0, isSound(chunk, upTo: group + 1) else { return 0 }
    let start = start(group, chunk)
    var (found, rest): (UInt64, UInt64) = (0, candidates)
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest &- 1
      let begin = index == 0 ? start : start + end(group, index - 1, chunk)
      // Without the zero byte.
      let end = start + end(group, index, chunk) - 1
      guard begin <= end, end <= chunk.byteCount, !isWhole || end - begin == needle.count else { continue }
      if needle.isFound(in: chunk, begin..<end) { found |= 1 << UInt64(index) }
    }
    return found
  }

  private static func filter(
    _ candidates: inout [UInt64], from first: Int, _ groups: Range<Int>, _ chunk: RawSpan,
    _ needle: borrowing Needle, isWhole: Bool
  ) {
    guard isSound(chunk, upTo: groups.upperBound) else {
      for group in groups { candidates[first + group] = 0 }
      return
    }
    let searched = chunk.extracting(0..<start(groups.upperBound, chunk))
    var group = groups.lowerBound
    var found: UInt64 = 0
    var at = start(group, chunk)
    while let hit = needle.find(in: searched, from: at) {
      while group < groups.upperBound, start(group + 1, chunk) <= hit {
        candidates[first + group] &= found
        (group, found) = (group + 1, 0)
      }
      guard group < groups.upperBound else { break }
      let start = start(group, chunk)
      let index = index(group, of: hit - start, chunk)
      guard index < 64 else { break }
      let end = start + end(group, index, chunk)
      let isMatch: Bool
      if isWhole {
        let begin = index == 0 ? start : start + self.end(group, index - 1, chunk)
        isMatch = hit == begin && hit + needle.count == end - 1
      } else {
        isMatch = true
      }
      if isMatch { found |= 1 << UInt64(index) }
      at = isMatch ? end : hit + 1
    }
    while group < groups.upperBound {
      candidates[first + group] &= found
      (group, found) = (group + 1, 0)
    }
  }

  // MARK: Places

  private static func isSound(_ chunk: RawSpan, upTo group: Int) -> Bool {
    chunk.byteCount >= nameOffset && start(group, chunk) <= chunk.byteCount
  }

  /// Where the names of a group begin; of the one behind the last, where they end.
  private static func start(_ group: Int, _ chunk: RawSpan) -> Int {
    group == groupCount ? chunk.byteCount : nameOffset + Int(chunk.u32(at: group * 4))
  }

  /// Where a name with its zero byte ends, from the start of its group.
  private static func end(_ group: Int, _ index: Int, _ chunk: RawSpan) -> Int {
    Int(chunk.u16(at: endOffset + 2 * (group * 64 + index)))
  }

  /// The first name of a group that ends behind an offset; 64 where none does. All ends are compared: a binary search
  /// guesses its way wrong at half of its steps.
  private static func index(_ group: Int, of offset: Int, _ chunk: RawSpan) -> Int {
    let limit = SIMD16(repeating: UInt16(clamping: offset))
    let ends = endOffset + 2 * group * 64
    var counts = SIMD16<UInt16>()
    for part in 0..<4 {
      let values = chunk.unsafeLoadUnaligned(fromByteOffset: ends + 32 * part, as: SIMD16<UInt16>.self)
      counts &+= SIMD16<UInt16>().replacing(with: 1, where: values .<= limit)
    }
    return Int(counts.wrappedSum())
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
