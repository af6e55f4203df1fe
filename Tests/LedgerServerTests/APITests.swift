import HTTPTypes
import Ledger
import Presentation
import Testing
import WorkloadModel

@testable import LedgerServer

struct `The API` {
  /// Five workloads: bert runs, lora waits for its deletion, lab is a workspace, eval is done, old is deleted.
  private static func server() throws -> TestServer {
    let server = try TestServer()
    try server.create(1, "bert-base")
    try server.append(.started, TestServer.id(1), at: 10)
    try server.create(2, "lora", .fineTuning, at: 2, cluster: "c2")
    try server.append(.deleteRequested, TestServer.id(2), at: 20)
    try server.create(3, "lab", .workspace, at: 3, url: "https://lab.example/x")
    try server.create(4, "eval-BERT", .evaluation, at: 4, owner: "bob")
    try server.append(.started, TestServer.id(4), at: 30)
    try server.append(.completed, TestServer.id(4), at: 40)
    try server.create(5, "old", at: 5)
    try server.append(.deleteRequested, TestServer.id(5), at: 50)
    try server.append(.deleted, TestServer.id(5), at: 60)
    return server
  }

  @Test func `lists the projects`() async throws {
    let answer = try await Self.server().get("/api/v1/projects")
    #expect(answer.status == 200)
    #expect(answer["Content-Type"] == "application/json")
    #expect(try answer.items("name") == ["vision"])
    #expect(try answer.items("members", [String].self) == [["alice"]])
    #expect(try answer.items("workloads", Int.self) == [5])
  }

  @Test(
    arguments: [
      ("", ["eval-BERT", "lab", "lora", "bert-base"]),
      ("?all=true", ["old", "eval-BERT", "lab", "lora", "bert-base"]),
      ("?all=false&name=BERT", ["eval-BERT", "bert-base"]),
      ("?type=Training", ["bert-base"]),
      ("?type=fine_tuning&type=workspace", ["lab", "lora"]),
      ("?type=Fine-Tuning,Workspace", ["lab", "lora"]),
      ("?status=Deleted", ["old"]),
      ("?status=delete%20requested&status=Complete", ["eval-BERT", "lora"]),
      ("?status=delete+requested", ["lora"]),
      ("?owner=bob", ["eval-BERT"]),
      ("?owner=nobody", []),
      ("?cluster=c2", ["lora"]),
      ("?cluster=c1&owner=alice&type=training&status=running&name=base", ["bert-base"]),
      ("?limit=2", ["eval-BERT", "lab"]),
      ("?asOf=0", []),
      ("?at=2023-11-14T22:13:21Z", ["bert-base"]),
      ("?at=2023-11-14T22:13:23.5Z&asOf=2023-11-14T22:13:30Z", ["lora", "bert-base"]),
    ] as [(String, [String])])
  func `lists workloads by every filter`(_ query: String, _ names: [String]) async throws {
    let answer = try await Self.server().get("/api/v1/projects/vision/workloads" + query)
    #expect(answer.status == 200, "\(answer.body)")
    #expect(try answer.items("name") == names)
  }

  @Test func `gives a page as the command line prints it`() async throws {
    let server = try Self.server()
    var query = WorkloadQuery(project: "vision")
    query.limit = 3
    var json = JSONWriter()
    try server.ledger.page(query, now: TestServer.time(1000)).write(to: &json)
    let answer = try await server.get("/api/v1/projects/vision/workloads?limit=3")
    #expect(answer.body == String(decoding: json.bytes, as: UTF8.self) + "\n")
    #expect(answer["Cache-Control"] == "no-store")
  }

  @Test func `pages follow one another by their tokens`() async throws {
    let server = try Self.server()
    var names: [String] = []
    var address =
      "/api/v1/projects/vision/workloads?limit=1&all=true&asOf=\(try server.ledger.lastPosition())"
    var token: String?
    repeat {
      let page = try await server.get(address + (token.map { "&pageToken=" + $0 } ?? ""))
      names += try page.items("name")
      #expect(try page.json()["total"] as? Int == 5)
      token = try page.json()["nextPageToken"] as? String
      // What comes meanwhile is not on the pages of a moment.
      try server.create(100 + names.count, "late", at: 100)
    } while token != nil && names.count < 10
    #expect(names == ["old", "eval-BERT", "lab", "lora", "bert-base"])
    address = "/api/v1/projects/vision/workloads"
    let first = try #require(try await server.get(address + "?limit=1").json()["nextPageToken"] as? String)
    let foreign = try await server.get(address + "?limit=1&name=a&pageToken=" + first)
    #expect(foreign.status == 400)
    #expect(try foreign.json()["parameter"] as? String == "pageToken")
  }

