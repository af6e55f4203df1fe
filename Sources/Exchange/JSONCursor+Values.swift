extension JSONCursor {
  /// Reads an integer: digits without leading zeros, no fraction, no exponent, in the range of 64 bits.
  @inline(__always)
  mutating func integer(_ text: Span<UInt8>) throws(LineFlaw) -> Int64 {
    skipSpace(text)
    let first = at
    let isNegative = at < end && text[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    let digits = at
    var value: UInt64 = 0
    while at < end {
      let digit = text[at] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      // 18 digits can't overflow; a number with more takes the checked way.
      if at - digits >= 18 { return try longInteger(text, first, digits, isNegative) }
      value = value &* 10 &+ UInt64(digit)
      at += 1
    }
    try checkInteger(text, first, digits)
    return isNegative ? -Int64(value) : Int64(value)
  }

  /// Reads an integer that may have a fraction of zeros: `2.0` is one for JSON Schema (2020-12, validation section
  /// 6.1.1) and for programs that know no other numbers than doubles.
  mutating func wholeNumber(_ text: Span<UInt8>) throws(LineFlaw) -> Int64 {
    skipSpace(text)
    var point = at
    if point < end, text[point] == UInt8(ascii: "-") { point += 1 }
    while point < end, text[point] &- UInt8(ascii: "0") < 10 { point += 1 }
    var rest = point
    if rest < end, text[rest] == UInt8(ascii: ".") { rest += 1 }
    while rest > point, rest < end, text[rest] == UInt8(ascii: "0") { rest += 1 }
    let isWhole = rest > point + 1 && (rest == end || text[rest] | 0x20 != UInt8(ascii: "e"))
    guard isWhole, rest == end || text[rest] &- UInt8(ascii: "0") >= 10 else { return try integer(text) }
    let last = end
    end = point
    defer { end = last }
    let value = try integer(text)
    at = rest
    return value
  }

  private mutating func longInteger(
    _ text: Span<UInt8>, _ first: Int, _ digits: Int, _ isNegative: Bool
  ) throws(LineFlaw) -> Int64 {
    at = digits
    var value: Int64 = 0
    while at < end, case let digit = text[at] &- UInt8(ascii: "0"), digit < 10 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, more) = product.subtractingReportingOverflow(Int64(digit))
      if overflow || more { throw flaw(first, "this number is out of range") }
      value = sum
      at += 1
    }
    try checkInteger(text, first, digits)
    if isNegative { return value }
    if value == .min { throw flaw(first, "this number is out of range") }
    return -value
  }

  @inline(__always)
  private func checkInteger(_ text: Span<UInt8>, _ first: Int, _ digits: Int) throws(LineFlaw) {
    if at == digits { throw flaw(first, "an integer must stand here, not \(found(text))") }
    if text[digits] == UInt8(ascii: "0"), at - digits > 1 {
      throw flaw(first, "a number must not begin with 0")
    }
    guard at < end else { return }
    let next = text[at]
    if next == UInt8(ascii: ".") || next | 0x20 == UInt8(ascii: "e") {
      throw flaw(first, "an integer must stand here: without a fraction and an exponent")
    }
  }

  /// Reads over a number of any form.
  private mutating func skipNumber(_ text: Span<UInt8>) throws(LineFlaw) {
    let first = at
    if text[at] == UInt8(ascii: "-") { at += 1 }
    let digits = at
    skipDigits(text)
    if at == digits { throw flaw(first, "a value must stand here, not \(found(text))") }
    if text[digits] == UInt8(ascii: "0"), at - digits > 1 {
      throw flaw(first, "a number must not begin with 0")
    }
    if at < end, text[at] == UInt8(ascii: ".") {
      at += 1
      let fraction = at
      skipDigits(text)
      if at == fraction { throw flaw(first, "a digit must follow the point of this number") }
    }
    if at < end, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < end, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
      let exponent = at
      skipDigits(text)
      if at == exponent { throw flaw(first, "a digit must follow the exponent sign of this number") }
    }
  }

  private mutating func skipDigits(_ text: Span<UInt8>) {
    while at < end, text[at] &- UInt8(ascii: "0") < 10 { at += 1 }
  }

  /// Reads over a value of any kind, as strictly as one that is used.
  mutating func skipValue(_ text: Span<UInt8>, depth: Int = 1) throws(LineFlaw) {
    if depth > Self.depthLimit {
      throw flaw(at, "objects and arrays are nested deeper than \(Self.depthLimit) here")
    }
    switch peek(text) {
    case UInt8(ascii: "\""): _ = try string(text)
    case UInt8(ascii: "{"):
      at += 1
      var isFirst = true
      var keys: [JSONText] = []
      while let key = try nextKey(text, isFirst: &isFirst) {
        for other in keys where isSame(key, other, text) { throw duplicate(key, text) }
        if keys.count == Self.memberLimit {
          throw flaw(key.offset, "this object has more than \(Self.memberLimit) members")
        }
        keys.append(key)
        try skipValue(text, depth: depth + 1)
      }
    case UInt8(ascii: "["):
      at += 1
      if peek(text) == UInt8(ascii: "]") {
        at += 1
        return
      }
      while true {
        try skipValue(text, depth: depth + 1)
        if peek(text) == UInt8(ascii: "]") { break }
        try expect(UInt8(ascii: ","), text)
      }
      at += 1
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool(text)
    case UInt8(ascii: "n"): _ = try takeNull(text)
    default:
      guard at < end else { throw flaw(at, "a value must stand here, not the end of the line") }
      try skipNumber(text)
    }
  }

  /// A key that its object had before.
  func duplicate(_ key: JSONText, _ text: Span<UInt8>) -> LineFlaw {
    flaw(key.offset, "the key '\(message(key, text))' stands twice in its object")
  }

  func isSame(_ left: JSONText, _ right: JSONText, _ text: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return withBytes(left, text) { left in
      withBytes(right, text) { right in
        for index in left.indices where left[index] != right[index] { return false }
        return true
      }
    }
  }

  /// Which of two texts sorts first, byte by byte.
  func isLess(_ left: JSONText, _ right: JSONText, _ text: Span<UInt8>) -> Bool {
    withBytes(left, text) { left in
      withBytes(right, text) { right in
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
          return left[index] < right[index]
        }
        return left.count < right.count
      }
    }
  }
}
