import HTTPTypes
import Ledger
import Testing
import WorkloadModel

@testable import LedgerServer

struct `Deleting on the page` {
  private static let list = "/projects/vision/workloads"
  private static let ask = "/workloads/\(TestServer.id(1))/delete"

  private static func server() throws -> TestServer {
    let server = try TestServer()
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
    #expect(try server.ledger.details(TestServer.id(1), now: TestServer.time(1000)).workload.version == 2)
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
      ("alice", true, 200, 303), ("operator", true, 200, 409), ("auditor", false, 403, 403),
      ("agent1", false, 403, 403), ("eve", false, 404, 404),
    ])
  func `is offered to those who may`(_ who: String, _ isOffered: Bool, _ asked: Int, _ done: Int) async throws
  {
    let server = try RoleServer()
    #expect(try await (server.page(Self.list, as: who).link("Delete…") != nil) == isOffered)
    let details = "/workloads/\(TestServer.id(1))"
    #expect(try await (server.page(details, as: who).link("Delete…") != nil) == isOffered)
    #expect(try await server.page(Self.ask, as: who).status == asked)
    #expect(try await server.form(Self.ask, as: who).status == done)
  }

  @Test func `needs the code of the form`() async throws {
    let server = try RoleServer()
    let page = try await server.page(Self.ask, as: "alice")
    let code = try #require(page.body.firstMatch(of: /name="csrf" value="([0-9a-f]{32})"/))
    let before = try server.ledger.lastPosition()
    for bad in ["", "csrf=&", "csrf=\(String(repeating: "0", count: 32))&", "csrf=\(code.1)0&"] {
      let cookie = server.cookie("alice")
      #expect(try await server.server.form(Self.ask, bad, cookie: cookie).status == 403)
    }
    #expect(try server.ledger.lastPosition() == before)
    #expect(try await server.form(Self.ask, as: "alice").status == 303)
    // The code of one is worth nothing for another.
    let other = try await server.page("/", as: "operator").body
    #expect(!other.contains(code.1))
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
      ("alice", ["a/b", "vision"]), ("operator", ["a/b", "c", "vision"]), ("agent1", ["a/b", "c", "vision"]),
    ])
  func `is there for those who have several, and shows no others`(
    _ who: String, _ names: [String]
  ) async throws {
    let server = try RoleServer()
    try server.server.append(.projectCreated, project: "a/b")
    try server.server.append(.projectCreated, actor: "bob", project: "c")
    for address in ["/projects/vision/workloads", "/workloads/\(TestServer.id(1))"] {
      let page = try await server.page(address, as: who)
      let links = page.body.matches(
        of: /<li><a href="[^"]*" aria-current="(true|false)"><bdi>([^<]*)<\/bdi>/)
      #expect(links.map { String($0.2) } == names, "\(address)")
      #expect(links.filter { $0.1 == "true" }.map { String($0.2) } == ["vision"])
    }
  }

  @Test func `is not there where there is nothing to choose`() async throws {
    let server = try RoleServer()
    #expect(try await !server.page("/projects/vision/workloads", as: "alice").body.contains("Change project"))
  }
}
