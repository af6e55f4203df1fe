import Glibc

/// The part of a source that is in memory: the line being read and what was read ahead.
///
/// Its size is fixed, so memory does not grow with the file: a chunk and the longest line. Behind the bytes
/// there is room that wide loads may read without a check of their own.
struct ByteWindow: ~Copyable {
  /// Bytes of the longest line or record; a longer one is rejected.
  static let lineLimit = 1 << 20
  /// Bytes that wide loads may read past the end of a line.
  static let padding = 64
  private static let chunk = 1 << 20

  /// The bytes; `start..<end` are yet to be read.
  private(set) var bytes = [UInt8](repeating: 0, count: lineLimit + chunk + padding)
  var start = 0
  private(set) var end = 0
  /// Whether the source has no more bytes behind `end`.
  private(set) var isAtEnd = true
  private var input: ByteInput?

  /// How far the file was read, compressed bytes as they are.
  var fileOffset: UInt64 { input?.offset ?? lastOffset }
  private var lastOffset: UInt64 = 0

  /// Begins with another source.
  mutating func open(_ source: ByteSource) throws(ByteSourceError) {
    input = nil
    start = 0
    end = 0
    isAtEnd = false
    input = try ByteInput(source)
    while end < 3, try refill() {}
    if end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { start = 3 }
  }

  /// Moves what is not yet read to the front and reads on; false at the end or where the window is full.
  mutating func refill() throws(ByteSourceError) -> Bool {
    guard !isAtEnd, let input else { return false }
    if start > 0 {
      let count = end - start
      bytes.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        memmove(base, base + start, count)
      }
      start = 0
      end = count
    }
    let room = bytes.count - Self.padding - end
    if room == 0 { return false }
    let got = try input.read(into: &bytes, at: end, count: room)
    end += got
    if got == 0 {
      isAtEnd = true
      lastOffset = input.offset
      self.input = nil
    }
    return got > 0
  }

  /// The place of the first `byte` at or after `from`, before `to`.
  func find(_ byte: UInt8, from: Int, to: Int) -> Int? {
    precondition(from >= 0 && from <= to && to <= bytes.count)
    return bytes.withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress, let found = memchr(base + from, Int32(byte), to - from) else {
        return nil
      }
      return UnsafeRawPointer(found) - base
    }
  }

  /// The beginning of a text, for a message about it: at most 200 bytes, whole characters.
  func clip(from: Int, to: Int) -> String {
    if to - from <= 200 { return String(decoding: bytes[from..<to], as: UTF8.self) }
    var last = from + 200
    while last > from + 196, bytes[last] & 0xC0 == 0x80 { last -= 1 }
    return String(decoding: bytes[from..<last], as: UTF8.self) + "…"
  }
}
