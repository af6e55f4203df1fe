import LMDB
import LedgerTestSupport

/// What a program did to its files, as `recorder.c` wrote it down, with what the test noted between.
struct Recording {
  enum Step {
    /// `isDurable` says that it was on the disk when the call returned, without a flush.
    case write(path: String, offset: Int, bytes: [UInt8], isDurable: Bool)
    /// Of a file, or of a folder and the names in it.
    case flush(path: String)
    case create(path: String)
    case resize(path: String, count: Int)
    case rename(path: String, to: String)
    case remove(path: String)
    case makeFolder(path: String)
  }

  private let file: String
  private var read = 0

  /// Where a recorder writes.
  init(_ file: String) {
    self.file = file
    writeFile(file, [])
  }

  /// What was recorded since the last time.
  mutating func readOn() -> [Step] {
    var steps: [Step] = []
    let bytes = readFile(file)
    let span = bytes.span.bytes
    while read + 24 <= bytes.count {
      let (kind, isDurable) = (span.u8(at: read), span.u8(at: read + 1) != 0)
      let lengths = (Int(span.u16(at: read + 2)), Int(span.u16(at: read + 4)))
      let (offset, count) = (Int(span.u64(at: read + 8)), Int(span.u64(at: read + 16)))
      var at = read + 24
      func take(_ count: Int) -> ArraySlice<UInt8> {
        defer { at += count }
        return bytes[at..<at + count]
      }
      let path = String(decoding: take(lengths.0), as: UTF8.self)
      let second = String(decoding: take(lengths.1), as: UTF8.self)
      let data = Array(take(count * (kind == 1 ? 1 : 0)))
      switch kind {
      case 1: steps.append(.write(path: path, offset: offset, bytes: data, isDurable: isDurable))
      case 2: steps.append(.flush(path: path))
      case 3: steps.append(.create(path: path))
      case 4: steps.append(.resize(path: path, count: offset))
      case 5: steps.append(.rename(path: path, to: second))
      case 6: steps.append(.remove(path: path))
      case 7: steps.append(.makeFolder(path: path))
      default: preconditionFailure("the recorder writes no entry of kind \(kind)")
      }
      read = at
    }
    return steps
  }
}

extension Recording.Step {
  /// What it does, without the bytes.
  var summary: String {
    switch self {
    case .write(let path, let offset, let bytes, let isDurable):
      "\(isDurable ? "durable " : "")write of \(bytes.count) bytes at \(offset) of \(path)"
    default: "\(self)"
    }
  }
}
