/// Why a line could not be read: the byte column, from 1, and a sentence part that says what would be right.
indirect enum LineFlaw: Error {
  case flaw(column: Int, reason: String)
}

/// A text of the input: where its bytes are, so that reading one copies nothing.
struct JSONText: BitwiseCopyable {
  var start: Int
  var count: Int
  /// Whether escapes made it necessary to write the text out, into the cursor's `scratch`.
  var isInScratch = false
  /// Whether it is ASCII without control characters, so that nothing more needs to be checked.
  var isPlain = true
  /// Where it stands in the line.
  var offset: Int

  static let absent = JSONText(start: 0, count: 0, offset: -1)
  var isAbsent: Bool { offset < 0 }
}

/// A pull reader of RFC 8259 over bytes, strict and without allocation on its usual way.
///
/// The bytes are passed to each call and not kept: a stored `Span` would need lifetime annotations. Behind
/// `end` there must be `ByteWindow.padding` bytes, whatever they are: strings are searched eight bytes at once.
struct JSONCursor {
  /// How deep arrays and objects may be nested.
  static let depthLimit = 32
  /// How many members an object that is skipped may have; they are compared with each other.
  static let memberLimit = 1024

  var at = 0
  private(set) var start = 0
  var end = 0
  /// Texts with escapes, written out.
  private(set) var scratch: [UInt8] = []

  /// Begins with a line.
  mutating func begin(_ text: Span<UInt8>, from: Int, to: Int) {
    precondition(from >= 0 && from <= to && to + ByteWindow.padding <= text.count)
    at = from
    start = from
    end = to
    if !scratch.isEmpty { scratch.removeAll(keepingCapacity: true) }
  }

  func flaw(_ offset: Int, _ reason: String) -> LineFlaw { .flaw(column: offset - start + 1, reason: reason) }

  /// What stands at the cursor, for messages.
  func found(_ text: Span<UInt8>) -> String {
    guard at < end else { return "the end of the line" }
    let byte = text[at]
    return byte > 0x20 && byte < 0x7F
      ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x" + String(byte, radix: 16, uppercase: true)
  }

  // MARK: Structure

