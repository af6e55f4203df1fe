import Hummingbird

/// Finds out who asks.
protocol Authenticator: Sendable {
  /// The identity of a request; nobody where it brings nothing that says so. What it brings and does not hold is a
  /// problem.
  func identity(of request: Request) async throws(Problem) -> Identity
}

/// Everybody on this machine is one and the same operator: for development alone.
struct DevelopmentAuthenticator: Authenticator {
  let actor: String

  func identity(of request: Request) async throws(Problem) -> Identity {
    Identity(actor: actor, role: .operator)
  }
}
