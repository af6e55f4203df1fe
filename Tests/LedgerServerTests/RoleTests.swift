import HTTPTypes
import Ledger
import Testing
import WorkloadModel

@testable import LedgerServer

/// What each may do at each endpoint, written out. alice is a member of the project `vision`, eve is not; the workload is
/// in `vision` on the cluster c1, whose agent is agent1.
struct `What a role may do` {
  static let who = ["nobody", "alice", "eve", "agent1", "agent2", "operator", "auditor"]

  /// The status for each of `who`, in this order. A command by the operator, who is no member, is refused by the ledger
  /// (409), which is another thing than not being allowed to ask (403).
  static let table: [(endpoint: String, body: String?, statuses: [Int])] = [
    ("GET /healthz", nil, [200, 200, 200, 200, 200, 200, 200]),
    ("GET /readyz", nil, [200, 200, 200, 200, 200, 200, 200]),
    ("GET /style.css", nil, [200, 200, 200, 200, 200, 200, 200]),
    ("GET /sign-in", nil, [200, 200, 200, 200, 200, 200, 200]),
    ("POST /sign-in", "form", [401, 401, 401, 401, 401, 401, 401]),
    ("GET /app.js", nil, [200, 200, 200, 200, 200, 200, 200]),
    ("POST /sign-out", "form", [303, 303, 303, 303, 303, 303, 303]),
    ("GET /metrics", nil, [401, 403, 403, 403, 403, 200, 200]),
    ("GET /", nil, [401, 303, 200, 303, 303, 303, 303]),
    ("GET /projects", nil, [401, 200, 200, 200, 200, 200, 200]),
    ("GET /projects/{project}/workloads", nil, [401, 200, 404, 200, 200, 200, 200]),
    ("GET /projects/{project}/history", nil, [401, 200, 404, 404, 404, 200, 200]),
    ("GET /projects/{project}/deletions", nil, [401, 200, 404, 200, 200, 200, 200]),
    ("GET /projects/{project}/charts", nil, [401, 200, 404, 404, 404, 200, 200]),
    ("GET /workloads/{id}", nil, [401, 200, 404, 200, 404, 200, 200]),
    ("GET /workloads/{id}/delete", nil, [401, 200, 404, 403, 403, 200, 403]),
    ("GET /workloads/{id}/evidence", nil, [401, 200, 404, 200, 404, 200, 200]),
    ("POST /workloads/{id}/delete", "form", [401, 303, 404, 403, 403, 409, 403]),
    ("GET /api/v1/projects", nil, [401, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/projects/{project}", nil, [401, 200, 404, 200, 200, 200, 200]),
    ("GET /api/v1/projects/{project}/workloads", nil, [401, 200, 404, 200, 200, 200, 200]),
    ("GET /api/v1/projects/{project}/deletions", nil, [401, 200, 404, 200, 200, 200, 200]),
    ("GET /api/v1/projects/{project}/quotas", nil, [401, 200, 404, 404, 404, 200, 200]),
    ("GET /api/v1/projects/{project}/history", nil, [401, 200, 404, 404, 404, 200, 200]),
    ("GET /api/v1/projects/{project}/statistics", nil, [401, 200, 404, 404, 404, 200, 200]),
    ("GET /api/v1/workloads/{id}", nil, [401, 200, 404, 200, 404, 200, 200]),
    ("GET /api/v1/workloads/{id}/timeline", nil, [401, 200, 404, 200, 404, 200, 200]),
    ("GET /api/v1/events", nil, [401, 200, 200, 200, 200, 200, 200]),
    // The server of these tests has room for no stream.
    ("GET /api/v1/events/stream", nil, [401, 503, 503, 503, 503, 503, 503]),
    (
      "POST /api/v1/events",
      """
      {"specversion":"1.0","id":"1","source":"urn:c1","type":"workload.started","time":"2023-12-01T00:00:00Z",\
      "subject":"\(TestServer.id(1))"}
      """, [401, 403, 403, 200, 422, 200, 403]
    ),
    ("GET /checkpoint", nil, [401, 200, 200, 200, 200, 200, 200]),
    ("GET /tile/**", nil, [401, 403, 403, 403, 403, 200, 200]),
    ("GET /api/v1/checkpoint", nil, [401, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/proofs/inclusion", nil, [401, 403, 403, 403, 403, 200, 200]),
    ("GET /api/v1/proofs/consistency", nil, [401, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/workloads/{id}/proof", nil, [401, 200, 404, 200, 404, 200, 200]),
    ("POST /api/v1/projects", #"{"name":"new"}"#, [401, 403, 403, 403, 403, 201, 403]),
    (
      "POST /api/v1/projects/{project}/workloads", #"{"name":"a","type":"training","cluster":"c1"}"#,
      [401, 201, 404, 403, 403, 409, 403]
    ),
    ("PUT /api/v1/projects/{project}/members/{user}", "", [401, 200, 404, 403, 403, 409, 403]),
    ("DELETE /api/v1/projects/{project}/members/{user}", "", [401, 200, 404, 403, 403, 409, 403]),
    ("PUT /api/v1/projects/{project}/quotas/{user}", "", [401, 200, 404, 403, 403, 409, 403]),
    ("POST /api/v1/workloads/{id}/queue", "", [401, 200, 404, 403, 403, 409, 403]),
    ("POST /api/v1/workloads/{id}/start", "", [401, 200, 404, 403, 403, 409, 403]),
    ("POST /api/v1/workloads/{id}/complete", "", [401, 409, 404, 403, 403, 409, 403]),
    ("POST /api/v1/workloads/{id}/fail", "", [401, 200, 404, 403, 403, 409, 403]),
    (
      "POST /api/v1/workloads/{id}/terminate", #"{"reason":"unknown"}"#, [401, 200, 404, 403, 403, 409, 403]
    ),
    ("POST /api/v1/workloads/{id}/lose", "", [401, 200, 404, 403, 403, 409, 403]),
    ("POST /api/v1/workloads/{id}/delete", "", [401, 202, 404, 403, 403, 409, 403]),
    (
      "POST /api/v1/workloads/{id}/delete-result", #"{"result":"deleted"}"#,
      [401, 409, 404, 403, 403, 409, 403]
    ),
  ]

  @Test func `is written down for every endpoint`() throws {
    let endpoints = try RoleServer().server.server.makeRouter().endpoints.map {
      "\($0.method.rawValue) \($0.path)"
    }
    #expect(endpoints.sorted() == Self.table.map(\.endpoint).sorted())
  }

  @Test(arguments: table.map(\.endpoint)) func `is what the table says, in every cell`(_ endpoint: String)
    async throws
  {
    let row = try #require(Self.table.first { $0.endpoint == endpoint })
    let parts = endpoint.split(separator: " ")
    let method = try #require(HTTPRequest.Method(rawValue: String(parts[0])))
    let address = String(parts[1]).replacing("{project}", with: "vision")
      .replacing("{id}", with: TestServer.id(1).description).replacing("{user}", with: "bob")
      .replacing("/tile/**", with: "/tile/0/000.p/1").replacing("inclusion", with: "inclusion?position=1")
      .replacing("consistency", with: "consistency?from=1")
    #expect(row.statuses.count == Self.who.count)
    for (name, status) in zip(Self.who, row.statuses) {
      let server = try RoleServer()
      let before = try server.ledger.lastPosition()
      var headers: HTTPFields = [:]
      var body = row.body ?? ""
      if body == "form" {
        headers[.contentType] = "application/x-www-form-urlencoded"
        body = ""
      } else if !body.isEmpty {
        let isEvent = body.contains("specversion")
        headers[.contentType] = isEvent ? "application/cloudevents+json" : "application/json"
      }
      let answer = try await server.get(address, as: name, method: method, headers: headers, body: body)
      #expect(answer.status == status, "\(name): \(answer.body)")
      // Who may not ask, or report, leaves no trace; what the ledger refuses is on record.
      let after = try server.ledger.lastPosition()
      if method == .get || [401, 403, 422].contains(status) || parts[1].hasPrefix("/sign-") {
        #expect(after == before)
      } else {
        #expect(after > before, "\(name)")
        if status == 404 || status == 409 {
          #expect(try server.ledger.event(at: after).kind == .actionRefused)
          #expect(try server.ledger.event(at: after).actor == name)
        }
      }
    }
  }

  @Test func `leaves no word about what it hides`() async throws {
    let server = try RoleServer()
    for (real, made) in [
      ("/api/v1/projects/vision", "/api/v1/projects/nothing"),
      ("/api/v1/projects/vision/workloads", "/api/v1/projects/nothing/workloads"),
      ("/api/v1/projects/vision/quotas", "/api/v1/projects/nothing/quotas"),
      ("/api/v1/projects/vision/history", "/api/v1/projects/nothing/history"),
      ("/api/v1/projects/vision/statistics", "/api/v1/projects/nothing/statistics"),
      ("/projects/vision/charts", "/projects/nothing/charts"),
      ("/api/v1/workloads/\(TestServer.id(1))", "/api/v1/workloads/\(TestServer.id(9))"),
    ] {
      let (hidden, missing) = (
        try await server.get(real, as: "eve"), try await server.get(made, as: "eve")
      )
      #expect(hidden.status == 404 && missing.status == 404)
      func detail(_ answer: Answer) throws -> String? {
        (try answer.json()["detail"] as? String)?.replacing("vision", with: "nothing")
          .replacing("\(TestServer.id(1))", with: "\(TestServer.id(9))")
      }
      #expect(try detail(hidden) == detail(missing))
    }
    #expect(try await server.get("/api/v1/projects", as: "eve").items("name") == [])
    #expect(try await server.get("/api/v1/events", as: "eve").items("id") == [])
  }

  @Test func `keeps an agent to its cluster`() async throws {
    let server = try RoleServer()
    try server.server.create(2, "gpt", cluster: "c2")
    try server.server.append(.deleteRequested, TestServer.id(2), at: 5)
    let list = "/api/v1/projects/vision/workloads"
    #expect(try await server.get(list, as: "agent2").items("name") == ["gpt"])
    #expect(try await server.get(list + "?cluster=c2", as: "agent2").items("name") == ["gpt"])
    #expect(try await server.get(list + "?cluster=c1", as: "agent2").status == 404)
    let queue = "/api/v1/projects/vision/deletions"
    #expect(try await server.get(queue, as: "agent2").items("attempts", Int.self) == [1])
    #expect(try await server.get(queue, as: "agent1").items("attempts", Int.self) == [])
    #expect(try await server.get("/projects/vision/deletions", as: "agent2").names == ["gpt"])
    #expect(try await server.get("/projects/vision/deletions", as: "agent1").names == [])
    let events = try await server.get("/api/v1/events", as: "agent2")
    #expect(try Set(events.items("subject")) == ["\(TestServer.id(2))"])
  }

  @Test func `shows a member the events of the own projects, page by page`() async throws {
    let server = try RoleServer()
    try server.server.append(.projectCreated, actor: "eve", project: "secret")
    for number in 2...5 {
      try server.server.append(.created, TestServer.id(number), actor: "eve", project: "secret") {
        event, batch in
        event.name = batch.addText("hidden")
      }
    }
    try server.server.create(6, "late")
    var (next, names) = (1, [String]())
    let last = try server.ledger.lastPosition()
    while next <= last {
      let answer = try await server.get(
        "/api/v1/events?limit=1&from=\(next)", as: "alice")
      #expect(!answer.body.contains("hidden") && !answer.body.contains("secret"))
      names += try answer.items("type")
      next = try #require(try answer.json()["next"] as? Int)
    }
    #expect(names == ["project.created", "workload.created", "workload.created"])
  }

  @Test func `says on whose behalf somebody asked, as the one who told the ledger`() {
    let portal = Identity(actor: "alice", delegate: "portal", role: .member)
    #expect(portal.reporter == "portal@workledger-server")
    let batch = Command(.started).batch(by: portal, now: TestServer.time(1))
    #expect(batch.name(batch.events[0].actor)?.text == "alice")
    #expect(batch.name(batch.events[0].reporter)?.text == "portal@workledger-server")
  }
}
