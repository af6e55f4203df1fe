public import WorkloadModel

/// Writes JSON (RFC 8259) without spaces into a buffer of bytes.
///
/// Foundation's encoder takes microseconds an event and does not keep the order of keys; an export writes
/// millions of events and promises the order. Nothing is allocated but the text, whose room is used again and
/// again: take `bytes`, write them out, and empty it with `removeAll`.
public struct JSONWriter: ~Copyable {
  /// What was written so far.
  public private(set) var text = TextBuffer()
  /// Whether a value stands before the place where the next is written, in the same object or array.
  private var needsComma = false

  /// An empty text.
  public init() {}

  /// A copy of what was written so far.
  public var bytes: [UInt8] { text.array }

  /// Empties the text and keeps its room and its place: a comma follows where one is due.
  public mutating func removeAll() { text.removeAll() }

  /// Ends a line of NDJSON.
  public mutating func newline() {
    text.append(UInt8(ascii: "\n"))
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
    key.withUTF8Buffer { appendPlain(UnsafeRawBufferPointer($0), isKey: true) }
    needsComma = false
  }

  /// `"key":` for a key that came from outside.
  public mutating func key(_ key: String) {
    string(key)
    text.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    text.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    text.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { text.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  // MARK: Values

  /// A string, with the escapes that RFC 8259 section 7 requires and no others.
  public mutating func string(_ string: String) {
    string.utf8.span.withUnsafeBytes { utf8 in
      if Self.isPlain(utf8) { return appendPlain(utf8) }
      separate()
      text.append(UInt8(ascii: "\""))
      appendEscaped(utf8)
      text.append(UInt8(ascii: "\""))
    }
  }

  /// Text that is known to need no escapes.
  public mutating func string(_ string: StaticString) {
    string.withUTF8Buffer { appendPlain(UnsafeRawBufferPointer($0)) }
  }

  /// A whole number in decimal.
  public mutating func number(_ value: some BinaryInteger) {
    separate()
    text.append(decimal: value)
  }

  /// `true` or `false`.
  public mutating func bool(_ value: Bool) {
    separate()
    text.append(value ? "true" as StaticString : "false")
  }

  /// A string that `write` appends, for values that never need escapes: ids and times.
  mutating func plainString(_ write: (inout TextBuffer) -> Void) {
    separate()
    text.append(UInt8(ascii: "\""))
    write(&text)
    text.append(UInt8(ascii: "\""))
  }

  /// A decimal number that `write` appends.
  mutating func plainNumber(_ write: (inout TextBuffer) -> Void) {
    separate()
    write(&text)
  }

  /// Appends a text that needs no escapes between quotes, with what stands around it, into room that is made once:
  /// most of what is written is short, and to look for room takes longer than to fill it.
  private mutating func appendPlain(_ utf8: UnsafeRawBufferPointer, isKey: Bool = false) {
    let needsComma = needsComma
    text.extend(byAtMost: utf8.count + 4) { start in
      var end = start
      Self.put(",", needsComma, &end)
      Self.put("\"", true, &end)
      if let first = utf8.baseAddress { end.copyMemory(from: first, byteCount: utf8.count) }
      end += utf8.count
      Self.put("\"", true, &end)
      Self.put(":", isKey, &end)
      return end - start
    }
    self.needsComma = true
  }

  /// Puts a character at the end, which moves on only where it is wanted: what follows overwrites it otherwise.
  private static func put(_ character: Unicode.Scalar, _ isWanted: Bool, _ end: inout UnsafeMutableRawPointer)
  {
    end.storeBytes(of: UInt8(truncatingIfNeeded: character.value), as: UInt8.self)
    end += isWanted ? 1 : 0
  }

  private mutating func appendEscaped(_ utf8: UnsafeRawBufferPointer) {
    var start = 0
    for (index, byte) in utf8.enumerated() {
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      text.append(UnsafeRawBufferPointer(rebasing: utf8[start..<index]))
      appendEscape(byte)
      start = index + 1
    }
    text.append(UnsafeRawBufferPointer(rebasing: utf8[start...]))
  }

  private mutating func appendEscape(_ byte: UInt8) {
    text.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\n"): text.append(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): text.append(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): text.append(UInt8(ascii: "t"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(byte)
    default:
      text.append("u00")
      text.append(hexDigit(byte >> 4))
      text.append(hexDigit(byte & 15))
    }
  }
}

// MARK: - What needs an escape

extension JSONWriter {
  /// Whether nothing in the text needs an escape, looking at eight bytes at a time; the last ones may overlap with those
  /// before them.
  private static func isPlain(_ utf8: UnsafeRawBufferPointer) -> Bool {
    let count = utf8.count
    guard count >= 8 else { return flaws(in: shortWord(utf8)) == 0 }
    var flaws: UInt64 = 0
    var offset = 0
    while offset < count - 8 {
      flaws |= Self.flaws(in: utf8.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    return flaws | Self.flaws(in: utf8.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)) == 0
  }

  /// Fewer than eight bytes, filled up with some of themselves or with spaces.
  private static func shortWord(_ utf8: UnsafeRawBufferPointer) -> UInt64 {
    let count = utf8.count
    if count >= 4 {
      let first = utf8.loadUnaligned(as: UInt32.self)
      let last = utf8.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
      return UInt64(first) << 32 | UInt64(last)
    }
    return utf8.reduce(0x2020_2020_2020_2020) { $0 << 8 | UInt64($1) }
  }

  /// Not zero where one of eight bytes is a control character, a quotation mark or a backslash: "Determine if a word
  /// has a byte less than n" and "has a zero byte" of Sean Anderson's Bit Twiddling Hacks.
  private static func flaws(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
    let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
    let controls = (word &- ones &* 0x20) & ~word
    return (controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes) & (ones &* 0x80)
  }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10
}
