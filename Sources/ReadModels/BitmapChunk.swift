package import LMDB

/// 8,192 bits of a bitmap index, as they are stored: few as sorted offsets (u16 each), many as 1,024 bytes.
///
/// After Roaring bitmaps (Lemire et al., 2016), with chunks small enough that one lies in a leaf page.
package enum BitmapChunk {
  package static let bitCount = 8192
  package static let wordCount = 128
  static let denseByteCount = 1024

  /// Adds the stored bits to `words` (an OR), 128 words from `start`.
  @inlinable
  package static func union(_ stored: RawSpan, into words: inout [UInt64], at start: Int) {
    if stored.byteCount == 1024 {
      for word in 0..<128 { words[start + word] |= stored.u64(at: word * 8) }
    } else {
      var offset = 0
      while offset + 2 <= stored.byteCount {
        let bit = Int(stored.u16(at: offset)) & 8191
        words[start + bit >> 6] |= 1 << UInt64(bit & 63)
        offset += 2
      }
    }
  }

  /// Keeps of the first 128 words the stored bits (an AND); false where none are left.
  @inlinable
  package static func intersect(_ stored: RawSpan, with words: inout [UInt64]) -> Bool {
    var isAny: UInt64 = 0
    if stored.byteCount == 1024 {
      for word in 0..<128 {
        words[word] &= stored.u64(at: word * 8)
        isAny |= words[word]
      }
      return isAny != 0
    }
    // The offsets ascend, so each word gets all its bits at once.
    var (next, offset) = (0, 0)
    while offset + 2 <= stored.byteCount {
      let word = Int(stored.u16(at: offset)) >> 6 & 127
      var bits: UInt64 = 0
      while offset + 2 <= stored.byteCount, case let bit = Int(stored.u16(at: offset)), bit >> 6 & 127 == word
      {
        bits |= 1 << UInt64(bit & 63)
        offset += 2
      }
      while next < word {
        words[next] = 0
        next += 1
      }
      words[word] &= bits
      isAny |= words[word]
      next = word + 1
    }
    while next < 128 {
      words[next] = 0
      next += 1
    }
    return isAny != 0
  }

  /// Keeps of the first 128 words what is in the second, or what is not; false where none are left.
  static func intersectHalves(_ words: inout [UInt64], isComplement: Bool) -> Bool {
    var isAny: UInt64 = 0
    let flip: UInt64 = isComplement ? .max : 0
    for word in 0..<wordCount {
      words[word] &= words[wordCount + word] ^ flip
      isAny |= words[word]
    }
    return isAny != 0
  }

  /// Clears 128 words from `start`.
  static func clear(_ words: inout [UInt64], from start: Int) {
    for word in start..<start + wordCount { words[word] = 0 }
  }

  /// Sets the first `count` bits of the first 128 words, and clears the others.
  static func fill(_ words: inout [UInt64], count: Int) {
    for word in 0..<wordCount {
      let left = count - word * 64
      words[word] = left >= 64 ? .max : left <= 0 ? 0 : (1 << UInt64(left)) - 1
    }
  }

  /// Writes 128 words from `start` in their one form: offsets where they are fewer bytes. Empty: no bytes.
  package static func write(_ words: [UInt64], from start: Int, to writer: inout ByteWriter) {
    writer.reset()
    var count = 0
    for word in start..<start + wordCount { count += words[word].nonzeroBitCount }
    if count * 2 >= denseByteCount {
      for word in start..<start + wordCount { writer.u64(words[word]) }
      return
    }
    for word in 0..<wordCount {
      var rest = words[start + word]
      while rest != 0 {
        writer.u16(UInt16(word * 64 + rest.trailingZeroBitCount))
        rest &= rest &- 1
      }
    }
  }
}

/// Which property of a workload a bitmap is about.
package enum BitmapDimension: UInt8, CaseIterable, Sendable {
  case status = 1
  case type
  case owner
  case cluster
}

/// The key of a chunk: all chunks of one value lie side by side, in order.
package func bitmapKey(
  project: UInt32, _ dimension: BitmapDimension, value: UInt32, chunk: UInt32
) -> Key128 {
  Key128(
    high: UInt64(project) << 32 | UInt64(value), low: UInt64(dimension.rawValue) << 56 | UInt64(chunk))
}

/// The chunks that a batch changes, each read once and written once.
struct BitmapChanges {
  private var places = PlaceTable<Key128>()
  private var words: [UInt64] = []

  /// Sets or clears a bit.
  mutating func set(
    _ value: Bool, _ key: Key128, bit: Int, in table: Table, _ transaction: borrowing ReadTransaction
  ) throws(LMDBError) {
    let start: Int
    if let place = places[key] {
      start = place
    } else {
      start = words.count
      places.insert(key, start)
      words.append(contentsOf: repeatElement(0, count: BitmapChunk.wordCount))
      if let stored = try transaction.get(table, key) {
        BitmapChunk.union(stored, into: &words, at: start)
      }
    }
    let mask: UInt64 = 1 << UInt64(bit & 63)
    if value { words[start + bit >> 6] |= mask } else { words[start + bit >> 6] &= ~mask }
  }

  /// Writes all changed chunks in key order and forgets them.
  mutating func flush(
    to table: Table, _ transaction: inout WriteTransaction, _ writer: inout ByteWriter
  ) throws(LMDBError) {
    try transaction.withWriter(table) { (chunks) throws(LMDBError) in
      for (key, start) in places.sorted(by: <) {
        BitmapChunk.write(words, from: start, to: &writer)
        if writer.count == 0 { try chunks.delete(key) } else { try chunks.put(key, writer.bytes) }
      }
    }
    places.removeAll()
    words.removeAll(keepingCapacity: true)
  }
}
