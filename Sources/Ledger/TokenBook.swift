import Synchronization
public import WorkloadModel

/// The tokens of a ledger in memory, for a server that looks one up with every request. A change of the file counts with
/// the next request.
public final class TokenBook: Sendable {
  private struct Content {
    var edition: PrivateFile.Edition?
    var tokens: [String: AccessToken] = [:]
  }

  private let path: String
  private let content = Mutex(Content())

  /// The book of a ledger.
  public init(_ ledger: Ledger) { path = ledger.tokensPath }

  /// The token of a text; nil where it was never given out, was revoked, or has expired.
  public func token(_ text: String, now: Timestamp) throws(LedgerError) -> AccessToken? {
    guard let id = AccessToken.id(in: text) else { return nil }
    guard let token = try tokens()[id], token.isText(text), now < token.expiresAt else { return nil }
    return token
  }

  private func tokens() throws(LedgerError) -> [String: AccessToken] {
    let edition = PrivateFile.edition(of: path)
    let known = content.withLock { $0.edition == edition ? $0.tokens : nil }
    if let known { return known }
    let tokens = Dictionary(try TokenFile.read(path).map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    content.withLock { $0 = Content(edition: edition, tokens: tokens) }
    return tokens
  }
}
