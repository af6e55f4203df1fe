import Foundation
import HTTPTypes
import JWTKit
import Ledger
import Testing
import WorkloadModel

@testable import LedgerServer

/// A server that asks for tokens, at `TestServer.time(1000)`.
private struct TokenServer {
  static let issuer = "https://id.example"
  static let secret = Array("0123456789abcdef0123456789abcdef".utf8)
  let ledger: Ledger
  let server: TestServer

  init(isSecure: Bool = false, webTokens: WebTokens? = nil) throws {
    server = try TestServer { ledger in
      let verifier = TokenVerifier(book: TokenBook(ledger), webTokens: webTokens) { TestServer.time(1000) }
      return .tokens(verifier, SessionCookie(isSecure: isSecure))
    }
    ledger = server.ledger
  }

  func issue(_ user: String, _ role: Role = .member, days: Int64 = 1) throws -> (AccessToken, String) {
    try ledger.issueToken(for: user, role, lifetime: days * 86_400_000_000, now: TestServer.time(900))
  }

  func get(_ token: String, _ address: String = "/api/v1/projects/vision/workloads") async throws -> Answer {
    try await server.get(address, headers: [.authorization: "Bearer " + token])
  }
}

struct `A token of the ledger` {
  @Test func `speaks for its user until it is revoked`() async throws {
    let test = try TokenServer()
    let (token, text) = try test.issue("alice")
    #expect(try await test.get(text).status == 200)
    #expect(try await test.get(try test.issue("eve").1).status == 404)
    try test.ledger.revokeToken(token.id)
    let answer = try await test.get(text)
    #expect(answer.status == 401)
    #expect(answer["WWW-Authenticate"] == "Bearer error=\"invalid_token\"")
    #expect(throws: LedgerError.self) { try test.ledger.revokeToken(token.id) }
  }

  @Test func `is not kept, only a hash of it`() throws {
    let test = try TokenServer()
    let (token, text) = try test.issue("alice", .agent(cluster: "c 1"))
    let file = try String(contentsOfFile: test.ledger.path + "/tokens", encoding: .utf8)
    #expect(file.contains("alice") && file.contains(token.id))
    #expect(!file.contains(text) && !file.contains(text.suffix(20)))
    let mode = try FileManager.default.attributesOfItem(atPath: test.ledger.path + "/tokens")[
      .posixPermissions]
    #expect(mode as? Int == 0o600)
    #expect(try test.ledger.tokens() == [token])
  }

  @Test func `with any character changed is worth nothing`() async throws {
    let test = try TokenServer()
    let (_, text) = try test.issue("alice")
    var characters = Array(text)
    for index in characters.indices {
      let kept = characters[index]
      characters[index] = kept == "A" ? "B" : "A"
      #expect(try await test.get(String(characters)).status == 401, "at \(index)")
      characters[index] = kept
    }
    for other in [text + "A", String(text.dropLast()), "wlt_", "wlt_00000000_", "", "x", text + " " + text] {
      #expect(try await test.get(other).status == 401)
    }
  }

