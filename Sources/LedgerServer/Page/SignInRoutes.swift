import HTTPTypes
import Hummingbird
import Ledger
import Logging
import WorkloadModel

/// Signing in to the page with a token, and out.
struct SignInRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/sign-in", .open, use: ask)
    routes.post("/sign-in", .open, use: signIn)
    routes.post("/sign-out", .open, use: signOut)
  }

  /// Where whoever is not signed in is sent, to come back from there.
  static func address(next: String) -> String { "/sign-in?next=" + PercentCoding.encode(next) }

  @Sendable private func ask(_ request: Request, _ context: ServerContext) async throws -> Response {
    var parameters = try Query(request.uri.query, dropsEmpty: true)
    let next = Self.local(try parameters.one("next"))
    try parameters.finish()
    return Self.page(next: next, problem: nil)
  }

  @Sendable private func signIn(_ request: Request, _ context: ServerContext) async throws -> Response {
    var form = try await Form.read(request)
    let token = try form.one("token") ?? ""
    let next = Self.local(try form.one("next"))
    try form.finish()
    guard case .tokens(let verifier, let cookie) = server.authenticator else {
      return Response(status: .seeOther, headers: [.location: next])
    }
    let expiresAt: Int64
    do {
      guard SessionCookie.canHold(token) else {
        throw TokenVerifier.refusal("it has other characters than tokens have")
      }
      expiresAt = try await verifier.identity(of: token).expiresAt.microseconds
    } catch let problem as Problem where problem.kind == .unauthenticated {
      server.logger.notice(
        "a token was refused at signing in", metadata: ["requestId": "\(context.requestID)"])
      return Self.page(next: next, problem: problem.detail)
    }
    var answer = Response(status: .seeOther, headers: [.location: next])
    let seconds = (expiresAt - server.now().microseconds) / 1_000_000
    answer.headers.append(cookie.field(token, seconds: seconds))
    return answer
  }

  @Sendable private func signOut(_ request: Request, _ context: ServerContext) async throws -> Response {
    var form = try await Form.read(request)
    try server.forgeryGuard.check(try form.one("csrf"), context.ambient)
    try form.finish()
    var answer = Response(status: .seeOther, headers: [.location: "/sign-in"])
    if case .tokens(_, let cookie) = server.authenticator {
      answer.headers.append(cookie.field("", seconds: 0))
    }
    return answer
  }

  private static func page(next: String, problem: String?) -> Response {
    var values: PageValues = ["title": "Sign in", "next": next]
    values["problem"] = problem
    return PageRenderer.page("signIn", values, status: problem == nil ? .ok : .unauthorized)
  }

  /// An address of this server; the start where it is none, so that signing in leads nowhere else.
  private static func local(_ address: String?) -> String {
    guard let address, address.hasPrefix("/"), !address.hasPrefix("//"),
      address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
    else { return "/" }
    return address
  }
}
