import Glibc

/// A temporary file for sorted runs. It has no name once it is open, so that nothing is left of it, however
/// the process ends.
final class SpillFile {
  private let descriptor: Int32
  private let directory: String
  private var buffer: [UInt8] = []
  private var written: UInt64 = 0

  private static let bufferSize = 1 << 20

  init(in directory: String) throws(ImportError) {
    self.directory = directory
    let name = "\(directory)/workledger-sort-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw .temporaryFile(directory: directory, why: systemMessage()) }
    if unlink(name) != 0 {
      let why = systemMessage()
      close(descriptor)
      throw .temporaryFile(directory: directory, why: why)
    }
    buffer.reserveCapacity(Self.bufferSize + (64 << 10))
  }

  deinit { close(descriptor) }

  /// How many bytes it has, those that wait for `flush` included.
  var count: UInt64 { written + UInt64(buffer.count) }

  func append(_ bytes: Span<UInt8>) throws(ImportError) {
    bytes.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// The bytes of a value of plain data.
  func append(_ value: some BitwiseCopyable) {
    withUnsafeBytes(of: value) { buffer.append(contentsOf: $0) }
  }

  func flush() throws(ImportError) {
    var done = 0
    while done < buffer.count {
      let count = buffer.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done, Int(written))
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { throw .temporaryFile(directory: directory, why: systemMessage()) }
      done += count
      written += UInt64(count)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Reads exactly `count` bytes at `offset` into `bytes` from `start`.
  func read(
    into bytes: inout [UInt8], at start: Int, count: Int, from offset: UInt64
  ) throws(ImportError) {
    precondition(start + count <= bytes.count && offset + UInt64(count) <= written)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: start + done), count - done, Int(offset) + done)
      }
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw .temporaryFile(directory: directory, why: systemMessage()) }
      if got == 0 { throw .temporaryFile(directory: directory, why: "it became shorter") }
      done += got
    }
  }
}
