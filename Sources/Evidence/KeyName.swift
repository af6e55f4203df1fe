/// The name of a key, and of the log or witness whose key it is: not empty, no white space, no `+`
/// (C2SP signed-note). Best an address without a scheme: `example.com/ledger`.
///
/// Compared byte by byte: two texts that merely look the same are two names.
package struct KeyName: Sendable {
  package let text: String

  /// Longer names are refused, as no line of a note should be.
  package static let limit = 255

  /// Nil where it is no name of a key.
  package init?(_ text: String) {
    let isFine = text.unicodeScalars.allSatisfy {
      $0 != "+" && !$0.properties.isWhitespace && $0.value >= 0x20
    }
    guard !text.isEmpty, text.utf8.count <= Self.limit, isFine else { return nil }
    self.text = text
  }

  /// What a name is, for messages.
  package static let rule = "1 to \(limit) bytes without white space and '+', such as example.com/ledger"
}

extension KeyName: Hashable {
  package static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  package func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    hasher.combine(0xFF as UInt8)
  }
}

extension KeyName: CustomStringConvertible {
  package var description: String { text }
}
