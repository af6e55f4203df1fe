/// Addresses of this machine that nobody else can reach.
enum LoopbackAddress {
  /// Whether a server may listen there: `127.0.0.0/8` (RFC 1122 section 3.2.1.3), `::1` (RFC 4291 section 2.5.3), or
  /// `localhost` (RFC 6761 section 6.3).
  static func isValid(_ host: String) -> Bool {
    let parts = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return host == "::1" || host.lowercased() == "localhost" }
    return parts[0].elementsEqual("127".utf8)
      && parts.allSatisfy { $0.count <= 3 && isDecimal($0) && UInt8(Substring($0)) != nil }
  }

  /// Whether `Host`, with a port or without, names such an address.
  static func isName(ofHost text: String) -> Bool {
    var name = text.utf8[...]
    if let colon = name.lastIndex(of: UInt8(ascii: ":")), isDecimal(name[colon...].dropFirst()) {
      name = name[..<colon]
    }
    // The port is behind brackets, or there would be no telling where it begins.
    if name.elementsEqual("[::1]".utf8) { return true }
    return !name.contains(UInt8(ascii: ":")) && isValid(String(Substring(name)))
  }
  private static func isDecimal(_ text: Substring.UTF8View) -> Bool {
    !text.isEmpty && text.allSatisfy { (48...57).contains($0) }
  }
}
