import Glibc

/// Reads one source in chunks, and inflates it where it begins with gzip's magic number.
///
/// The calls of C and their pointers stay in this file, `Inflater.swift` and `SpillFile.swift`.
final class ByteInput {
  private let source: ByteSource
  private var descriptor: Int32 = -1
  private var ownsDescriptor = false
  /// Bytes of the file that were read and not given away: its first ones, or compressed ones.
  private var pending: [UInt8] = []
  private var pendingStart = 0
  /// How far the file was read, for messages.
  private(set) var offset: UInt64 = 0
  private var inflater: Inflater?
  /// Between gzip members, where a file may end.
  private var isBetweenMembers = false

  private static let compressedChunk = 256 * 1024

  /// Opens the source and looks at its first two bytes.
  init(_ source: ByteSource) throws(ByteSourceError) {
    self.source = source
    switch source.origin {
    case .bytes(let bytes):
      pending = bytes
      offset = UInt64(bytes.count)
    case .standardInput: descriptor = STDIN_FILENO
    case .file:
      descriptor = open(source.name, O_RDONLY | O_CLOEXEC)
      if descriptor < 0 { throw .cannotOpen(file: source.name, why: systemMessage()) }
      ownsDescriptor = true
    }
    if descriptor >= 0 {
      posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_SEQUENTIAL))
      while pending.count < 2, try refill() {}
    }
    if pending.count >= 2, pending[0] == 0x1F, pending[1] == 0x8B {
      inflater = try Inflater(file: source.name)
    }
  }

  deinit { if ownsDescriptor { close(descriptor) } }

  /// Fills `bytes` from `start` with at most `count` bytes; fewer than asked for is no end, 0 is.
  func read(into bytes: inout [UInt8], at start: Int, count: Int) throws(ByteSourceError) -> Int {
    precondition(count > 0 && start >= 0 && start + count <= bytes.count)
    if inflater != nil { return try inflate(into: &bytes, at: start, count: count) }
    if pendingStart < pending.count {
      let taken = min(count, pending.count - pendingStart)
      bytes.replaceSubrange(start..<start + taken, with: pending[pendingStart..<pendingStart + taken])
      pendingStart += taken
      return taken
    }
    guard descriptor >= 0 else { return 0 }
    return try readFile(into: &bytes, at: start, count: count)
  }

  private func inflate(into bytes: inout [UInt8], at start: Int, count: Int) throws(ByteSourceError) -> Int {
    guard let inflater else { return 0 }
    while true {
      if pendingStart == pending.count, try !refill() {
        if isBetweenMembers { return 0 }
        throw .truncated(file: source.name, offset: offset)
      }
      if isBetweenMembers {
        // Some tools pad a gzip file with zeros; anything else must be the next member.
        if pending[pendingStart] == 0 {
          pendingStart += 1
          continue
        }
        guard pending[pendingStart] == 0x1F else {
          let at = offset - UInt64(pending.count - pendingStart)
          throw .corrupt(file: source.name, offset: at, why: "what follows its end is no gzip data")
        }
        inflater.reset()
        isBetweenMembers = false
      }
      switch inflater.inflate(pending, from: pendingStart, into: &bytes, at: start, count: count) {
      case .progress(let consumed, let produced, let isEnd):
        pendingStart += consumed
        isBetweenMembers = isEnd
        if produced > 0 { return produced }
      case .failure(let consumed, let why):
        let at = offset - UInt64(pending.count - pendingStart - consumed)
        throw .corrupt(file: source.name, offset: at, why: why)
      }
    }
  }

  /// Reads the next bytes of the file behind the pending ones, which are mostly used up.
  private func refill() throws(ByteSourceError) -> Bool {
    guard descriptor >= 0 else { return false }
    let kept = pending.count - pendingStart
    if kept > 0 { pending.removeSubrange(..<pendingStart) }
    pendingStart = 0
    pending.append(contentsOf: repeatElement(0, count: max(0, kept + Self.compressedChunk - pending.count)))
    let got = try readFile(into: &pending, at: kept, count: Self.compressedChunk)
    pending.removeSubrange((kept + got)...)
    return got > 0
  }

  private func readFile(into bytes: inout [UInt8], at start: Int, count: Int) throws(ByteSourceError) -> Int {
    while true {
      let got = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: start), count)
      }
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw .cannotRead(file: source.name, offset: offset, why: systemMessage()) }
      offset += UInt64(got)
      return got
    }
  }
}

/// What the operating system says about the last failed call, as `strerror` words it.
func systemMessage() -> String { String(cString: strerror(errno)) }