  @Test func `gives a workload with its version as the tag`() async throws {
    let server = try Self.server()
    let address = "/api/v1/workloads/\(TestServer.id(4))"
    let answer = try await server.get(address)
    #expect(answer.status == 200)
    #expect(answer["ETag"] == "\"3\"")
    let details = try server.ledger.details(TestServer.id(4), now: TestServer.time(1000))
    var json = JSONWriter()
    details.write(to: &json)
    #expect(answer.body == String(decoding: json.bytes, as: UTF8.self) + "\n")
    let upper = try await server.get("/api/v1/workloads/" + TestServer.id(4).description.uppercased())
    #expect(upper.body == answer.body)
    let before = try await server.get(address + "?at=2023-11-14T22:13:50Z")
    #expect(try before.json()["status"] as? String == "Running")
    #expect(before["ETag"] == "\"2\"")
    #expect(try await server.get(address + "?asOf=3").status == 404)
  }

  @Test func `gives the timeline alone`() async throws {
    let server = try Self.server()
    let answer = try await server.get("/api/v1/workloads/\(TestServer.id(5))/timeline")
    #expect(try answer.items("type") == ["workload.created", "workload.deleterequested", "workload.deleted"])
    let early = try await server.get("/api/v1/workloads/\(TestServer.id(5))/timeline?at=2023-11-14T22:14:10Z")
    #expect(try early.items("type") == ["workload.created", "workload.deleterequested"])
  }

  @Test func `gives the deletion queue and the quotas`() async throws {
    let server = try Self.server()
    let queue = try await server.get("/api/v1/projects/vision/deletions")
    #expect(try queue.items("requestedBy") == ["alice"])
    #expect(try queue.items("workload", [String: Any].self).map { $0["name"] as? String } == ["lora"])
    #expect(
      try await server.get("/api/v1/projects/vision/deletions?asOf=1").items("attempts", Int.self) == [])
    let quotas = try await server.get("/api/v1/projects/vision/quotas")
    #expect(try quotas.items("owner") == ["alice"])
    #expect(try quotas.items("running", Int.self) == [1])
    #expect(try await server.get("/api/v1/projects/vision/quotas?owner=bob").items("owner") == [])
    #expect(
      try await server.get("/api/v1/projects/vision/quotas?owner=bob&at=2023-11-14T22:13:55Z").items(
        "running", Int.self) == [1])
  }

  @Test func `feeds every event once, however small the slices`() async throws {
    let server = try Self.server()
    var expected: [UInt64] = []
    try server.ledger.history(HistoryQuery()) {
      expected.append($0.position)
      return true
    }
    for limit in [1, 2, 5, 100] {
      var found: [UInt64] = []
      var next: UInt64 = 1
      for _ in 0...expected.count {
        let slice = try await server.get("/api/v1/events?from=\(next)&limit=\(limit)")
        found += try slice.items("position", Int.self).map { UInt64($0) }
        next = UInt64(try #require(try slice.json()["next"] as? Int))
        #expect(slice["Ledger-Next-Position"] == String(next))
      }
      #expect(found == expected, "in slices of \(limit)")
      #expect(next == (try server.ledger.lastPosition()) + 1)
    }
    let next = try server.ledger.lastPosition() + 1
    #expect(try await server.get("/api/v1/events?from=\(next)").items("type") == [])
    try server.create(7, "more", at: 70)
    #expect(try await server.get("/api/v1/events?from=\(next)").items("type") == ["workload.created"])
  }

  @Test func `feeds lines where they are asked for`() async throws {
    let server = try Self.server()
    let lines = try await server.get("/api/v1/events?limit=3", headers: [.accept: "application/x-ndjson"])
    #expect(lines["Content-Type"] == "application/x-ndjson")
    #expect(lines["Vary"] == "Accept")
    #expect(lines.body.split(separator: "\n").count == 3)
    let object = try await server.get("/api/v1/events?limit=3")
    #expect(lines["Ledger-Next-Position"] == object["Ledger-Next-Position"])
    let far = try await server.get("/api/v1/events?from=9007199254740991")
    #expect(try far.json()["next"] as? Int == 9_007_199_254_740_991)
    #expect(try far.items("type") == [])
  }

  @Test func `reads names with any characters`() async throws {
    let server = try TestServer()
    for (index, name) in ["a/b", "größe", "x y&z=?#%", "<script>", "\u{202E}abc", "."].enumerated() {
      try server.append(.projectCreated, project: name)
      try server.create(index + 1, "job", project: name)
      let answer = try await server.get("/api/v1/projects/\(PercentCoding.encode(name))/workloads")
      #expect(answer.status == 200, "\(name): \(answer.body)")
      #expect(try answer.items("project") == [name])
    }
  }
}
