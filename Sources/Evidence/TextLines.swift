/// Text in lines that end with U+000A, as all formats here are.
enum TextLines {
  static let newline = UInt8(ascii: "\n")

  /// The lines without their ends; the last must have one, too. The text begins at line `first` of its file.
  static func split(
    _ text: ArraySlice<UInt8>, _ format: String, first: Int = 1
  ) throws(FormatError) -> [ArraySlice<UInt8>] {
    var lines = text.split(separator: newline, omittingEmptySubsequences: false)
    guard lines.popLast()?.isEmpty == true else {
      throw FormatError(format, line: first + lines.count, "the last line must end with a line feed")
    }
    return lines
  }

  /// A number in decimal without leading zeros, below 2^64.
  static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard let first = digits.first, digits.count <= 20 else { return nil }
    guard first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
    var value: UInt64 = 0
    for letter in digits {
      let digit = letter &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, more) = product.addingReportingOverflow(UInt64(digit))
      guard !overflow && !more else { return nil }
      value = sum
    }
    return value
  }

  /// What stands in a line, for messages: bounded, and what is not UTF-8 replaced.
  static func shown(_ line: ArraySlice<UInt8>) -> String {
    let text = String(decoding: line.prefix(80), as: UTF8.self)
    return line.count > 80 ? "'\(text)…'" : "'\(text)'"
  }
}

extension ArraySlice<UInt8> {
  /// What follows a word and one space; nil where the line does not begin so.
  func after(_ word: StaticString) -> ArraySlice<UInt8>? {
    word.withUTF8Buffer { word in
      guard starts(with: word), dropFirst(word.count).first == UInt8(ascii: " ") else { return nil }
      return dropFirst(word.count + 1)
    }
  }
}
