import HTTPTypes
import Ledger
import Synchronization
import Testing
import WorkloadModel

@testable import LedgerServer

private let workloads = "/api/v1/projects/vision/workloads"

struct `What is refused` {
  @Test(
    arguments: [
      ("?status=foo", "status", "'foo' is no status; there are: Added, Pending, Running"),
      ("?status=Running,", "status", "'' is no status"),
      ("?type=foo", "type", "'foo' is no type; there are: Model Download, Inference"),
      ("?type=" + String(repeating: "training,", count: 20) + "training", "type", "more than 20 words"),
      ("?limit=0", "limit", "'limit' is a whole number from 1 to 1000, not '0'"),
      ("?limit=1001", "limit", "not '1001'"), ("?limit=-1", "limit", "not '-1'"),
      ("?limit=1.0", "limit", "not '1.0'"), ("?limit=", "limit", "not ''"),
      ("?limit=5&limit=6", "limit", "'limit' is there 2 times; give it once"),
      ("?all=yes", "all", "'all' is true or false, not 'yes'"),
      ("?name=", "name", "'name' is empty"),
      ("?name=a%00", "name", "'name' has a control character at byte 1"),
      ("?owner=%C2%85", "owner", "'owner' has a control character"),
      ("?cluster=" + String(repeating: "a", count: 257), "cluster", "has more than 256 characters"),
      ("?pageToken=nonsense", "pageToken", "'nonsense' is not a page token"),
      (
        "?asOf=yesterday", "asOf",
        "'asOf' is a position or a time in RFC 3339 (2023-07-01T08:30:00Z), not 'yesterday'"
      ),
      ("?asOf=99999999999999999999", "asOf", "'asOf' is a position or a time"),
      ("?at=5", "at", "'at' is a time in RFC 3339"), ("?at=2023-02-30", "at", "not '2023-02-30'"),
      (
        "?nmae=bert", "nmae",
        "there is no parameter 'nmae'; there are: name, type, status, owner, cluster, all"
      ),
      ("?=", "", "there is no parameter ''"),
    ])
  func `a wrong parameter is named with what would be right`(
    _ query: String, _ parameter: String, _ detail: String
  ) async throws {
    let answer = try await TestServer().get(workloads + query)
    #expect(answer.status == 400)
    #expect(answer["Content-Type"] == "application/problem+json")
    let problem = try answer.json()
    #expect(problem["parameter"] as? String == parameter)
    #expect((problem["detail"] as? String ?? "").contains(detail), "\(problem["detail"] ?? "")")
    #expect(problem["type"] as? String == "https://workledger.example/problems/bad-parameter")
    #expect(problem["status"] as? Int == 400)
  }

  @Test(arguments: ["?name=%", "?name=%4", "?name=%GG", "?name=%FF", "?%FF=1", "?n=%ED%A0%80"])
  func `a query that is no UTF-8 is refused`(_ query: String) async throws {
    let answer = try await TestServer().get(workloads + query)
    #expect(answer.status == 400)
    #expect(answer.body.contains("the query is not percent-encoded UTF-8"))
  }

  @Test(
    arguments: [
      "/api/v1/projects", "/api/v1/projects/vision/statistics", "/projects/vision/history",
      "/projects/vision/deletions", "/projects/vision/charts",
      "/api/v1/projects/vision/deletions", "/api/v1/projects/vision/quotas",
      "/api/v1/workloads/0192f3a4-0000-7000-8000-000000000001",
      "/api/v1/workloads/0192f3a4-0000-7000-8000-000000000001/timeline", "/api/v1/events",
      "/api/v1/checkpoint",
      "/healthz", "/readyz", "/metrics",
    ])
  func `no route ignores a parameter`(_ address: String) async throws {
    let server = try TestServer()
    try server.create(1, "bert")
    let answer = try await server.get(address + "?frob=1")
    #expect(answer.status == 400)
    #expect(try answer.json()["parameter"] as? String == "frob")
  }

  @Test(
    arguments: [
      ("/api/v1/projects/nope/workloads", "no project 'nope'"),
      ("/api/v1/projects/nope/deletions", "no project 'nope'"),
      ("/api/v1/projects/nope/quotas", "no project 'nope'"),
      ("/api/v1/workloads/0192f3a4-0000-7000-8000-000000000009", "no workload '0192f3a4-"),
      ("/api/v1/workloads/0192f3a4-0000-7000-8000-000000000009/timeline", "no workload '0192f3a4-"),
      ("/api/v1/projects/vision/workloads?asOf=1000", "there is no position 1000: the last one"),
      ("/api/v1/projects/vision/deletions?asOf=1000", "there is no position 1000: the last one"),
      ("/api/v1/projects/vision/quotas?asOf=1000", "there is no position 1000: the last one"),
      ("/api/v1/frob", "there is nothing at '/api/v1/frob'"),
      ("/../etc/passwd", "there is nothing at"), ("/api/v1/projects/nope", "no project 'nope'"),
    ])
  func `what is not there is not found`(_ address: String, _ detail: String) async throws {
    let answer = try await TestServer().get(address)
    #expect(answer.status == 404)
    #expect((try answer.json()["detail"] as? String ?? "").hasPrefix(detail), "\(answer.body)")
  }

  @Test(arguments: ["1", "not-a-uuid", "0192f3a4-0000-7000-8000-00000000000g", "%FF"])
  func `an id that is none is refused`(_ id: String) async throws {
    let answer = try await TestServer().get("/api/v1/workloads/" + id)
    #expect(answer.status == 400)
    #expect(try answer.json()["parameter"] as? String == "id")
  }

