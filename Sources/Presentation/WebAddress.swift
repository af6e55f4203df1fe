/// Addresses that a browser may be given: whoever created the workload wrote them.
package enum WebAddress {
  /// Whether a text is an http or https address without blanks, control characters, quotes and `<`, so that it can't
  /// be a script (`javascript:`) or end an attribute.
  package static func isValid(_ text: String) -> Bool {
    let lowered = text.prefix(8).lowercased()
    guard lowered.hasPrefix("http://") || lowered.hasPrefix("https://") else { return false }
    return text.utf8.allSatisfy {
      $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<")
    }
  }
}