  @Test func `ends with its time`() async throws {
    let test = try TokenServer()
    func token(seconds: Int64) throws -> String {
      try test.ledger.issueToken(
        for: "alice", .member, lifetime: seconds * 1_000_000, now: TestServer.time(900)
      ).text
    }
    #expect(try await test.get(try token(seconds: 101)).status == 200)
    #expect(try await test.get(try token(seconds: 100)).status == 401)
    for lifetime in [0, -1, Ledger.maxTokenLifetime + 1] {
      #expect(throws: LedgerError.self) {
        try test.ledger.issueToken(for: "alice", .member, lifetime: lifetime, now: TestServer.time(0))
      }
    }
    for name in ["", "unknown", "a\tb", "a\nb", String(repeating: "a", count: 257)] {
      #expect(throws: LedgerError.self) {
        try test.ledger.issueToken(for: name, .member, lifetime: 1, now: TestServer.time(0))
      }
    }
  }

  @Test func `file that is damaged is said, and lets nobody in`() async throws {
    let test = try TokenServer()
    let (_, text) = try test.issue("alice")
    let path = test.ledger.path + "/tokens"
    let file = try String(contentsOfFile: path, encoding: .utf8)
    for bad in ["", "x\n", file.replacing("member", with: "king"), String(file.dropLast(3)), file + "x\n"] {
      try bad.write(toFile: path, atomically: true, encoding: .utf8)
      #expect(try await test.get(text).status == 500)
      #expect(throws: LedgerError.self) { try test.ledger.tokens() }
    }
    try file.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try await test.get(text).status == 200)
  }

  @Test func `is asked for in the way of RFC 6750`() async throws {
    let test = try TokenServer()
    let (_, text) = try test.issue("alice")
    let address = "/api/v1/projects"
    let missing = try await test.server.get(address)
    #expect(missing.status == 401 && missing["WWW-Authenticate"] == "Bearer")
    for (header, status) in [
      ("bearer " + text, 200), ("BEARER " + text, 200), (text, 401), ("Basic " + text, 401), ("Bearer", 401),
    ] {
      #expect(try await test.server.get(address, headers: [.authorization: header]).status == status)
    }
  }

  @Test func `given out at the same time by many is never lost`() async throws {
    let test = try TokenServer()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<20 { group.addTask { _ = try test.issue("user-\(number)") } }
      try await group.waitForAll()
    }
    #expect(try test.ledger.tokens().count == 20)
  }
}

struct `A JSON Web Token` {
  private struct Claims: JWTPayload {
    var iss = TokenServer.issuer
    var sub = "alice"
    var aud: [String] = ["workledger"]
    var exp: Double? = 1_700_001_060
    var nbf: Double?
    var role: String?
    var cluster: String?
    var act: [String: String]?
    func verify(using algorithm: some JWTAlgorithm) {}
  }

  private static func signed(
    _ change: (inout Claims) -> Void = { _ in }, secret: [UInt8] = TokenServer.secret
  ) async throws -> String {
    let keys = JWTKeyCollection()
    await keys.add(hmac: HMACKey(from: Data(secret)), digestAlgorithm: .sha256)
    var claims = Claims()
    change(&claims)
    return try await keys.sign(claims)
  }

  private static func server() async throws -> TokenServer {
    try TokenServer(
      webTokens: try await WebTokens(
        secret: TokenServer.secret, issuer: TokenServer.issuer, audience: "workledger"))
  }

  @Test func `of the issuer speaks for its subject`() async throws {
    let test = try await Self.server()
    #expect(try await test.get(try await Self.signed()).status == 200)
    #expect(try await test.get(try await Self.signed { $0.sub = "eve" }).status == 404)
    #expect(try await test.get(try await Self.signed { $0.role = "auditor" }, "/metrics").status == 200)
    #expect(try await test.get(try await Self.signed { $0.aud = ["x", "workledger"] }).status == 200)
    // One of the ledger's own is as good.
    #expect(try await test.get(try test.issue("alice").1).status == 200)
  }

  @Test func `says who asks on whose behalf`() async throws {
    let test = try await Self.server()
    try test.server.create(1, "bert")
    let token = try await Self.signed { $0.act = ["sub": "portal"] }
    let answer = try await test.server.send(
      .post, "/api/v1/workloads/\(TestServer.id(1))/start", headers: [.authorization: "Bearer " + token])
    #expect(answer.status == 200)
    let event = try test.ledger.event(at: test.ledger.lastPosition())
    #expect(event.actor == "alice" && event.reporter == "portal@workledger-server")
  }

