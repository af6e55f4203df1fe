import HTTPTypes
import Ledger
import WorkloadModel

@testable import LedgerServer

/// A server whose users all have tokens: alice is a member of the project `vision`, eve of none.
struct RoleServer {
  static let roles: [String: Role] = [
    "alice": .member, "eve": .member, "agent1": .agent(cluster: "c1"), "agent2": .agent(cluster: "c2"),
    "operator": .operator, "auditor": .auditor,
  ]
  let server: TestServer
  let ledger: Ledger
  private var tokens: [String: String] = [:]

  /// With one workload of the project `vision` on the cluster c1, and no room for streams, which would not end.
  init() throws {
    server = try TestServer(maxStreams: 0) { ledger in
      .tokens(
        TokenVerifier(book: TokenBook(ledger), webTokens: nil) { TestServer.time(1000) },
        SessionCookie(isSecure: false))
    }
    ledger = server.ledger
    try server.create(1, "bert")
    _ = try ledger.checkpoint()
    for (name, role) in Self.roles {
      tokens[name] =
        try ledger.issueToken(for: name, role, lifetime: 1_000_000_000, now: TestServer.time(900)).text
    }
  }

  /// What a program gets, with the token in the header.
  func get(
    _ address: String, as name: String, method: HTTPRequest.Method = .get, headers: HTTPFields = [:],
    body: String = ""
  ) async throws -> Answer {
    var headers = headers
    if let token = tokens[name] { headers[.authorization] = "Bearer " + token }
    return try await server.get(address, method: method, headers: headers, body: body)
  }

  /// What a browser gets, with the cookie of who signed in.
  func page(_ address: String, as name: String) async throws -> Answer {
    try await server.get(address, headers: [.cookie: cookie(name), .accept: "text/html"])
  }

  /// What a browser gets that sends a form of a page.
  func form(_ address: String, _ body: String = "", as name: String) async throws -> Answer {
    let code = server.server.forgeryGuard.code(of: tokens[name] ?? "")
    return try await server.form(address, "csrf=\(code)&\(body)", cookie: cookie(name))
  }

  func cookie(_ name: String) -> String { "workledger=" + (tokens[name] ?? "") }
}

extension TestServer {
  /// The answer to a form, as it stands; without a cookie with the code that forms have without tokens.
  func form(_ address: String, _ body: String, cookie: String? = nil) async throws -> Answer {
    var headers: HTTPFields = [
      .contentType: "application/x-www-form-urlencoded", .accept: "text/html",
    ]
    headers[.cookie] = cookie
    let code = cookie == nil ? "csrf=\(server.forgeryGuard.code(of: "development"))&" : ""
    return try await get(address, method: .post, headers: headers, body: code + body)
  }
}
