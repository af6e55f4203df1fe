import CZlib

/// A gzip inflater of zlib; one member after the other, each checked against its CRC.
final class Inflater {
  enum Step {
    case progress(consumed: Int, produced: Int, isEnd: Bool)
    case failure(consumed: Int, why: String)
  }

  private let stream: UnsafeMutablePointer<z_stream>

  /// Expects a gzip header: 16 is added to the largest window (`inflateInit2`).
  init(file: String) throws(ByteSourceError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    if workledger_inflate_init(stream, 15 + 16) != Z_OK {
      stream.deallocate()
      throw .cannotOpen(file: file, why: "zlib has no memory to inflate it")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Begins the next member (`inflateReset`).
  func reset() { inflateReset(stream) }

  /// Inflates what it can (`inflate`).
  func inflate(
    _ input: [UInt8], from start: Int, into output: inout [UInt8], at outputStart: Int, count: Int
  ) -> Step {
    input.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        guard let source = input.baseAddress, let target = output.baseAddress else {
          return .progress(consumed: 0, produced: 0, isEnd: false)
        }
        let available = min(input.count - start, Int(UInt32.max))
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source + start)
        stream.pointee.avail_in = UInt32(available)
        stream.pointee.next_out = target + outputStart
        stream.pointee.avail_out = UInt32(clamping: count)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        let consumed = available - Int(stream.pointee.avail_in)
        let produced = count - Int(stream.pointee.avail_out)
        switch status {
        case Z_OK, Z_BUF_ERROR: return .progress(consumed: consumed, produced: produced, isEnd: false)
        case Z_STREAM_END: return .progress(consumed: consumed, produced: produced, isEnd: true)
        default:
          let why = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
          return .failure(consumed: consumed, why: why)
        }
      }
    }
  }
}
