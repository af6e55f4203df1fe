import Crypto
import Evidence
public import WorkloadModel

/// What somebody who asks over HTTP is to the ledger.
public enum Role: Hashable, Sendable {
  /// A user of projects: sees and changes those that they belong to.
  case member
  /// The agent of a cluster: sees what is on it and reports what happens there.
  case agent(cluster: String)
  /// Keeps the ledger going: sees all, reports for any cluster, makes projects.
  case `operator`
  /// Sees all and writes nothing.
  case auditor

  /// The words of all roles.
  public static let words = ["member", "agent", "operator", "auditor"]

  /// The word in tokens and on the command line.
  public var word: String {
    switch self {
    case .member: "member"
    case .agent: "agent"
    case .operator: "operator"
    case .auditor: "auditor"
    }
  }

  /// The cluster of an agent.
  public var cluster: String? {
    if case .agent(let cluster) = self { cluster } else { nil }
  }

  /// The role of a word; nil where there is none such. An agent needs its cluster, and no other role has one.
  public init?(word: String, cluster: String?) {
    switch (word, cluster) {
    case ("member", nil): self = .member
    case ("agent", let cluster?): self = .agent(cluster: cluster)
    case ("operator", nil): self = .operator
    case ("auditor", nil): self = .auditor
    default: return nil
    }
  }
}

/// A bearer token that the ledger gave out: everything but the token itself, of which only a hash is kept.
///
/// The text is `wlt_`, eight hexadecimal digits that name it, `_` and 256 random bits in base64url. So much chance needs
/// no slow hash: SHA-256 of the whole text is kept, and compared in constant time.
public struct AccessToken: Hashable, Sendable {
  /// Names it, in lists and to revoke it: eight hexadecimal digits.
  public var id: String
  /// The user that it speaks for.
  public var subject: String
  /// What that user is to the ledger.
  public var role: Role
  /// When it was given out.
  public var issuedAt: Timestamp
  /// From when on it is worth nothing.
  public var expiresAt: Timestamp
  /// SHA-256 of the text, in hexadecimal digits.
  let hash: String

  private static let prefix = "wlt_"
  private static let idLength = 8

  /// A new token and its text, which is not to be had again.
  static func make(
    for subject: String, _ role: Role, issuedAt: Timestamp, expiresAt: Timestamp,
    _ random: inout some RandomNumberGenerator
  ) -> (token: AccessToken, text: String) {
    let id = Hexadecimal.encode((0..<4).map { _ in UInt8.random(in: 0...255, using: &random) })
    let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    let text = "\(prefix)\(id)_\(Base64URL.encode(secret))"
    let token = AccessToken(
      id: id, subject: subject, role: role, issuedAt: issuedAt, expiresAt: expiresAt, hash: hash(of: text))
    return (token, text)
  }

  /// The id that a text names; nil where it is no token of a ledger.
  package static func id(in text: String) -> String? {
    let rest = text.utf8.dropFirst(prefix.utf8.count)
    guard text.hasPrefix(prefix), rest.count > idLength,
      rest.dropFirst(idLength).first == UInt8(ascii: "_")
    else { return nil }
    return String(decoding: rest.prefix(idLength), as: UTF8.self)
  }

  /// Whether a text is this token's. How long it takes says nothing about where they differ.
  func isText(_ text: String) -> Bool {
    isSameSecret(hash, Self.hash(of: text))
  }

  private static func hash(of text: String) -> String {
    Hexadecimal.encode(SHA256.hash(data: Array(text.utf8)))
  }

  // MARK: The line of the file

  /// The fields, with tabs between them; a name has no control characters.
  var line: String {
    [
      id, hash, subject, role.word, role.cluster ?? "", issuedAt.rfc3339, expiresAt.rfc3339,
    ].joined(separator: "\t")
  }

  /// Reads a line; nil where it is none.
  init?(line: Substring) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 7, fields[0].utf8.count == Self.idLength, fields[1].utf8.count == 64,
      !fields[2].isEmpty, let role = Role(word: fields[3], cluster: fields[4].isEmpty ? nil : fields[4]),
      let issuedAt = Timestamp(rfc3339: fields[5]), let expiresAt = Timestamp(rfc3339: fields[6])
    else { return nil }
    self.init(
      id: fields[0], subject: fields[2], role: role, issuedAt: issuedAt, expiresAt: expiresAt,
      hash: fields[1])
  }

  private init(
    id: String, subject: String, role: Role, issuedAt: Timestamp, expiresAt: Timestamp, hash: String
  ) {
    (self.id, self.subject, self.role) = (id, subject, role)
    (self.issuedAt, self.expiresAt, self.hash) = (issuedAt, expiresAt, hash)
  }
}

/// Whether two texts are the same. How long it takes says nothing about where they differ.
package func isSameSecret(_ left: String, _ right: String) -> Bool {
  left.utf8.count == right.utf8.count
    && zip(left.utf8, right.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
