internal import Glibc

/// The lines of `/proc/self/maps`, ascending by address: what lies where in the memory of this process. proc_pid_maps(5).
///
/// For a handler of signals: it allocates nothing and calls only what signal-safety(7) allows.
struct MemoryMap: ~Copyable {
  /// One mapping. `path` is valid until the next one is read, and empty where there is no file behind it.
  struct Mapping {
    var start: UInt
    var end: UInt
    var path: UnsafeRawBufferPointer
  }

  private let descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  private var unread: Range<Int> = 0..<0

  /// Reads into `buffer`, which is to hold the longest line.
  init(_ buffer: UnsafeMutableRawBufferPointer) {
    self.buffer = buffer
    descriptor = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The next mapping; nil behind the last, or where the file can't be read.
  mutating func next() -> Mapping? {
    while true {
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[unread])
      if let end = bytes.firstIndex(of: 0x0A) {
        unread = unread.lowerBound + end + 1..<unread.upperBound
        return Self.mapping(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
      }
      guard descriptor >= 0, bytes.count < buffer.count, let base = buffer.baseAddress else { return nil }
      if let rest = bytes.baseAddress { memmove(base, rest, bytes.count) }
      unread = 0..<bytes.count
      let count = read(descriptor, base + bytes.count, buffer.count - bytes.count)
      guard count > 0 else { return nil }
      unread = 0..<bytes.count + count
    }
  }

  /// `START-END PERMISSIONS OFFSET DEVICE INODE PATH`.
  private static func mapping(_ line: UnsafeRawBufferPointer) -> Mapping {
    var place = 0
    func hexadecimal() -> UInt {
      var number: UInt = 0
      while place < line.count {
        let byte = line[place]
        place += 1
        switch byte {
        case 0x30...0x39: number = number << 4 | UInt(byte - 0x30)
        case 0x61...0x66: number = number << 4 | UInt(byte - 0x61 + 10)
        default: return number
        }
      }
      return number
    }
    let (start, end) = (hexadecimal(), hexadecimal())
    let slash = line[min(place, line.count)...].firstIndex(of: 0x2F) ?? line.count
    return Mapping(start: start, end: end, path: UnsafeRawBufferPointer(rebasing: line[slash...]))
  }
}
