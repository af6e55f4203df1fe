import HTTPTypes
import Ledger
import Testing
import WorkloadModel

@testable import LedgerServer

private let workloads = "/api/v1/projects/vision/workloads"
private let bert = #"{"name":"bert","type":"fine tuning","cluster":"c1","resources":{"gpuMilli":500}}"#

struct `A command` {
  /// The address of an action on a workload.
  private static func address(_ number: Int, _ action: String) -> String {
    "/api/v1/workloads/\(TestServer.id(number))/\(action)"
  }

  private static func position(_ answer: Answer) throws -> Int {
    try #require(try answer.json()["position"] as? Int)
  }

  @Test func `creates a workload, with the one who asked as its owner`() async throws {
    let server = try TestServer()
    let answer = try await server.send(.post, workloads, bert)
    #expect(answer.status == 201, "\(answer.body)")
    #expect(answer["ETag"] == "\"1\"")
    let id = try #require(try answer.json()["workload"] as? String)
    #expect(answer["Location"] == "/api/v1/workloads/" + id)
    let workload = try await server.get("/api/v1/workloads/" + id).json()
    #expect(workload["name"] as? String == "bert")
    #expect(workload["type"] as? String == "Fine-Tuning")
    #expect(workload["owner"] as? String == "alice")
    #expect(workload["createdBy"] as? String == "alice")
    let event = try server.ledger.event(at: UInt64(try Self.position(answer)))
    #expect(event.actor == "alice" && event.reporter == "alice@workledger-server")
    #expect(!event.isObserved)
  }

  @Test func `takes all fields of a workload`() async throws {
    let server = try TestServer()
    let id = TestServer.id(7)
    let answer = try await server.send(
      .post, workloads,
      """
      {"id":"\(id)","name":"lab","type":"Workspace","cluster":"c2","owner":"bob","url":"https://lab.example/1",
       "resources":{"cpuMillicores":1500,"memoryBytes":1024,"gpuMilli":1},"labels":{"a":"b","empty":""},
       "at":"2023-07-01T08:30:00Z","reason":"asked for"}
      """)
    #expect(answer.status == 201, "\(answer.body)")
    let workload = try server.ledger.details(id, now: TestServer.time(2)).workload
    #expect(workload.resources == Resources(cpuMillicores: 1500, memoryBytes: 1024, gpuMilli: 1))
    #expect(workload.owner == "bob" && workload.url == "https://lab.example/1")
    #expect(workload.labels.map(\.key) == ["a", "empty"])
    #expect(workload.createdAt?.rfc3339 == "2023-07-01T08:30:00Z")
  }