  @inline(__always)
  mutating func skipSpace(_ text: Span<UInt8>) {
    while at < end {
      let byte = text[at]
      guard byte <= 0x20, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return }
      at += 1
    }
  }

  /// The first byte after white space; 0 at the end, which begins no value.
  @inline(__always)
  mutating func peek(_ text: Span<UInt8>) -> UInt8 {
    skipSpace(text)
    return at < end ? text[at] : 0
  }

  @inline(__always)
  mutating func expect(_ byte: UInt8, _ text: Span<UInt8>) throws(LineFlaw) {
    if peek(text) != byte {
      throw flaw(at, "'\(Character(Unicode.Scalar(byte)))' must stand here, not \(found(text))")
    }
    at += 1
  }

  /// The key of the next member with its colon read; nil where the object ends.
  @inline(__always)
  mutating func nextKey(_ text: Span<UInt8>, isFirst: inout Bool) throws(LineFlaw) -> JSONText? {
    var byte = peek(text)
    if byte == UInt8(ascii: "}") {
      at += 1
      return nil
    }
    if !isFirst {
      guard byte == UInt8(ascii: ",") else {
        throw flaw(at, "',' or '}' must stand here, not \(found(text))")
      }
      at += 1
      byte = peek(text)
    }
    isFirst = false
    guard byte == UInt8(ascii: "\"") else {
      throw flaw(at, "a key in quotes must stand here, not \(found(text))")
    }
    let key = try string(text)
    try expect(UInt8(ascii: ":"), text)
    return key
  }

  /// Whether `null` stands here; it is read then.
  mutating func takeNull(_ text: Span<UInt8>) throws(LineFlaw) -> Bool {
    guard peek(text) == UInt8(ascii: "n") else { return false }
    try literal("null", text)
    return true
  }

  mutating func bool(_ text: Span<UInt8>) throws(LineFlaw) -> Bool {
    switch peek(text) {
    case UInt8(ascii: "t"):
      try literal("true", text)
      return true
    case UInt8(ascii: "f"):
      try literal("false", text)
      return false
    default: throw flaw(at, "true or false must stand here, not \(found(text))")
    }
  }

  private mutating func literal(_ word: StaticString, _ text: Span<UInt8>) throws(LineFlaw) {
    let count = word.utf8CodeUnitCount
    let isSame =
      at + count <= end
      && word.withUTF8Buffer { word in
        for index in 0..<count where text[at + index] != word[index] { return false }
        return true
      }
    guard isSame else { throw flaw(at, "'\(word)' must stand here") }
    at += count
  }

  // MARK: Strings

  /// The bytes of a text.
  @inline(__always)
  func withBytes<R>(_ item: JSONText, _ text: Span<UInt8>, _ body: (Span<UInt8>) -> R) -> R {
    item.isInScratch
      ? body(scratch.span.extracting(item.start..<item.start + item.count))
      : body(text.extracting(item.start..<item.start + item.count))
  }

  /// A text as a string, for messages.
  func message(_ item: JSONText, _ text: Span<UInt8>) -> String {
    var bytes: [UInt8] = []
    withBytes(item, text) { span in
      for index in 0..<min(span.count, 120) { bytes.append(span[index]) }
      if span.count > 120 { bytes.append(contentsOf: "…".utf8) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads a string; the cursor stands at its opening quote.
  @inline(__always)
  mutating func string(_ text: Span<UInt8>) throws(LineFlaw) -> JSONText {
    let opening = at
    var here = at + 1
    let raw = text.bytes
    while here < end {
      let word = raw.unsafeLoadUnaligned(fromByteOffset: here, as: UInt64.self).littleEndian
      let stops = Self.stops(word)
      if stops == 0 {
        here += 8
        continue
      }
      here += stops.trailingZeroBitCount >> 3
      if here >= end { break }
      if text[here] == UInt8(ascii: "\"") {
        at = here + 1
        return JSONText(start: opening + 1, count: here - opening - 1, offset: opening)
      }
      return try unusualString(text, opening, here)
    }
    at = end
    throw flaw(opening, "this string has no end")
  }

  /// Marks the bytes that are a quote, a backslash, a control character or not ASCII. The lowest mark is
  /// exact; borrows can make false ones only above a true one.
  @inline(__always)
  private static func stops(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let delete = word ^ (ones &* 0x7F)
    let marks =
      ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((delete &- ones) & ~delete)
      | (word &- (ones &* 0x20)) | word
    return marks & (ones &* 0x80)
  }

  /// Goes on byte by byte from the first byte that is more than plain ASCII.
  @inline(never)
  private mutating func unusualString(
    _ text: Span<UInt8>, _ opening: Int, _ first: Int
  ) throws(LineFlaw) -> JSONText {
    var here = first
    var copied = opening + 1
    let scratchStart = scratch.count
    var isEscaped = false
    while here < end {
      let byte = text[here]
      if byte == UInt8(ascii: "\"") {
        at = here + 1
        var item = JSONText(start: opening + 1, count: here - opening - 1, isPlain: false, offset: opening)
        if isEscaped {
          for index in copied..<here { scratch.append(text[index]) }
          item.start = scratchStart
          item.count = scratch.count - scratchStart
          item.isInScratch = true
        }
        try checkUTF8(item, text)
        return item
      }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        for index in copied..<here { scratch.append(text[index]) }
        here = try escape(text, here)
        copied = here
        continue
      }
      if byte < 0x20 {
        throw flaw(here, "a control character stands in a string; it must be written as an escape")
      }
      here += 1
    }
    at = end
    throw flaw(opening, "this string has no end")
  }

  private func checkUTF8(_ item: JSONText, _ text: Span<UInt8>) throws(LineFlaw) {
    let isValid = withBytes(item, text) { span in (try? UTF8Span(validating: span)) != nil }
    if !isValid { throw flaw(item.offset, "this string is not UTF-8") }
  }

  /// Writes out the escape whose backslash is at `here`; returns the place behind it.
  private mutating func escape(_ text: Span<UInt8>, _ here: Int) throws(LineFlaw) -> Int {
    guard here + 1 < end else { throw flaw(here, "this escape has no end") }
    switch text[here + 1] {
    case UInt8(ascii: "\""): scratch.append(0x22)
    case UInt8(ascii: "\\"): scratch.append(0x5C)
    case UInt8(ascii: "/"): scratch.append(0x2F)
    case UInt8(ascii: "b"): scratch.append(0x08)
    case UInt8(ascii: "f"): scratch.append(0x0C)
    case UInt8(ascii: "n"): scratch.append(0x0A)
    case UInt8(ascii: "r"): scratch.append(0x0D)
    case UInt8(ascii: "t"): scratch.append(0x09)
    case UInt8(ascii: "u"): return try unicodeEscape(text, here)
    default: throw flaw(here, "there is no such escape; \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX are")
    }
    return here + 2
  }

  private mutating func unicodeEscape(_ text: Span<UInt8>, _ here: Int) throws(LineFlaw) -> Int {
    var code = try codeUnit(text, here)
    var next = here + 6
    if code >= 0xD800, code < 0xDC00 {
      guard next + 1 < end, text[next] == UInt8(ascii: "\\"), text[next + 1] == UInt8(ascii: "u") else {
        throw flaw(here, "the second half of this surrogate pair is missing")
      }
      let low = try codeUnit(text, next)
      guard low >= 0xDC00, low < 0xE000 else {
        throw flaw(next, "this is no second half of a surrogate pair (\\uDC00 to \\uDFFF)")
      }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      next += 6
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw flaw(here, "this second half of a surrogate pair has no first")
    }
    scratch.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    return next
  }

  private func codeUnit(_ text: Span<UInt8>, _ here: Int) throws(LineFlaw) -> UInt32 {
    var code: UInt32 = 0
    for index in here + 2..<here + 6 {
      guard index < end, let digit = Character(Unicode.Scalar(text[index])).hexDigitValue else {
        throw flaw(here, "four hexadecimal digits must follow \\u")
      }
      code = code << 4 | UInt32(digit)
    }
    return code
  }
}
