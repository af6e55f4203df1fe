public import WorkloadModel

/// Writes CSV (RFC 4180): CRLF after each record, quotes only where they are needed.
///
/// Data is exact: a name that begins with `=` stays so, for the file is an input to other programs first.
/// Whoever opens it in a spreadsheet imports the columns as text. What a browser hands to a spreadsheet by itself is
/// written for it: a text that would be a formula there gets an apostrophe before it, as spreadsheets do themselves.
public struct CSVWriter: ~Copyable {
  /// What was written so far.
  public private(set) var text = TextBuffer()
  private var isFirst = true
  private let isForSpreadsheet: Bool

  /// An empty text.
  public init(isForSpreadsheet: Bool = false) { self.isForSpreadsheet = isForSpreadsheet }

  /// A copy of what was written so far.
  public var bytes: [UInt8] { text.array }

  /// Empties the text and keeps its room.
  public mutating func removeAll() { text.removeAll() }

  /// Writes the titles.
  package mutating func header(_ titles: [String]) {
    for title in titles { field(title) }
    endRecord()
  }

  /// Writes a field; an absent one is empty.
  package mutating func field(_ value: String?) {
    separate()
    guard var value, !value.isEmpty else { return }
    if isForSpreadsheet { value = Self.withoutFormulas(value) }
    let needsQuotes = value.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D
    }
    guard needsQuotes else { return text.append(value) }
    text.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      if byte == UInt8(ascii: "\"") { text.append(byte) }
      text.append(byte)
    }
    text.append(UInt8(ascii: "\""))
  }

  /// Writes a number; an absent one is empty.
  package mutating func field(_ value: (some BinaryInteger)?) {
    separate()
    if let value { text.append(decimal: value) }
  }

  /// Writes a moment in RFC 3339; one that is not known is empty.
  package mutating func field(_ time: Timestamp?) {
    separate()
    if let time, time.isKnown { time.write(to: &text) }
  }

  /// Writes a UUID; an absent one is empty.
  package mutating func field(_ id: WorkloadID?) {
    separate()
    if let id, id != .none { id.write(to: &text) }
  }

  /// Ends the record.
  package mutating func endRecord() {
    text.append(0x0D)
    text.append(0x0A)
    isFirst = true
  }

  /// The text with an apostrophe before what begins a formula, at its own beginning and wherever a spreadsheet that
  /// takes another separator for the right one would begin a field.
  private static func withoutFormulas(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var isAtStart = true
    for scalar in text.unicodeScalars {
      switch scalar {
      case "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}":
        if isAtStart { result.append("'") }
        isAtStart = false
      case ",", ";", "\t", "\n", "\r": isAtStart = true
      case " ", "\"": break
      default: isAtStart = false
      }
      result.append(scalar)
    }
    return String(result)
  }

  private mutating func separate() {
    if !isFirst { text.append(UInt8(ascii: ",")) }
    isFirst = false
  }
}
