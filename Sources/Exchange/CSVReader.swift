/// How the rows of a file are written.
public struct CSVFormat: Hashable, Sendable {
  /// What separates two fields.
  public var delimiter: UInt8 = UInt8(ascii: ",")
  /// What may enclose a field; nil where quotes mean nothing.
  public var quote: UInt8? = UInt8(ascii: "\"")
  /// Whether the first row of each part names the columns.
  public var hasHeader = true
  /// The names of the columns where there is no header; nil where they are only numbered.
  public var columns: [String]?
  /// RFC 4180 with a header.
  public init() {}
}

/// Reads rows after RFC 4180: quoted fields, doubled quotes, line breaks within quotes; CR LF or LF.
struct CSVReader: ~Copyable {
  enum Row {
    /// The fields are in `fields`.
    case fields
    /// It can't be read and has been skipped.
    case flaw(column: Int, reason: String, text: String)
    case endOfSource
  }

  /// A field's bytes: in the window, or in `scratch` where doubled quotes had to be taken out.
  struct Field: BitwiseCopyable {
    var start: Int
    var end: Int
    var isInScratch = false
    var isEmpty: Bool { start == end }
  }

  private(set) var window = ByteWindow()
  private(set) var fields: [Field] = []
  private(set) var scratch: [UInt8] = []
  /// The line on which the row that was read last begins, from 1.
  private(set) var line: UInt64 = 0
  private var nextLine: UInt64 = 1
  /// The whole row in the window, for messages.
  private(set) var rowStart = 0
  private(set) var rowEnd = 0
  private let delimiter: UInt8
  private let quote: UInt8?

  init(_ format: CSVFormat) {
    delimiter = format.delimiter
    quote = format.quote
  }

  mutating func open(_ source: ByteSource) throws(ByteSourceError) {
    nextLine = 1
    try window.open(source)
  }

  /// The next row that is not an empty line.
  mutating func next() throws(ByteSourceError) -> Row {
    while true {
      if window.start == window.end, try !window.refill() { return .endOfSource }
      line = nextLine
      switch scan() {
      case .row(let end, let next, let feeds):
        rowStart = window.start
        rowEnd = end
        window.start = next
        nextLine += feeds
        if end == rowStart { continue }
        if end - rowStart > ByteWindow.lineLimit {
          return tooLong(text: window.clip(from: rowStart, to: end))
        }
        return .fields
      case .incomplete:
        if window.end - window.start <= ByteWindow.lineLimit, !window.isAtEnd {
          _ = try window.refill()
          continue
        }
        return try skipLine(offset: 0, feedsBefore: 0, column: 1) { reader in
          reader.window.isAtEnd
            ? "a quote is opened in this row and never closed" : Self.lengthReason
        }
      case .flaw(let at, let feeds, let reason):
        return try skipLine(
          offset: at - window.start, feedsBefore: feeds, column: at - window.start + 1
        ) { _ in reason }
      }
    }
  }

  private static let lengthReason =
    "the row is longer than \(ByteWindow.lineLimit) bytes; is a quote missing, or the delimiter another one?"

  private func tooLong(text: String) -> Row { .flaw(column: 1, reason: Self.lengthReason, text: text) }

  private enum Scan {
    case row(end: Int, next: Int, feeds: UInt64)
    /// The window ends before the row does.
    case incomplete
    case flaw(at: Int, feeds: UInt64, reason: String)
  }

