/// Reads lines that end with a line feed, a carriage return and a line feed, or with the file.
struct LineReader: ~Copyable {
  enum Line {
    /// A line's bytes in the window, without its end.
    case text(start: Int, end: Int)
    /// It was longer than `ByteWindow.lineLimit` and has been skipped.
    case tooLong(beginning: String)
    case endOfSource
  }

  private(set) var window = ByteWindow()
  /// The number of the line that was read last, from 1.
  private(set) var number: UInt64 = 0

  mutating func open(_ source: ByteSource) throws(ByteSourceError) {
    number = 0
    try window.open(source)
  }

  /// The next line, empty ones included.
  mutating func next() throws(ByteSourceError) -> Line {
    var searched = 0
    while true {
      if let feed = window.find(0x0A, from: window.start + searched, to: window.end) {
        return take(to: feed, next: feed + 1)
      }
      searched = window.end - window.start
      if searched > ByteWindow.lineLimit { return try skipLongLine() }
      if try window.refill() { continue }
      if searched == 0 { return .endOfSource }
      return take(to: window.end, next: window.end)
    }
  }

  private mutating func take(to lineEnd: Int, next: Int) -> Line {
    let start = window.start
    var end = lineEnd
    window.start = next
    number += 1
    if end > start, window.bytes[end - 1] == 0x0D { end -= 1 }
    if end - start > ByteWindow.lineLimit { return .tooLong(beginning: window.clip(from: start, to: end)) }
    return .text(start: start, end: end)
  }

  private mutating func skipLongLine() throws(ByteSourceError) -> Line {
    let beginning = window.clip(from: window.start, to: window.end)
    number += 1
    while true {
      if let feed = window.find(0x0A, from: window.start, to: window.end) {
        window.start = feed + 1
        break
      }
      window.start = window.end
      if try !window.refill() { break }
    }
    return .tooLong(beginning: beginning)
  }
}
