import Ledger
import WorkloadModel

/// Tells who a token speaks for: one that the ledger gave out, or a JSON Web Token of an issuer that is trusted.
struct TokenVerifier: Sendable {
  /// The longest token that is looked at, in bytes.
  static let maxLength = 8192

  let book: TokenBook
  let webTokens: WebTokens?
  let now: @Sendable () -> Timestamp

  /// Whom a token speaks for, and until when. All that is wrong with it is one problem, with a word about what.
  func identity(of token: String) async throws -> (identity: Identity, expiresAt: Timestamp) {
    guard token.utf8.count <= Self.maxLength else { throw Self.refusal("it is too long") }
    let now = now()
    if AccessToken.id(in: token) != nil {
      guard let known = try book.token(token, now: now) else {
        throw Self.refusal("it was not given out here, was revoked, or has expired")
      }
      return (Identity(actor: known.subject, role: known.role), known.expiresAt)
    }
    guard let webTokens else { throw Self.refusal("it was not given out by this ledger") }
    return try await webTokens.identity(of: token, now: now)
  }

  static func refusal(_ why: String) -> Problem {
    Problem(.unauthenticated, "the token does not hold: \(why)", isBadToken: true)
  }
}
