import ArgumentParser
import Ledger
import WorkloadModel

/// How the server finds out who asks.
struct IdentityOptions: ParsableArguments {
  @Flag(help: "Serve without tokens, to this machine alone; everybody is the user of --as.")
  var development = false
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Who acts with --development (else the login name).", valueName: "user"))
  var user: String?
  @Option(
    help: ArgumentHelp("Trust JSON Web Tokens signed with a key of this set (RFC 7517).", valueName: "file"),
    completion: .file())
  var jwks: String?
  @Option(
    name: .customLong("jwt-secret"),
    help: ArgumentHelp(
      "Trust JSON Web Tokens signed with the secret in this file, 32 bytes or more (HS256).",
      valueName: "file"),
    completion: .file())
  var secret: String?
  @Option(help: ArgumentHelp("The 'iss' that JSON Web Tokens must have.", valueName: "issuer"))
  var issuer: String?
  @Option(help: ArgumentHelp("The 'aud' that they must have.", valueName: "audience"))
  var audience = "workledger"

  func validate() throws {
    if let user, let flaw = TextFlaw.find(in: Array(user.utf8).span, limit: Limits.name) {
      throw ValidationError("--as names a user, but the text \(flaw.explanation)")
    }
    guard development else {
      if user != nil { throw ValidationError("--as goes with --development; else tokens say who acts") }
      if jwks != nil, secret != nil {
        throw ValidationError("--jwks and --jwt-secret are two things; leave one out")
      }
      if jwks != nil || secret != nil, issuer == nil {
        throw ValidationError("name with --issuer whose JSON Web Tokens are trusted")
      }
      if jwks == nil, secret == nil, issuer != nil {
        throw ValidationError("--issuer goes with --jwks or --jwt-secret")
      }
      return
    }
    if jwks != nil || secret != nil || issuer != nil {
      throw ValidationError("--development asks for no tokens; leave --jwks, --jwt-secret and --issuer out")
    }
  }

  /// The authenticator; reads the files of keys.
  func authenticator(of ledger: Ledger, isSecure: Bool) async throws -> Authenticator {
    if development { return .development(actor: user ?? System.login) }
    let verifier = TokenVerifier(
      book: TokenBook(ledger), webTokens: try await webTokens(), now: { System.now })
    return .tokens(verifier, SessionCookie(isSecure: isSecure))
  }

  private func webTokens() async throws -> WebTokens? {
    guard let path = jwks ?? secret, let issuer else { return nil }
    do {
      var bytes = try System.readFile(path, limit: 1 << 20)
      if jwks != nil {
        return try await WebTokens(
          jwks: String(decoding: bytes, as: UTF8.self), issuer: issuer, audience: audience)
      }
      // Editors and 'echo' end a file with a line feed, which is no part of the secret.
      if bytes.last == 0x0A { bytes.removeLast() }
      return try await WebTokens(secret: bytes, issuer: issuer, audience: audience)
    } catch {
      throw ConfigurationError("\(path): \(error)")
    }
  }
}