  @Test func `that is late, early, of others or for others is refused`() async throws {
    let test = try await Self.server()
    var bad: [(String, String)] = []
    bad.append(("expired", try await Self.signed { $0.exp = 1_700_000_970 }))
    bad.append(("no end", try await Self.signed { $0.exp = nil }))
    bad.append(("endless", try await Self.signed { $0.exp = 1e300 }))
    bad.append(("early", try await Self.signed { $0.nbf = 1_700_001_031 }))
    bad.append(("issuer", try await Self.signed { $0.iss = "https://evil.example" }))
    bad.append(("audience", try await Self.signed { $0.aud = ["other"] }))
    bad.append(("nobody", try await Self.signed { $0.sub = "unknown" }))
    bad.append(("empty", try await Self.signed { $0.sub = "" }))
    bad.append(("control", try await Self.signed { $0.sub = "a\u{0}" }))
    bad.append(("role", try await Self.signed { $0.role = "king" }))
    bad.append(("agent of nothing", try await Self.signed { $0.role = "agent" }))
    bad.append(("member of a cluster", try await Self.signed { $0.cluster = "c1" }))
    bad.append(("key", try await Self.signed(secret: Array(repeating: 7, count: 32))))
    let good = try await Self.signed().split(separator: ".").map(String.init)
    bad.append(("unsigned", good[0] + "." + good[1] + "."))
    bad.append(("alg none", "eyJhbGciOiJub25lIn0." + good[1] + "."))
    bad.append(("alg none, signed", "eyJhbGciOiJub25lIn0." + good[1] + "." + good[2]))
    bad.append(("parts", good[0] + "." + good[1]))
    bad.append(("long", good[0] + "." + String(repeating: "A", count: 9000) + "." + good[2]))
    for (why, token) in bad {
      let answer = try await test.get(token)
      #expect(answer.status == 401, "\(why): \(answer.body)")
    }
    #expect(try await test.get(try await Self.signed { $0.exp = 1_700_000_971 }).status == 200)
    #expect(try await test.get(try await Self.signed { $0.nbf = 1_700_001_030 }).status == 200)
  }

  @Test func `is checked with the key that it names, and with no other`() async throws {
    let (one, two) = (EdDSA.PrivateKey.self, EdDSA.PrivateKey.self)
    let first = try one.init(curve: .ed25519)
    let second = try two.init(curve: .ed25519)
    func jwk(_ key: EdDSA.PrivateKey, _ kid: String) throws -> String {
      let x = Data(key.publicKey.rawRepresentation).base64EncodedString()
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
      return #"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"\#(kid)","x":"\#(x)"}"#
    }
    let set = #"{"keys":[\#(try jwk(first, "a")),\#(try jwk(second, "b"))]}"#
    let test = try TokenServer(
      webTokens: try await WebTokens(jwks: set, issuer: TokenServer.issuer, audience: "workledger"))
    func token(_ key: EdDSA.PrivateKey, kid: JWKIdentifier?) async throws -> String {
      let keys = JWTKeyCollection()
      await keys.add(eddsa: key, kid: kid)
      return try await keys.sign(Claims(), kid: kid)
    }
    #expect(try await test.get(try await token(first, kid: "a")).status == 200)
    #expect(try await test.get(try await token(second, kid: "b")).status == 200)
    #expect(try await test.get(try await token(first, kid: "b")).status == 401)
    #expect(try await test.get(try await token(first, kid: "c")).status == 401)
    #expect(try await test.get(try await token(first, kid: nil)).status == 401)
    // The public key as if it were a secret: what signs must fit the key.
    let hmac = JWTKeyCollection()
    await hmac.add(hmac: HMACKey(from: Data(set.utf8)), digestAlgorithm: .sha256, kid: "a")
    #expect(try await test.get(try await hmac.sign(Claims(), kid: "a")).status == 401)
    for bad in ["", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"AAAA","kid":"a"}]}"#] {
      await #expect(throws: ConfigurationError.self) {
        try await WebTokens(jwks: bad, issuer: "i", audience: "a")
      }
    }
    await #expect(throws: ConfigurationError.self) {
      try await WebTokens(secret: [1, 2, 3], issuer: "i", audience: "a")
    }
  }
}

