import HTTPTypes
import Hummingbird
import Ledger
import Testing
import WorkloadModel

@testable import LedgerServer

/// Everybody has one role.
struct OneRole: Authenticator {
  var actor = "alice"
  var role: Role

  func identity(of request: Request) async throws(Problem) -> Identity { Identity(actor: actor, role: role) }
}

struct `Deleting on the page` {
  private static let list = "/projects/vision/workloads"
  private static let ask = "/workloads/\(TestServer.id(1))/delete"

  private static func server(_ authenticator: OneRole = OneRole(role: .operator)) throws -> TestServer {
    let server = try TestServer(authenticator: authenticator)
    try server.create(1, "bert")
    try server.append(.started, TestServer.id(1), at: 10)
    return server
  }

  @Test func `is asked for with the reason, and leads back to where it came from`() async throws {
    let server = try Self.server()
    let listed = try await server.get(Self.list + "?name=be&status=Running")
    let link = try #require(listed.link("Delete…"))
    #expect(link == Self.ask + "?back=name%3Dbe%26status%3DRunning")
    let page = try await server.get(link)
    #expect(page.status == 200)
    #expect(page.body.contains("Delete <bdi>bert</bdi>?"))
    #expect(page.body.contains("and may run until it is deleted"))
    #expect(page.link("Cancel") == Self.list + "?name=be&status=Running")
    #expect(page.body.contains("<form method=\"post\" action=\"\(Self.ask)\">"))
    let back = "name%3Dbe%26status%3DRunning"
    let done = try await server.form(Self.ask, "back=\(back)&reason=wrong+dataset%21")
    #expect(done.status == 303)
    #expect(done["Location"] == Self.list + "?name=be&status=Running&queued=\(TestServer.id(1))")
    let workload = try server.ledger.details(TestServer.id(1), now: TestServer.time(1000))
    #expect(workload.workload.status == .deleteRequested)
    #expect(workload.timeline.last?.reason == "wrong dataset!")
    #expect(workload.timeline.last?.actor == "alice")
    let notice = try await server.get(try #require(done["Location"]))
    #expect(
      notice.body.contains("<p class=\"notice\" role=\"status\">Queued for deletion: <bdi>bert</bdi></p>"))
    #expect(notice.link("Refresh")?.contains("queued") == false)
  }

  @Test func `is refused in the ledger's words, where it was asked for`() async throws {
    let server = try Self.server()
    _ = try await server.form(Self.ask, "")
    let again = try await server.form(Self.ask, "back=name%3Dx&reason=a%22b")
    #expect(again.status == 409)
    #expect(again.body.contains("<p class=\"refusal\" role=\"alert\">"))
    let refused = try server.ledger.details(TestServer.id(1), now: TestServer.time(1000)).timeline.last
    #expect(refused?.kind == .actionRefused)
    #expect(again.body.contains(HTMLText().escapeText(try #require(refused?.reason))))
    // What was typed is not lost.
    #expect(again.body.contains("name=\"reason\" value=\"a&quot;b\""))
    #expect(again.link("Cancel") == Self.list + "?name=x")
  }

  @Test(
    arguments: [
      ("back=frob%3D1", 400), ("back=status%3Dfoo", 400), ("reason=a%00b", 400), ("reason=%zz", 400),
      ("frob=1", 400), ("reason=a&reason=b", 400),
      ("reason=" + String(repeating: "x", count: 5000), 400),
      (String(repeating: "x", count: 40_000), 413),
    ]) func `takes nothing that its form does not send`(_ body: String, _ status: Int) async throws
  {
    let server = try Self.server()
    let answer = try await server.form(Self.ask, body)
    #expect(answer.status == status, "\(answer.body)")
    let version = try server.ledger.details(TestServer.id(1), now: TestServer.time(1000)).workload.version
    #expect(version == (body.hasPrefix("back") ? 3 : 2))
  }

