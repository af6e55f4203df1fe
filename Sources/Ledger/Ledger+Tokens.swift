public import WorkloadModel

/// Tokens for who asks over HTTP. They stand in a file beside the environments, for they are no history: what was done
/// with one is in the log, with its user's name.
extension Ledger {
  /// The longest time that a token may live: a year.
  public static let maxTokenLifetime: Int64 = 366 * 86_400 * 1_000_000

  /// Gives out a token for a user, and its text, which is not to be had again. Tokens that have expired are forgotten.
  public func issueToken(
    for subject: String, _ role: Role, lifetime microseconds: Int64, now: Timestamp
  ) throws(LedgerError) -> (token: AccessToken, text: String) {
    guard (1...Self.maxTokenLifetime).contains(microseconds) else {
      throw .usage("a token lives for 366 days at most, and longer than no time")
    }
    for name in [subject, role.cluster ?? "c"] {
      if let flaw = TextFlaw.find(in: Array(name.utf8).span, limit: Limits.name) {
        throw .usage("the name '\(name.prefix(40))' \(flaw.explanation)")
      }
    }
    guard subject != "unknown" else { throw .usage("'unknown' stands for nobody, who gets no token") }
    return try changingTokens { tokens in
      tokens.removeAll { $0.expiresAt <= now }
      var random = SystemRandomNumberGenerator()
      var made: (token: AccessToken, text: String)
      repeat {
        made = AccessToken.make(
          for: subject, role, issuedAt: now,
          expiresAt: Timestamp(microseconds: now.microseconds + microseconds), &random)
      } while tokens.contains { $0.id == made.token.id }
      tokens.append(made.token)
      return made
    }
  }

  /// The tokens that were given out, oldest first; some may have expired.
  public func tokens() throws(LedgerError) -> [AccessToken] { try TokenFile.read(tokensPath) }

  /// Ends a token's life at once.
  public func revokeToken(_ id: String) throws(LedgerError) {
    let isThere = try changingTokens { tokens in
      let count = tokens.count
      tokens.removeAll { $0.id == id }
      return tokens.count < count
    }
    guard isThere else { throw .notFound(kind: "token", name: id) }
  }

  /// Ends the lives of all tokens of a user, and forgets the name that stands beside them.
  func revokeTokens(of subject: String) throws(LedgerError) {
    guard try tokens().contains(where: { $0.subject == subject }) else { return }
    try changingTokens { tokens in tokens.removeAll { $0.subject == subject } }
  }

  var tokensPath: String { path + "/" + TokenFile.name }

  /// Changes the file while nobody else does.
  private func changingTokens<R>(_ change: (inout [AccessToken]) -> R) throws(LedgerError) -> R {
    try PrivateFile.locked(path) { () throws(LedgerError) in
      var tokens = try self.tokens()
      let result = change(&tokens)
      try TokenFile.write(tokens, to: self.tokensPath)
      return result
    }
  }
}

/// The file of the tokens: a line that says what it is, then a line for each. Its owner alone may read it.
enum TokenFile {
  static let name = "tokens"
  private static let header = "workledger-tokens 1"

  static func read(_ path: String) throws(LedgerError) -> [AccessToken] {
    guard let bytes = try PrivateFile.read(path) else { return [] }
    return try parse(bytes, path: path)
  }

  /// The file as it is, once it is known to be one; nil where there is none.
  static func bytes(_ path: String) throws(LedgerError) -> [UInt8]? {
    guard let bytes = try PrivateFile.read(path) else { return nil }
    _ = try parse(bytes, path: path)
    return bytes
  }

  /// Reads the bytes of a file; messages call it `path`.
  static func parse(_ bytes: [UInt8], path: String) throws(LedgerError) -> [AccessToken] {
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 1, lines.removeFirst() == header, lines.removeLast().isEmpty else {
      throw .unreadable(path: path, why: "it is no file of tokens, which begins with '\(header)'")
    }
    var tokens: [AccessToken] = []
    for (index, line) in lines.enumerated() {
      guard let token = AccessToken(line: line) else {
        throw .unreadable(path: path, why: "line \(index + 2) is no token")
      }
      tokens.append(token)
    }
    return tokens
  }

  static func write(_ tokens: [AccessToken], to path: String) throws(LedgerError) {
    let lines = [header] + tokens.map(\.line)
    try PrivateFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path)
  }
}
