import Crypto
import Evidence
import Ledger

/// What a client names a request by, so that a repeated one is answered with the position of the first
/// (draft-ietf-httpapi-idempotency-key-header-07).
///
/// It becomes the id of the event, so the answer survives a restart of the server. A request that was refused was not
/// carried out, and is judged anew.
struct IdempotencyKey: Hashable, Sendable {
  /// The CloudEvents source of events that have such ids.
  static let source = "/api/v1"
  /// The most characters.
  static let maxLength = 255

  let text: String

  /// Reads the header: visible ASCII, in quotes or without.
  init?(_ text: String) {
    var inner = text[...]
    if inner.utf8.count > 1, inner.hasPrefix("\""), inner.hasSuffix("\"") {
      inner = inner.dropFirst().dropLast()
    }
    guard (1...Self.maxLength).contains(inner.utf8.count),
      inner.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") })
    else { return nil }
    self.text = String(inner)
  }

  /// The event's id: half of SHA-256 over the actor and the key, in hexadecimal digits. So the keys of two actors never
  /// meet, and no name stands where it could not be redacted.
  func eventID(of identity: Identity) -> String {
    var hash = SHA256()
    hash.update(data: Array(identity.actor.utf8))
    hash.update(data: [0])
    hash.update(data: Array(text.utf8))
    return Hexadecimal.encode(hash.finalize().prefix(16))
  }
}
