/// Standard base64 with padding (RFC 4648, section 4), as every C2SP format writes its bytes.
///
/// Strict: one text for the same bytes. Line ends, missing padding and bits left over are refused, so that what
/// was parsed prints as it was.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()
  private static let padding = UInt8(ascii: "=")

  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group = 0
      for offset in 0..<3 { group = group << 8 | (offset < count ? Int(bytes[start + offset]) : 0) }
      for digit in 0..<4 {
        text.append(digit <= count ? alphabet[group >> (18 - 6 * digit) & 63] : padding)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil where the text is not what `encode` would write.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var group = 0
    var digits = 0
    var pads = 0
    for letter in text {
      if letter == padding {
        pads += 1
        group <<= 6
      } else {
        let value = values[Int(letter)]
        guard value != 0xFF, pads == 0 else { return nil }
        group = group << 6 | Int(value)
      }
      digits += 1
      if digits % 4 == 0 {
        guard pads <= 2, group & (1 << (8 * pads) - 1) == 0 else { return nil }
        for shift in [16, 8, 0].prefix(3 - pads) { bytes.append(UInt8(group >> shift & 0xFF)) }
        group = 0
      }
    }
    return bytes
  }
}

/// Base64 without padding, of letters that stand in addresses and file names as they are (RFC 4648, section 5). As
/// strict as the other.
package enum Base64URL {
  package static func encode(_ bytes: [UInt8]) -> String {
    let letters = Base64.encode(bytes).utf8.compactMap { letter -> UInt8? in
      switch letter {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      case UInt8(ascii: "="): nil
      default: letter
      }
    }
    return String(decoding: letters, as: UTF8.self)
  }

  /// Nil where the text is not what `encode` would write.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var letters: [UInt8] = []
    letters.reserveCapacity(text.count + 3)
    for letter in text {
      switch letter {
      case UInt8(ascii: "-"): letters.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): letters.append(UInt8(ascii: "/"))
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
      default: letters.append(letter)
      }
    }
    while letters.count % 4 != 0 { letters.append(UInt8(ascii: "=")) }
    return Base64.decode(letters)
  }
}

/// Bytes as hexadecimal digits, written in lower case.
package enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  package static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.underestimatedCount)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil where the count is odd or something is no digit; both cases are read.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    var high: UInt8?
    for letter in text {
      guard let value = value(of: letter) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  private static func value(of letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): letter - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): letter - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
