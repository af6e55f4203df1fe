import Evidence
import HTTPTypes
import Ledger
import Testing
import WorkloadModel

@testable import LedgerServer

struct `The evidence on the page` {
  private static let address = "/workloads/\(TestServer.id(1))/evidence"

  private static func server() throws -> TestServer {
    let server = try TestServer()
    try server.create(1, "bert")
    try server.append(.started, TestServer.id(1), at: 10)
    return server
  }

  @Test func `is what the newest checkpoint reaches`() async throws {
    let server = try Self.server()
    #expect(try await server.get("/workloads/\(TestServer.id(1))").link("Evidence") == Self.address)
    let none = try await server.get(Self.address)
    #expect(none.body.contains("No checkpoint was given out yet"))
    #expect(!none.body.contains("id=\"audit\""))
    let checkpoint = try server.ledger.checkpoint()
    let whole = try await server.get(Self.address)
    #expect(whole.body.contains("It reaches the whole timeline of this workload: 2 records."))
    #expect(whole.body.contains(String(decoding: checkpoint.bytes, as: UTF8.self) + "</pre>"))
    let key = try server.ledger.publicKey().description
    #expect(whole.body.contains("data-key=\"\(key)\""))
    try server.append(.completed, TestServer.id(1), at: 20)
    #expect(
      try await server.get(Self.address).body.contains(
        "It reaches the first 2 of the 3 records of this workload"))
    try server.create(2, "late", at: 30)
    let late = try await server.get("/workloads/\(TestServer.id(2))/evidence")
    #expect(late.body.contains("This workload was created after it"))
    #expect(!late.body.contains("id=\"audit\""))
  }

  @Test func `shows the leaves and paths that lead to the root`() async throws {
    let server = try Self.server()
    let head = try server.ledger.checkpoint().checkpoint.head
    let page = try await server.get(Self.address)
    let rows = page.body.matches(
      of: /class="number">([0-9]+)<[\s\S]*?<code>([^<]+)<\/code>[\s\S]*?<ol>([\s\S]*?)<\/ol>/)
    #expect(rows.count == 2)
    for row in rows {
      let position = try #require(UInt64(row.1))
      let leaf = try #require(Digest(base64: Array(row.2.utf8)))
      let path = row.3.matches(of: /<code>([^<]+)<\/code>/).compactMap { Digest(base64: Array($0.1.utf8)) }
      try ProofCheck.inclusion(of: leaf, at: position - 1, in: head, proof: path)
    }
  }

  @Test func `is there for those alone who see the workload`() async throws {
    let server = try Self.server()
    #expect(try await server.get("/workloads/\(TestServer.id(9))/evidence").status == 404)
    #expect(try await server.get("/workloads/x/evidence").status == 400)
    #expect(try await server.get(Self.address + "?asOf=1").status == 400)
    let known = try RoleServer()
    for (name, status) in [("alice", 200), ("agent1", 200), ("agent2", 404), ("eve", 404)] {
      #expect(try await known.page(Self.address, as: name).status == status, "\(name)")
    }
  }
}
