package import WorkloadModel

/// Writes CSV (RFC 4180): CRLF after each record, quotes only where they are needed.
///
/// Data is exact: a name that begins with `=` stays so, for the file is an input to other programs first.
/// Whoever opens it in a spreadsheet imports the columns as text.
public struct CSVWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  private var isFirst = true

  /// An empty buffer.
  public init() {}

  /// Empties the buffer and keeps its storage.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Writes the titles.
  package mutating func header(_ titles: [String]) {
    for title in titles { field(title) }
    endRecord()
  }

  /// Writes a field; an absent one is empty.
  package mutating func field(_ text: String?) {
    separate()
    guard let text, !text.isEmpty else { return }
    let needsQuotes = text.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D
    }
    guard needsQuotes else {
      bytes.append(contentsOf: text.utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a number; an absent one is empty.
  package mutating func field(_ value: (some BinaryInteger)?) {
    separate()
    if let value { bytes.append(decimal: value) }
  }

  /// Writes a moment in RFC 3339; one that is not known is empty.
  package mutating func field(_ time: Timestamp?) {
    separate()
    if let time, time.isKnown { time.write(to: &bytes) }
  }

  /// Writes a UUID; an absent one is empty.
  package mutating func field(_ id: WorkloadID?) {
    separate()
    if let id, id != .none { id.write(to: &bytes) }
  }

  /// Ends the record.
  package mutating func endRecord() {
    bytes.append(0x0D)
    bytes.append(0x0A)
    isFirst = true
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
  }
}
