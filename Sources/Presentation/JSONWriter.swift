/// Writes JSON (RFC 8259) without spaces into a buffer of bytes.
///
/// Foundation's encoder takes microseconds an event and does not keep the order of keys; an export writes
/// millions of events and promises the order. Nothing is allocated but the buffer, which is used again and
/// again: take `bytes`, write them out, and empty the buffer with `removeAll`.
public struct JSONWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  /// Whether a value stands before the place where the next is written, in the same object or array.
  private var needsComma = false

  /// An empty buffer.
  public init() {}

  /// Empties the buffer and keeps its storage and its place: a comma follows where one is due.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Ends a line of NDJSON.
  public mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  // MARK: Structure

  /// `{`, what `body` writes, and `}`.
  public mutating func object(_ body: (inout JSONWriter) -> Void) {
    beginObject()
    body(&self)
    endObject()
  }

  /// `[`, what `body` writes, and `]`.
  public mutating func array(_ body: (inout JSONWriter) -> Void) {
    beginArray()
    body(&self)
    endArray()
  }

  /// `{`
  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  /// `}`
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  /// `[`
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  /// `]`
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// `"key":` for a key that needs no escapes, as all of ours.
  public mutating func key(_ key: StaticString) {
    key.withUTF8Buffer { appendPlain($0, isKey: true) }
    needsComma = false
  }

  /// `"key":` for a key that came from outside.
  public mutating func key(_ key: String) {
    string(key)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  // MARK: Values

  /// A string, with the escapes that RFC 8259 section 7 requires and no others.
  public mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      if Self.isPlain(utf8) { return appendPlain(utf8) }
      separate()
      bytes.append(UInt8(ascii: "\""))
      appendEscaped(utf8)
      bytes.append(UInt8(ascii: "\""))
    }
  }

  /// Text that is known to need no escapes.
  public mutating func string(_ text: StaticString) { text.withUTF8Buffer { appendPlain($0) } }

  /// A whole number in decimal.
  public mutating func number(_ value: some BinaryInteger) {
    separate()
    bytes.append(decimal: value)
  }

  /// `true` or `false`.
  public mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
  }

  /// A string that `write` appends to the bytes, for values that never need escapes: ids and times.
  mutating func plainString(_ write: (inout [UInt8]) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    write(&bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// A decimal number that `write` appends to the bytes.
  mutating func plainNumber(_ write: (inout [UInt8]) -> Void) {
    separate()
    write(&bytes)
  }

  /// Appends a text that needs no escapes between quotes, with what stands around it, into room that is made once:
  /// most of what is written is short, and to look for room takes longer than to fill it.
  private mutating func appendPlain(_ text: UnsafeBufferPointer<UInt8>, isKey: Bool = false) {
    let needsComma = needsComma
    bytes.append(addingCapacity: text.count + 4) { output in
      if needsComma { output.append(UInt8(ascii: ",")) }
      output.append(UInt8(ascii: "\""))
      output.append(copying: text)
      output.append(UInt8(ascii: "\""))
      if isKey { output.append(UInt8(ascii: ":")) }
    }
    self.needsComma = true
  }

  /// Whether nothing in the text needs an escape. It looks at all of it, which the compiler does many bytes at a time.
  private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var lowest: UInt8 = .max
    var specials: UInt8 = 0
    for byte in text {
      lowest = min(lowest, byte)
      specials |= byte == UInt8(ascii: "\"") ? 1 : 0
      specials |= byte == UInt8(ascii: "\\") ? 1 : 0
    }
    return lowest >= 0x20 && specials == 0
  }

  private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      bytes.append(contentsOf: text[start..<index])
      appendEscape(byte)
      start = index + 1
    }
    bytes.append(contentsOf: text[start...])
  }

  private mutating func appendEscape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    default:
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(hexDigit(byte >> 4))
      bytes.append(hexDigit(byte & 15))
    }
  }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10
}

extension [UInt8] {
  /// Appends a whole number in decimal, without a string between.
  mutating func append(decimal value: some BinaryInteger) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var start = digits.count
    var rest = UInt64(value.magnitude)
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    append(addingCapacity: digits.count + 1) { output in
      if value < 0 { output.append(UInt8(ascii: "-")) }
      for place in start..<digits.count { output.append(digits[place]) }
    }
  }
}

extension OutputSpan<UInt8> {
  /// Appends bytes for which there is room: memcpy(3).
  fileprivate mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) {
    precondition(bytes.count <= freeCapacity, "there is room for all")
    withUnsafeMutableBufferPointer { buffer, count in
      _ = UnsafeMutableBufferPointer(rebasing: buffer[count...]).initialize(from: bytes)
      count += bytes.count
    }
  }
}
