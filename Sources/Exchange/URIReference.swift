/// Tells which texts are URI references: RFC 3986, section 4.1.
package enum URIReference {
  /// Whether a text is one, as a CloudEvents source must be.
  package static func isValid(_ text: String) -> Bool {
    var rest = Substring(text)
    let fragment = cut(&rest, "#")
    let query = cut(&rest, "?")
    guard areValid(fragment, "/?:@"), areValid(query, "/?:@") else { return false }
    let first = rest.prefix { $0 != "/" }
    if let colon = first.firstIndex(of: ":") {
      guard isScheme(first[..<colon]) else { return false }
      rest = rest[colon...].dropFirst()
    }
    if rest.hasPrefix("//") {
      let authority = rest.dropFirst(2).prefix { $0 != "/" }
      guard isAuthority(authority) else { return false }
      rest = rest[authority.endIndex...]
    }
    return areValid(rest, "/:@")
  }

  /// Whether it is a URI that a browser goes to.
  package static func isWebAddress(_ text: String) -> Bool {
    let start = text.prefix(8).lowercased()
    return (start.hasPrefix("http://") || start.hasPrefix("https://")) && isValid(text)
  }

  /// Takes what stands behind a mark off the end.
  private static func cut(_ text: inout Substring, _ mark: Character) -> Substring {
    guard let place = text.firstIndex(of: mark) else { return "" }
    defer { text = text[..<place] }
    return text[place...].dropFirst()
  }

  private static func isScheme(_ text: Substring) -> Bool {
    text.first.map { $0.isASCII && $0.isLetter } == true
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
  }

  /// `user@host:port`; an address of IPv6 stands in brackets.
  private static func isAuthority(_ text: Substring) -> Bool {
    let user = text.lastIndex(of: "@").map { text[..<$0] }
    let place = user.map { text[$0.endIndex...].dropFirst() } ?? text
    guard areValid(user ?? "", ":") else { return false }
    var host = place
    if let colon = place.lastIndex(of: ":"),
      place[colon...].dropFirst().allSatisfy({ "0123456789".contains($0) })
    {
      host = place[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      return host.count > 2
        && host.dropFirst().dropLast().allSatisfy { "0123456789abcdefABCDEF:.".contains($0) }
    }
    return areValid(host, "")
  }

  /// Whether all characters are unreserved, delimiters within a part, percent-encoded, or among `more`.
  private static func areValid(_ text: Substring, _ more: String) -> Bool {
    let allowed = "-._~!$&'()*+,;=" + more
    var digits = 0
    for character in text {
      guard character.isASCII else { return false }
      if digits > 0 {
        guard character.isHexDigit else { return false }
        digits -= 1
      } else if character == "%" {
        digits = 2
      } else {
        guard character.isLetter || character.isNumber || allowed.contains(character) else { return false }
      }
    }
    return digits == 0
  }
}
