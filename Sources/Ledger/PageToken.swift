import WorkloadModel

/// The token of a page: opaque, and bound to the filters that it was made for.
///
/// Base64url (RFC 4648 section 5) of: u8 version, u32 ordinal of the last row, u64 FNV-1a of the filters.
enum PageToken {
  private static let version: UInt8 = 1
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func text(_ ordinal: UInt32, for query: WorkloadQuery) -> String {
    var bytes: [UInt8] = [version]
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: ordinal >> UInt32(shift)))
    }
    let hash = Self.hash(query)
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: hash >> UInt64(shift)))
    }
    var text: [UInt8] = []
    var buffer = 0
    var bits = 0
    for byte in bytes {
      buffer = buffer << 8 | Int(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        text.append(alphabet[buffer >> bits & 63])
      }
    }
    if bits > 0 { text.append(alphabet[buffer << (6 - bits) & 63]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// The ordinal below which the next page begins; refused where the token is not one, or another query's.
  static func bound(of token: String, for query: WorkloadQuery) throws(LedgerError) -> UInt32 {
    let malformed = LedgerError.usage(
      "'\(token.prefix(40))' is not a page token: take the one that the page before gave")
    var bytes: [UInt8] = []
    var buffer = 0
    var bits = 0
    for character in token.utf8 {
      guard let value = alphabet.firstIndex(of: character), bytes.count < 32 else { throw malformed }
      buffer = (buffer << 6 | value) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
      }
    }
    guard bytes.count == 13, bytes[0] == version else { throw malformed }
    let ordinal = bytes[1..<5].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let hash = bytes[5..<13].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard hash == Self.hash(query), text(ordinal, for: query) == token else {
      throw .usage("the page token belongs to other filters: repeat them all, or begin again without it")
    }
    return ordinal
  }

  /// Of everything that decides which rows there are and in which order; not of the page's size.
  private static func hash(_ query: WorkloadQuery) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ text: String?) {
      for byte in (text ?? "\u{1}").utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01B3
    }
    add(query.project)
    add(query.name)
    add(query.types.map(\.rawValue).sorted().map(String.init).joined(separator: ","))
    add(query.statuses.map(\.rawValue).sorted().map(String.init).joined(separator: ","))
    add(query.owner)
    add(query.cluster)
    add(query.includesDeleted ? "all" : "")
    return hash
  }
}