struct `Signing in` {
  private static let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]

  private static func cookie(_ answer: Answer) -> String {
    String(answer["Set-Cookie"]?.prefix { $0 != ";" } ?? "")
  }

  @Test(arguments: [false, true]) func `keeps the token in a cookie that only this server gets`(
    _ isSecure: Bool
  ) async throws {
    let test = try TokenServer(isSecure: isSecure)
    let (_, text) = try test.issue("alice")
    let page = "/projects/vision/workloads?name=a%26b"
    let asked = try await test.server.get(page, headers: [.accept: "text/html"])
    #expect(asked.status == 303)
    #expect(asked["Location"] == "/sign-in?next=%2Fprojects%2Fvision%2Fworkloads%3Fname%3Da%2526b")
    let answer = try await test.server.get(
      "/sign-in", method: .post, headers: Self.form,
      body: "token=\(text)&next=%2Fprojects%2Fvision%2Fworkloads%3Fname%3Da%2526b")
    #expect(answer.status == 303)
    #expect(answer["Location"] == page)
    let prefix = isSecure ? "__Host-" : ""
    #expect(
      answer["Set-Cookie"] == "\(prefix)workledger=\(text); Max-Age=86300; Path=/; HttpOnly; SameSite=Strict"
        + (isSecure ? "; Secure" : ""))
    let shown = try await test.server.get(
      page, headers: [.cookie: "a=b; \(Self.cookie(answer)); c=d", .accept: "text/html"])
    #expect(shown.status == 200)
  }

  @Test func `with a bad token sets nothing`() async throws {
    let test = try TokenServer()
    for token in ["x", "", "wlt_00000000_x", "a%0D%0ASet-Cookie:b", "a%3Bb"] {
      let answer = try await test.server.get(
        "/sign-in", method: .post, headers: Self.form, body: "token=" + token)
      #expect(answer.status == 401)
      #expect(answer["Set-Cookie"] == nil)
      #expect(answer.body.contains("role=\"alert\""))
    }
  }

  @Test(arguments: [
    "https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "/a%0Db", "",
  ])
  func `leads nowhere else`(_ next: String) async throws {
    let test = try TokenServer()
    let (_, text) = try test.issue("alice")
    let answer = try await test.server.get(
      "/sign-in", method: .post, headers: Self.form, body: "token=\(text)&next=\(next)")
    #expect(answer["Location"] == "/")
  }

  @Test func `ends with the token, and by signing out with the code of the form`() async throws {
    let test = try TokenServer()
    let (token, text) = try test.issue("alice")
    let cookie: HTTPFields = [.cookie: "workledger=" + text]
    #expect(try await test.server.get("/api/v1/projects", headers: cookie).status == 200)
    // Two of one name: somebody else has put one of them there.
    #expect(
      try await test.server.get("/api/v1/projects", headers: [.cookie: "workledger=\(text); workledger=x"])
        .status == 401)
    var headers = Self.form
    headers[.cookie] = "workledger=" + text
    #expect(
      try await test.server.get("/sign-out", method: .post, headers: headers, body: "csrf=00").status == 403)
    let code = test.server.server.forgeryGuard.code(of: text)
    let out = try await test.server.get("/sign-out", method: .post, headers: headers, body: "csrf=" + code)
    #expect(out.status == 303)
    #expect(out["Set-Cookie"]?.contains("workledger=; Max-Age=0;") == true)
    try test.ledger.revokeToken(token.id)
    #expect(try await test.server.get("/api/v1/projects", headers: cookie).status == 401)
  }

  @Test(
    arguments: [
      ("Sec-Fetch-Site", "cross-site", 403), ("Sec-Fetch-Site", "same-site", 403),
      ("Sec-Fetch-Site", "same-origin", 200), ("Sec-Fetch-Site", "none", 200),
      ("Origin", "https://evil.example", 403), ("Origin", "null", 403), ("Origin", "http://localhost", 200),
      ("Origin", "http://localhost:81", 403), ("Origin", "http://localhost.evil.example", 403),
    ])
  func `lets no page of others act in its name`(_ name: String, _ value: String, _ status: Int) async throws {
    let test = try TokenServer()
    try test.server.create(1, "bert")
    let (_, text) = try test.issue("alice")
    let field = try #require(HTTPField.Name(name))
    let address = "/api/v1/workloads/\(TestServer.id(1))/start"
    let answer = try await test.server.send(
      .post, address, headers: [.cookie: "workledger=" + text, field: value])
    #expect(answer.status == status)
    // A token in the header is not sent by a browser on its own.
    let (other, bearer) = (TestServer.id(1), "Bearer " + text)
    let second = try await test.server.send(
      .post, "/api/v1/workloads/\(other)/fail", headers: [.authorization: bearer, field: value])
    #expect(second.status == 200)
    // Without tokens at all it is the same as with a cookie.
    let open = try TestServer()
    try open.create(1, "bert")
    #expect(try await open.send(.post, address, headers: [field: value]).status == status)
  }
}
