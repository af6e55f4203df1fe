import Glibc

/// Nobody reads standard output any more.
struct BrokenPipe: Error {}

/// Standard output, written in large pieces.
enum StandardOutput {
  // Commands run on the main thread and nowhere else.
  nonisolated(unsafe) private static var buffer: [UInt8] = []

  /// Keeps bytes to be written, and writes when there are many.
  static func write(_ bytes: [UInt8]) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 16 { try flush() }
  }

  /// Keeps a line to be written.
  static func print(_ line: String) throws { try write(Array(line.utf8) + [UInt8(ascii: "\n")]) }

  /// Waits, but not for a reader that has gone away: poll(2).
  static func waitWhileRead(milliseconds: Int32) throws {
    var entry = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    if poll(&entry, 1, milliseconds) > 0, Int32(entry.revents) & POLLERR != 0 { throw BrokenPipe() }
  }

  /// Writes what was kept: write(2).
  static func flush() throws {
    defer { buffer.removeAll(keepingCapacity: true) }
    try writeAll(buffer, to: STDOUT_FILENO, "standard output")
  }
}

/// Writes all bytes to a descriptor, however often that takes: write(2).
func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ name: String) throws {
  try bytes.withUnsafeBytes { buffer in
    var offset = 0
    while offset < buffer.count {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count >= 0 {
        offset += count
      } else if errno == EPIPE {
        throw BrokenPipe()
      } else if errno != EINTR {
        throw Failure(.failed, "can't write to \(name): \(System.text(of: errno))")
      }
    }
  }
}