  @Test func `leads a workload from its creation to its deletion`() async throws {
    let server = try TestServer()
    try server.create(1, "bert")
    for (version, (action, body, status)) in [
      ("queue", "", 200), ("start", #"{"at":"2023-12-01T00:00:00Z"}"#, 200),
      ("terminate", #"{"reason":"preempted"}"#, 200), ("queue", "", 200), ("start", "", 200),
      ("lose", "", 200), ("complete", "{}", 200), ("delete", #"{"reason":"old"}"#, 202),
      ("delete-result", #"{"result":"failed","reason":"mounted"}"#, 200),
      ("delete-result", #"{"result":"deleted"}"#, 200),
    ].enumerated() {
      let answer = try await server.send(.post, Self.address(1, action), body)
      #expect(answer.status == status, "\(action): \(answer.body)")
      #expect(answer["ETag"] == "\"\(version + 2)\"")
      #expect(try answer.json()["outcome"] as? String == "appended")
    }
    let workload = try server.ledger.details(TestServer.id(1), now: TestServer.time(2)).workload
    #expect(workload.status == .deleted && workload.attempt == 2)
    #expect(workload.startedAt != nil && workload.deletedBy == "alice")
  }

  @Test func `that a rule refuses is a conflict, and on record`() async throws {
    let server = try TestServer()
    try server.create(1, "bert")
    let answer = try await server.send(.post, Self.address(1, "complete"))
    #expect(answer.status == 409)
    let problem = try answer.json()
    #expect(problem["type"] as? String == "https://workledger.example/problems/refused")
    #expect(
      problem["detail"] as? String
        == "can't complete while the status is Added; allowed: queue, start, fail, terminate, lose, delete")
    #expect(problem["version"] as? Int == 1)
    let event = try server.ledger.event(at: UInt64(try Self.position(answer)))
    #expect(event.kind == .actionRefused && event.actor == "alice")
  }

  @Test func `over a quota is refused with the numbers`() async throws {
    let server = try TestServer()
    let quota = try await server.send(
      .put, "/api/v1/projects/vision/quotas/alice", #"{"gpuMilli":400,"memoryBytes":null}"#)
    #expect(quota.status == 200, "\(quota.body)")
    #expect(
      try server.ledger.quotas(project: "vision", owner: "alice").first?.limits == QuotaLimits(gpuMilli: 400))
    let answer = try await server.send(.post, workloads, bert)
    #expect(answer.status == 409)
    #expect(try answer.json()["detail"] as? String == "can't create: 0.5 GPU requested, the quota is 0.4")
  }

  @Test func `on another version changes nothing`() async throws {
    let server = try TestServer()
    try server.create(1, "bert")
    let before = try server.ledger.lastPosition()
    let late = try await server.send(.post, Self.address(1, "start"), headers: [.ifMatch: "\"2\""])
    #expect(late.status == 412)
    #expect(late["ETag"] == "\"1\"")
    #expect(try late.json()["version"] as? Int == 1)
    #expect(try server.ledger.lastPosition() == before)
    #expect(
      try await server.send(.post, Self.address(1, "start"), headers: [.ifMatch: "\"1\""]).status == 200)
    #expect(try await server.send(.post, Self.address(1, "fail"), headers: [.ifMatch: "*"]).status == 200)
  }

  @Test func `that is repeated with its key is answered with the position of the first`() async throws {
    let server = try TestServer()
    let key: HTTPFields = [.idempotencyKey: "\"6f9d-1\""]
    let first = try await server.send(.post, workloads, bert, headers: key)
    let again = try await server.send(.post, workloads, bert, headers: key)
    #expect((first.status, again.status) == (201, 200))
    #expect(try Self.position(again) == Self.position(first))
    #expect(try again.json()["outcome"] as? String == "duplicate")
    #expect(again["Location"] == first["Location"])
    // The same after the state has moved on, and without quotes.
    let id = try #require(try first.json()["workload"] as? String)
    let start = "/api/v1/workloads/\(id)/start"
    let started = try await server.send(.post, start, headers: [.idempotencyKey: "s1"])
    _ = try await server.send(.post, "/api/v1/workloads/\(id)/complete")
    let last = try server.ledger.lastPosition()
    let repeated = try await server.send(.post, start, headers: [.idempotencyKey: "\"s1\""])
    #expect(repeated.status == 200)
    #expect(try Self.position(repeated) == Self.position(started))
    #expect(try server.ledger.lastPosition() == last)
  }

  @Test func `with the key of another request is a conflict`() async throws {
    let server = try TestServer()
    let key: HTTPFields = [.idempotencyKey: "k"]
    let first = try await server.send(.post, workloads, bert, headers: key)
    let last = try server.ledger.lastPosition()
    for body in [bert.replacing("bert", with: "gpt"), bert.replacing("c1", with: "c2")] {
      let other = try await server.send(.post, workloads, body, headers: key)
      #expect(other.status == 409)
      #expect(try Self.position(other) == Self.position(first))
    }
    let id = try #require(try first.json()["workload"] as? String)
    #expect(try await server.send(.post, "/api/v1/workloads/\(id)/start", headers: key).status == 409)
    let member = "/api/v1/projects/vision/members/bob"
    #expect(try await server.send(.put, member, headers: [.idempotencyKey: "m"]).status == 200)
    #expect(try await server.send(.post, workloads, bert, headers: [.idempotencyKey: "m"]).status == 409)
    var query = HistoryQuery()
    query.from = last + 1
    var later: [EventKind] = []
    try server.ledger.history(query) {
      later.append($0.kind)
      return true
    }
    #expect(later == [.memberAdded])
  }

  @Test func `changes members, and once more is no failure`() async throws {
    let server = try TestServer()
    let bob = "/api/v1/projects/vision/members/b%C3%B6b"
    for (method, outcome, members) in [
      (.put, "appended", ["alice", "böb"]), (.put, "already-done", ["alice", "böb"]),
      (.delete, "appended", ["alice"]), (.delete, "already-done", ["alice"]),
    ] as [(HTTPRequest.Method, String, [String])] {
      let answer = try await server.send(method, bob)
      #expect(answer.status == 200, "\(answer.body)")
      #expect(try answer.json()["outcome"] as? String == outcome)
      #expect(try server.ledger.projects().first?.members == members)
    }
  }

  @Test func `makes a project with its first member`() async throws {
    let server = try TestServer()
    let answer = try await server.send(.post, "/api/v1/projects", #"{"name":"a/b"}"#)
    #expect(answer.status == 201)
    let address = try #require(answer["Location"])
    #expect(address == "/api/v1/projects/a%2Fb")
    #expect(try await server.get(address).json()["members"] as? [String] == ["alice"])
    #expect(try await server.send(.post, "/api/v1/projects", #"{"name":"a/b"}"#).status == 409)
  }

  @Test(
    arguments: [
      ("", "$", "'name' is missing"), ("[]", "$", "an object must stand here, not a list"),
      (#"{"name":1}"#, "$.name", "a text must stand here, not a number"),
      (#"{"name":""}"#, "$.name", "the text is empty"),
      (#"{"name":"a\u0000"}"#, "$.name", "the text has a control character"),
      (#"{"name":"a","type":"job"}"#, "$.type", "'job' is no type; there are: Model Download"),
      (#"{"name":"a","type":"training"}"#, "$", "'cluster' is missing"),
      (
        #"{"name":"a","type":"training","cluster":"c","resources":{"gpuMilli":-1}}"#, "$.resources.gpuMilli",
        "a number from 0 to 9007199254740991 must stand here"
      ),
      (
        #"{"name":"a","type":"training","cluster":"c","resources":{"gpu":1}}"#, "$.resources.gpu",
        "there is no such key here"
      ),
      (
        #"{"name":"a","type":"training","cluster":"c","url":"javascript:1"}"#, "$.url",
        "it must be a URI (RFC 3986) that begins with http://"
      ),
      (#"{"name":"a","type":"training","cluster":"c","id":"7"}"#, "$.id", "a UUID must stand here"),
      (#"{"name":"a","type":"training","cluster":"c","at":"now"}"#, "$.at", "a time in RFC 3339"),
      (#"{"name":"a","type":"training","cluster":"c","frob":1}"#, "$.frob", "there is no such key here"),
      (#"{"name":"a","name":"b"}"#, "$", "name"), (#"{"name""#, "$", "line 1"), ("\u{FEFF}{", "$", "line 1"),
    ])
  func `with a bad body is told where and why, and changes nothing`(
    _ body: String, _ path: String, _ detail: String
  ) async throws {
    let server = try TestServer()
    let before = try server.ledger.lastPosition()
    let answer = try await server.send(.post, workloads, body)
    #expect(answer.status == 400)
    #expect(try answer.json()["parameter"] as? String == path)
    #expect((try answer.json()["detail"] as? String ?? "").contains(detail), "\(answer.body)")
    #expect(try server.ledger.lastPosition() == before)
  }

  @Test func `in another form than JSON, or too long, is refused`() async throws {
    let server = try TestServer()
    for type in ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"] {
      let answer = try await server.get(workloads, method: .post, headers: [.contentType: type], body: bert)
      #expect(answer.status == 415)
    }
    let utf8: HTTPFields = [.contentType: "Application/JSON; charset=utf-8"]
    #expect(try await server.get(workloads, method: .post, headers: utf8, body: bert).status == 201)
    let long = try await server.send(.post, workloads, bert + String(repeating: " ", count: 65_536))
    #expect(long.status == 413)
  }

  @Test(
    arguments: [
      (HTTPField.Name.ifMatch, "2"), (.ifMatch, "W/\"2\""), (.ifMatch, "\"1\", \"2\""), (.ifMatch, "\"-1\""),
      (.ifMatch, "\"\""), (.idempotencyKey, ""), (.idempotencyKey, "\"\""), (.idempotencyKey, "a b"),
      (.idempotencyKey, "ü"), (.idempotencyKey, String(repeating: "a", count: 256)),
    ])
  func `with a bad field in its header is refused`(_ name: HTTPField.Name, _ value: String) async throws {
    let server = try TestServer()
    try server.create(1, "bert")
    let answer = try await server.send(.post, Self.address(1, "start"), headers: [name: value])
    #expect(answer.status == 400, "\(answer.body)")
    #expect(try answer.json()["parameter"] as? String == name.rawName)
  }

  @Test func `without what it needs is told so`() async throws {
    let server = try TestServer()
    try server.create(1, "bert")
    for (action, body, detail) in [
      ("terminate", "", "a termination needs a cause"), ("delete-result", "", "'result' is missing"),
      ("delete-result", #"{"result":"failed"}"#, "say why it could not be deleted"),
      ("delete-result", #"{"result":"gone"}"#, "must be one of deleted, failed"),
    ] {
      let answer = try await server.send(.post, Self.address(1, action), body)
      #expect(answer.status == 400)
      #expect(answer.body.contains(detail), "\(answer.body)")
    }
    #expect(try await server.send(.post, Self.address(9, "start")).status == 404)
    for project in ["nope", "unknown"] {
      #expect(try await server.send(.post, "/api/v1/projects/\(project)/workloads", bert).status == 404)
      #expect(try await server.send(.put, "/api/v1/projects/\(project)/members/bob").status == 404)
    }
    #expect(try await server.send(.put, "/api/v1/projects/vision/members/unknown").status == 400)
  }
}

struct `The writer` {
  @Test func `answers many at once, each with its own`() async throws {
    let server = try TestServer()
    let writer = LedgerWriter(server.ledger, capacity: 1000)
    let positions = try await withThrowingTaskGroup(of: UInt64.self) { group in
      for number in 1...200 {
        group.addTask {
          var command = Command(.created)
          command.subject = TestServer.id(number)
          command.project = "vision"
          command.creation = Command.Creation(
            name: "job-\(number)", type: .training, cluster: "c1", hasOwnID: true)
          let batch = command.batch(by: Identity(actor: "alice", role: .member), now: TestServer.time(1))
          let (answered, outcomes) = try await writer.append(batch, now: TestServer.time(1))
          #expect(answered.events.first?.subject == TestServer.id(number))
          let outcome = try #require(outcomes.first)
          #expect(try server.ledger.event(at: outcome.position).subject == TestServer.id(number))
          return outcome.position
        }
      }
      return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
    }
    #expect(positions.count == 200)
    #expect(writer.count == 0)
    try await writer.shutDown()
  }

  @Test func `refuses what it has no room for`() async throws {
    let server = try TestServer()
    let writer = LedgerWriter(server.ledger, capacity: 1)
    let refused = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<500 {
        group.addTask {
          do {
            _ = try await writer.append(EventBatch(), now: TestServer.time(1))
            return false
          } catch { return (error as? Problem)?.kind == .busy }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(refused > 0)
    try await writer.shutDown()
  }
}