  /// Finds the fields of one row in what the window holds.
  private mutating func scan() -> Scan {
    fields.removeAll(keepingCapacity: true)
    scratch.removeAll(keepingCapacity: true)
    let end = window.end
    var at = window.start
    var feeds: UInt64 = 0
    while true {
      if at < end, let quote, window.bytes[at] == quote {
        switch quotedField(at, quote, &feeds) {
        case .row(_, let next, _): at = next
        case let other: return other
        }
      } else {
        let start = at
        at = plainEnd(from: start)
        if at == end, !window.isAtEnd { return .incomplete }
        if at < end, window.bytes[at] == quote {
          return .flaw(
            at: at, feeds: feeds, reason: "a quote stands within a field; enclose the field and double it")
        }
        var fieldEnd = at
        if at == end || window.bytes[at] == 0x0A, fieldEnd > start, window.bytes[fieldEnd - 1] == 0x0D {
          fieldEnd -= 1
        }
        fields.append(Field(start: start, end: fieldEnd))
      }
      if at == end {
        if !window.isAtEnd { return .incomplete }
        return .row(end: trimmed(at), next: at, feeds: feeds + 1)
      }
      if window.bytes[at] == delimiter {
        at += 1
        if at == end, !window.isAtEnd { return .incomplete }
      } else {
        let next = window.bytes[at] == 0x0D ? at + 2 : at + 1
        return .row(end: trimmed(at), next: next, feeds: feeds + 1)
      }
    }
  }

  /// Where a field without quotes ends: at a delimiter, a line feed, a quote or the end of the window.
  private func plainEnd(from start: Int) -> Int {
    let bytes = window.bytes.span
    let end = window.end
    let (delimiter, quote) = (delimiter, quote ?? 0x0A)
    var at = start
    while at < end, case let byte = bytes[at], byte != delimiter, byte != 0x0A, byte != quote { at += 1 }
    return at
  }

  private func trimmed(_ end: Int) -> Int {
    end > window.start && window.bytes[end - 1] == 0x0D ? end - 1 : end
  }

  /// Reads a field in quotes; the row of the answer only says where the scan goes on.
  private mutating func quotedField(_ start: Int, _ quote: UInt8, _ feeds: inout UInt64) -> Scan {
    let end = window.end
    let feedsBefore = feeds
    var at = start + 1
    var from = at
    let scratchStart = scratch.count
    var isInScratch = false
    while true {
      while at < end, window.bytes[at] != quote {
        if window.bytes[at] == 0x0A { feeds += 1 }
        at += 1
      }
      if at == end || (at + 1 == end && !window.isAtEnd) { return .incomplete }
      if at + 1 < end, window.bytes[at + 1] == quote {
        scratch.append(contentsOf: window.bytes[from...at])
        isInScratch = true
        at += 2
        from = at
        continue
      }
      break
    }
    if isInScratch {
      scratch.append(contentsOf: window.bytes[from..<at])
      fields.append(Field(start: scratchStart, end: scratch.count, isInScratch: true))
    } else {
      fields.append(Field(start: from, end: at))
    }
    at += 1
    if at == end { return window.isAtEnd ? .row(end: at, next: at, feeds: 0) : .incomplete }
    let after = window.bytes[at]
    if after == 0x0D {
      if at + 1 == end, !window.isAtEnd { return .incomplete }
      if at + 1 < end, window.bytes[at + 1] == 0x0A { return .row(end: at, next: at, feeds: 0) }
    }
    if after == delimiter || after == 0x0A { return .row(end: at, next: at, feeds: 0) }
    return .flaw(
      at: at, feeds: feeds - feedsBefore, reason: "text follows a closing quote; a delimiter or line end must"
    )
  }

  /// Gives up a row and goes on with the line after `offset`, so that one stray quote costs one row.
  private mutating func skipLine(
    offset: Int, feedsBefore: UInt64, column: Int, reason: (borrowing CSVReader) -> String
  ) throws(ByteSourceError) -> Row {
    let why = reason(self)
    let lineEnd = window.find(0x0A, from: window.start, to: window.end) ?? window.end
    let text = window.clip(from: window.start, to: trimmed(lineEnd))
    nextLine += feedsBefore + 1
    var from = window.start + offset
    while true {
      if let feed = window.find(0x0A, from: from, to: window.end) {
        window.start = feed + 1
        return .flaw(column: column, reason: why, text: text)
      }
      window.start = window.end
      if try !window.refill() { return .flaw(column: column, reason: why, text: text) }
      from = window.start
    }
  }
}
