import FoundationEssentials
import JWTKit
import Ledger
import WorkloadModel

/// JSON Web Tokens (RFC 7519) of one issuer, for this server as their audience, as RFC 8725 advises.
struct WebTokens: Sendable {
  let issuer: String
  let audience: String
  private let keys: JWTKeyCollection
  /// Clocks of different machines may differ by so much.
  static let leeway: Int64 = 30 * 1_000_000

  /// Tokens signed with a key of a set (RFC 7517): EC, OKP or RSA, each with a `kid`.
  init(jwks json: String, issuer: String, audience: String) async throws(ConfigurationError) {
    keys = JWTKeyCollection()
    (self.issuer, self.audience) = (issuer, audience)
    do {
      let set = try JSONDecoder().decode(JWKS.self, from: Data(json.utf8))
      guard !set.keys.isEmpty else { throw ConfigurationError("it has no key") }
      try await keys.add(jwks: set)
      // A token without the id of a key, or with an unknown one, fits none.
      await keys.clearDefault()
    } catch let error as ConfigurationError {
      throw error
    } catch { throw ConfigurationError("it is no set of JSON Web Keys (RFC 7517) with 'kid's: \(error)") }
  }

  /// Tokens signed with HMAC-SHA-256 and a secret that this server shares with the issuer (RFC 7518 section 3.2).
  init(secret: [UInt8], issuer: String, audience: String) async throws(ConfigurationError) {
    guard secret.count >= 32 else {
      throw ConfigurationError("a secret has 32 bytes or more, not \(secret.count)")
    }
    keys = JWTKeyCollection()
    (self.issuer, self.audience) = (issuer, audience)
    await keys.add(hmac: HMACKey(from: Data(secret)), digestAlgorithm: .sha256)
  }

  /// Whom a token speaks for, and until when.
  func identity(of token: String, now: Timestamp) async throws -> (identity: Identity, expiresAt: Timestamp) {
    let claims: Claims
    do { claims = try await keys.verify(token, as: Claims.self) } catch {
      throw TokenVerifier.refusal("no key that is trusted has signed it, or it can't be read")
    }
    guard claims.iss == issuer else { throw TokenVerifier.refusal("it is not of the issuer \(issuer)") }
    guard claims.aud.value.contains(audience) else {
      throw TokenVerifier.refusal("it is not for the audience \(audience)")
    }
    guard let expiresAt = Self.time(claims.exp), now.microseconds < expiresAt.microseconds + Self.leeway
    else {
      throw TokenVerifier.refusal("it has expired")
    }
    if let seconds = claims.nbf {
      guard let start = Self.time(seconds), start.microseconds <= now.microseconds + Self.leeway else {
        throw TokenVerifier.refusal("it does not hold yet")
      }
    }
    guard let role = Role(word: claims.role ?? "member", cluster: claims.cluster) else {
      throw TokenVerifier.refusal(
        "its 'role' is one of \(Role.words.joined(separator: ", ")), and an agent alone has a 'cluster'")
    }
    for name in [claims.sub, claims.act?.sub, claims.cluster] {
      guard let name else { continue }
      if let flaw = TextFlaw.find(in: Array(name.utf8).span, limit: Limits.name) {
        throw TokenVerifier.refusal("a name in it \(flaw.explanation)")
      }
    }
    guard claims.sub != "unknown" else { throw TokenVerifier.refusal("'unknown' is nobody's name") }
    return (Identity(actor: claims.sub, delegate: claims.act?.sub, role: role), expiresAt)
  }

  /// Seconds since 1970, which may have a fraction (RFC 7519 section 2, NumericDate).
  private static func time(_ seconds: Double) -> Timestamp? {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return nil }
    return Timestamp(microseconds: Int64(seconds * 1_000_000))
  }
}

/// What the server reads of a token. What it does not know it leaves alone.
private struct Claims: JWTPayload {
  var iss: String
  var sub: String
  var aud: AudienceClaim
  var exp: Double
  var nbf: Double?
  var act: Actor?
  var role: String?
  var cluster: String?

  struct Actor: Codable { var sub: String }

  /// The times and names are judged with the clock and the words of this server.
  func verify(using algorithm: some JWTAlgorithm) {}
}

/// Why the server can't start as it was told to.
struct ConfigurationError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
