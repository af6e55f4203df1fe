import HTTPTypes
import Hummingbird
import Ledger

/// Who asks, and how that is known.
struct Authentication: Hashable, Sendable {
  var identity: Identity
  /// What a browser sends by itself, a cookie or nothing at all, so that a page of somebody else could have it sent too;
  /// nil where the client put a token into the header of this request.
  var ambient: String?

  static let nobody = Authentication(identity: .nobody, ambient: nil)
}

/// Finds out who asks.
enum Authenticator: Sendable {
  /// Everybody on this machine is one and the same operator: for development alone.
  case development(actor: String)
  /// Who brings a token is who it names: in `Authorization` (RFC 6750 section 2.1), or in the cookie that signing in
  /// sets.
  case tokens(TokenVerifier, SessionCookie)

  /// Nobody where the request brings nothing that says who asks. A bearer token that does not hold is a problem.
  func authenticate(_ request: Request) async throws -> Authentication {
    switch self {
    case .development(let actor):
      return Authentication(identity: Identity(actor: actor, role: .operator), ambient: "development")
    case .tokens(let verifier, let cookie):
      if let header = request.headers[.authorization] {
        return Authentication(identity: try await verifier.identity(of: try Self.bearer(header)).identity)
      }
      guard let token = cookie.token(in: request.headers) else { return .nobody }
      do {
        return Authentication(identity: try await verifier.identity(of: token).identity, ambient: token)
      } catch let problem as Problem where problem.kind == .unauthenticated {
        // A session that has ended is as good as none: the page asks to sign in.
        return .nobody
      }
    }
  }

  private static func bearer(_ header: String) throws(Problem) -> String {
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw Problem(.unauthenticated, "'Authorization' must be 'Bearer' and a token")
    }
    return String(parts[1])
  }
}
