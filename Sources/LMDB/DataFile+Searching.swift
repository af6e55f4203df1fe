internal import CLMDB
internal import Glibc

extension DataFile {
  /// How often each of some texts stands in the file, in pages in use or not, also across the border of two pages.
  func count(of patterns: [[UInt8]]) throws(LMDBError) -> [Int] {
    let overlap = (patterns.map(\.count).max() ?? 1) - 1
    var counts = patterns.map { _ in 0 }
    var buffer = [UInt8](repeating: 0, count: Self.stretch + overlap)
    var start: off_t = 0
    while true {
      let length = try read(into: &buffer, at: start)
      for (index, pattern) in patterns.enumerated() {
        // What begins in the overlap is counted with the next stretch.
        counts[index] += buffer.withUnsafeBytes { bytes in
          occurrences(of: pattern, in: bytes.prefix(min(length, Self.stretch + pattern.count - 1)))
        }
      }
      if length < buffer.count { return counts }
      start += off_t(Self.stretch)
    }
  }

  private static let stretch = 1 << 20

  /// Reads until the buffer is full or the file ends; returns how much it is.
  func read(into buffer: inout [UInt8], at start: off_t) throws(LMDBError) -> Int {
    var length = 0
    while length < buffer.count {
      let count = buffer[length...].withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, start + off_t(length))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(errno, "pread", path: path) }
      if count == 0 { break }
      length += count
    }
    return length
  }
}

/// How often a text stands in some bytes; places that overlap count each. memmem(3).
private func occurrences(of pattern: [UInt8], in bytes: Slice<UnsafeRawBufferPointer>) -> Int {
  let bytes = UnsafeRawBufferPointer(rebasing: bytes)
  var count = 0
  var from = 0
  while let next = offset(of: pattern, in: bytes, from: from) {
    count += 1
    from = next + 1
  }
  return count
}

private func offset(of pattern: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
  guard let base = bytes.baseAddress, !pattern.isEmpty, start + pattern.count <= bytes.count,
    let found = memmem(base + start, bytes.count - start, pattern, pattern.count)
  else { return nil }
  return UnsafeRawPointer(found) - base
}

extension RawSpan {
  /// Where a text stands in the bytes, from an offset on; nil where it does not. memmem(3).
  package func offset(of pattern: [UInt8], from start: Int = 0) -> Int? {
    withUnsafeBytes { LMDB.offset(of: pattern, in: $0, from: start) }
  }
}