  @Test func `is taken from forms alone`() async throws {
    let server = try Self.server()
    for type in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
      let answer = try await server.get(
        Self.ask, method: .post, headers: type.isEmpty ? [:] : [.contentType: type], body: "reason=x")
      #expect(answer.status == 415, "\(type)")
    }
  }

  @Test(
    arguments: [
      (OneRole(role: .operator), true, 200), (OneRole(role: .member), true, 200),
      (OneRole(role: .auditor), false, 403), (OneRole(role: .agent(cluster: "c1")), false, 403),
      (OneRole(actor: "eve", role: .member), false, 404),
    ] as [(OneRole, Bool, Int)])
  func `is offered to those who may`(_ who: OneRole, _ isOffered: Bool, _ status: Int)
    async throws
  {
    let server = try Self.server(who)
    #expect(try await (server.get(Self.list).link("Delete…") != nil) == isOffered)
    #expect(try await (server.get("/workloads/\(TestServer.id(1))").link("Delete…") != nil) == isOffered)
    #expect(try await server.get(Self.ask).status == status)
    #expect(try await server.form(Self.ask, "").status == (status == 200 ? 303 : status))
  }

  @Test func `is not offered for what is queued or gone, nor in the past`() async throws {
    let server = try Self.server()
    let position = try server.ledger.lastPosition()
    #expect(try await server.get(Self.list + "?asOf=\(position)").link("Delete…") == nil)
    try server.append(.deleteRequested, TestServer.id(1), at: 20)
    #expect(try await server.get(Self.list).link("Delete…") == nil)
    try server.append(.deleteFailed, TestServer.id(1), at: 30)
    #expect(try await server.get(Self.list).link("Delete…") != nil)
    try server.append(.deleted, TestServer.id(1), at: 40)
    #expect(try await server.get(Self.list + "?all=true").link("Delete…") == nil)
  }

  @Test func `says nothing that an address alone makes up`() async throws {
    let server = try Self.server()
    for id in [TestServer.id(1), TestServer.id(99)] {
      let page = try await server.get(Self.list + "?queued=\(id)")
      #expect(page.status == 200 && !page.body.contains("Queued for deletion"))
    }
    #expect(try await server.get(Self.list + "?queued=x").status == 400)
  }
}

struct `The choice of a project` {
  @Test(
    arguments: [
      (OneRole(role: .member), ["a/b", "vision"]), (OneRole(role: .operator), ["a/b", "c", "vision"]),
      (OneRole(role: .agent(cluster: "c1")), ["a/b", "c", "vision"]),
    ] as [(OneRole, [String])])
  func `is there for those who have several, and shows no others`(
    _ who: OneRole, _ names: [String]
  ) async throws {
    let server = try TestServer(authenticator: who)
    try server.append(.projectCreated, project: "a/b")
    try server.append(.projectCreated, actor: "bob", project: "c")
    try server.create(1, "bert")
    for address in ["/projects/vision/workloads", "/workloads/\(TestServer.id(1))"] {
      let page = try await server.get(address)
      let links = page.body.matches(
        of: /<li><a href="[^"]*" aria-current="(true|false)"><bdi>([^<]*)<\/bdi>/)
      #expect(links.map { String($0.2) } == names, "\(address)")
      #expect(links.filter { $0.1 == "true" }.map { String($0.2) } == ["vision"])
    }
  }

  @Test func `is not there where there is nothing to choose`() async throws {
    let server = try TestServer(authenticator: OneRole(actor: "bob", role: .member))
    try server.append(.projectCreated, actor: "bob", project: "c")
    #expect(try await !server.get("/projects/c/workloads").body.contains("Change project"))
  }
}

extension TestServer {
  /// The answer to a form.
  func form(_ address: String, _ body: String) async throws -> Answer {
    try await get(
      address, method: .post,
      headers: [.contentType: "application/x-www-form-urlencoded", .accept: "text/html"],
      body: body)
  }
}
