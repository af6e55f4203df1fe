/// Addresses of this machine that nobody else can reach.
enum LoopbackAddress {
  /// Whether a server may listen there: `127.0.0.0/8` (RFC 1122 section 3.2.1.3), `::1` (RFC 4291 section 2.5.3), or
  /// `localhost` (RFC 6761 section 6.3).
  static func isValid(_ host: String) -> Bool {
    if host == "::1" || host.lowercased() == "localhost" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.first == "127"
      && parts.allSatisfy { $0.utf8.count <= 3 && Query.isDecimal(String($0)) && UInt8($0) != nil }
  }

  /// Whether `Host`, with a port or without, names such an address.
  static func isName(ofHost text: String) -> Bool {
    var name = text[...]
    if let colon = name.lastIndex(of: ":"), Query.isDecimal(String(name[colon...].dropFirst())) {
      name = name[..<colon]
    }
    if name.hasPrefix("["), name.hasSuffix("]") { return name == "[::1]" }
    return name != "::1" && isValid(String(name))
  }
}