  @Test(arguments: ["%FF", "a%00b", "a%0Ab"]) func `a project's name that is none is refused`(
    _ name: String
  ) async throws {
    let answer = try await TestServer().get("/api/v1/projects/\(name)/workloads")
    #expect(answer.status == 400)
    #expect(try answer.json()["parameter"] as? String == "project")
  }

  @Test(arguments: ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
  func `a method that does not work somewhere is told which do`(_ name: String) async throws {
    let method = try #require(HTTPRequest.Method(rawValue: name))
    for (address, allowed) in [(workloads, "GET, HEAD, POST"), ("/healthz", "GET, HEAD")] {
      let answer = try await TestServer().get(address, method: method)
      #expect(answer.status == 405)
      #expect(answer["Allow"] == allowed)
    }
    #expect(try await TestServer().get("/nothing", method: method).status == 404)
  }

  @Test(arguments: ["CONNECT", "FROB", "get"])
  func `a method that nobody knows is not implemented`(_ name: String) async throws {
    let method = try #require(HTTPRequest.Method(rawValue: name))
    for address in [workloads, "/nothing"] {
      #expect(try await TestServer().get(address, method: method).status == 501)
    }
  }

  @Test func `HEAD says the same without a body`() async throws {
    let server = try TestServer()
    for address in [workloads, workloads + "?limit=0", "/nothing", "/healthz"] {
      let whole = try await server.get(address)
      let head = try await server.get(address, method: .head)
      #expect(head.status == whole.status)
      #expect(head.body == "")
      for name in ["Content-Type", "Cache-Control", "X-Content-Type-Options"] {
        #expect(head[name] == whole[name])
      }
    }
  }

  @Test func `what comes while too many are being answered is told to come again`() async throws {
    let server = try TestServer()
    for _ in 1..<RequestFrame.maxInFlight { _ = server.server.metrics.begin() }
    #expect(try await server.get(workloads).status == 200)
    _ = server.server.metrics.begin()
    let answer = try await server.get(workloads)
    #expect(answer.status == 503 && answer["Retry-After"] == "1")
  }

  @Test func `a body, a long address and a crowd of parameters are refused`() async throws {
    let server = try TestServer()
    let body = try await server.get(workloads, headers: [.contentLength: "5"])
    #expect(body.status == 413)
    #expect(try await server.get(workloads, headers: [.transferEncoding: "chunked"]).status == 413)
    #expect(try await server.get(workloads, headers: [.contentLength: "0"]).status == 200)
    let long = try await server.get(workloads + "?name=" + String(repeating: "a", count: 8192))
    #expect(long.status == 414)
    let many = try await server.get(
      workloads + "?" + Array(repeating: "type=training", count: 101).joined(separator: "&"))
    #expect(many.status == 400)
  }

  @Test(
    arguments: [
      ("localhost", 200), ("localhost:8080", 200), ("LOCALHOST", 200), ("127.0.0.1", 200),
      ("127.8.9.1:1", 200),
      ("[::1]", 200), ("[::1]:80", 200), ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("", 421),
      ("127.0.0.256", 421), ("localhost.", 421), ("::1", 421), ("[::2]", 421), ("10.0.0.1", 421), (nil, 421),
    ] as [(String?, Int)])
  func `only names of this machine are answered`(_ host: String?, _ status: Int) async throws {
    #expect(try await TestServer().get("/healthz", host: host).status == status)
  }

  @Test func `the name of a request comes back, unless it could break a log`() async throws {
    let server = try TestServer()
    let named = try await server.get(workloads + "?limit=0", headers: [.requestID: "trace-1.A_b"])
    #expect(named["X-Request-Id"] == "trace-1.A_b")
    #expect(try named.json()["requestId"] as? String == "trace-1.A_b")
    for bad in ["a b", "", String(repeating: "a", count: 65), "a\"b", "é"] {
      let answer = try await server.get("/healthz", headers: [.requestID: bad])
      let name = try #require(answer["X-Request-Id"])
      #expect(name != bad && name.count == 16, "\(bad) became \(name)")
    }
  }

  @Test func `what finds no room is told to come again`() async throws {
    let readers = ReaderPool(threadCount: 1, capacity: 1, patience: .seconds(60))
    let server = try TestServer(readers: readers)
    let gate = Mutex(false)
    async let slow: Void = readers.run { while !gate.withLock({ $0 }) { yieldThread() } }
    while readers.count == 0 { await Task.yield() }
    // A search looks at all names, so it needs a thread; a page or a workload is read at once.
    let answer = try await server.get(workloads + "?name=bert")
    let page = try await server.get(workloads)
    gate.withLock { $0 = true }
    try await slow
    #expect(page.status == 200)
    #expect(answer.status == 503)
    #expect(answer["Retry-After"] == "1")
    #expect(try answer.json()["type"] as? String == "https://workledger.example/problems/busy")
    #expect(readers.refusalCount == 1)
    #expect(try await server.get(workloads + "?name=bert").status == 200)
    try await readers.shutDown()
  }

  @Test func `what has waited too long is not read any more`() async throws {
    let readers = ReaderPool(threadCount: 1, capacity: 10, patience: .zero)
    await #expect(throws: Problem.self) { try await readers.run { Issue.record("it was read") } }
    try await readers.shutDown()
  }
}
