import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

@testable import LedgerServer

private let single = "application/cloudevents+json"
private let batch = "application/cloudevents-batch+json"
private let lines = "application/x-ndjson"

/// An event about a workload of the tests.
private func event(
  _ type: String, _ number: Int, id: Int, at seconds: Int64 = 10, _ data: String = ""
) -> String {
  """
  {"specversion":"1.0","id":"\(id)","source":"urn:c1","type":"workload.\(type)","subject":"\(TestServer.id(number))",\
  "time":"\(TestServer.time(seconds).rfc3339)","data":{\(data)}}
  """
}

private func creation(_ number: Int, id: Int, cluster: String = "c1") -> String {
  event(
    "created", number, id: id, #""name":"job","project":"vision","type":"Training","cluster":"\#(cluster)""#)
}

private func array(_ events: [String]) -> String { "[" + events.joined(separator: ",\n ") + "]" }

struct `A report` {
  private func post(
    _ server: TestServer, _ body: String, as type: String?, headers: HTTPFields = [:]
  ) async throws -> Answer {
    var headers = headers
    headers[.contentType] = type
    return try await server.get("/api/v1/events", method: .post, headers: headers, body: body)
  }

  /// What the agent of c1 is told.
  private func post(_ server: RoleServer, _ body: String, as type: String) async throws -> Answer {
    try await server.get(
      "/api/v1/events", as: "agent1", method: .post, headers: [.contentType: type], body: body)
  }

  @Test func `is one event, an array of them, or one a line`() async throws {
    let events = [creation(1, id: 1), event("queued", 1, id: 2), event("started", 1, id: 3, at: 11)]
    for (type, bodies) in [
      (single, events), (batch, [array(events)]), (batch + "; charset=utf-8", [" \n" + array(events) + "\n"]),
      (lines, [events.joined(separator: "\n")]),
      (lines, ["\n" + events.joined(separator: "\r\n\r\n") + "\n\n"]),
    ] {
      let server = try TestServer()
      var outcomes: [String] = []
      for body in bodies {
        let answer = try await post(server, body, as: type)
        #expect(answer.status == 200, "\(answer.body)")
        outcomes += try answer.items("outcome")
      }
      #expect(outcomes == ["appended", "appended", "appended"], "\(type)")
      let workload = try server.ledger.details(TestServer.id(1), now: TestServer.time(20)).workload
      #expect(workload.status == .running && workload.startedAt == TestServer.time(11))
      let again = try await post(server, bodies[0], as: type)
      #expect(again.status == 200)
      #expect(try again.items("outcome").allSatisfy { $0 == "duplicate" })
      #expect(try again.items("position", Int.self).allSatisfy { $0 > 0 })
    }
  }

  @Test func `has a result for each event, and a bad one keeps no other out`() async throws {
    let server = try TestServer()
    let body = array([
      creation(1, id: 1), event("started", 1, id: 2, at: 11).replacing("2023", with: "23"),
      event("completed", 1, id: 3, at: 12), event("exploded", 1, id: 4), "7",
      event("terminated", 1, id: 1, at: 13, #""colour":"red""#), event("failed", 1, id: 5, at: 14, #""x":1"#),
      event("created", 2, id: 6, #""name":"a\u0000b","project":"vision""#),
    ])
    let answer = try await post(server, body, as: batch)
    #expect(answer.status == 207, "\(answer.body)")
    let json = try answer.json()
    #expect(json["taken"] as? Int == 3 && json["rejected"] as? Int == 5)
    let items = try #require(json["items"] as? [[String: Any]])
    #expect(
      items.map { $0["outcome"] as? String } == [
        "appended", "rejected", "appended", "rejected", "rejected", "conflict", "anomaly", "rejected",
      ], "\(answer.body)")
    #expect(
      items.map { $0["field"] as? String } == [nil, "time", nil, "type", nil, nil, nil, "data.name"])
    #expect(items.map { $0["reason"] is String } == [false, true, false, true, true, true, false, true])
    #expect(items[1]["column"] as? Int == 131, "\(items[1])")
    #expect(items[5]["position"] as? Int == items[0]["position"] as? Int)
    #expect(
      json["ignored"] as? [String] == ["data.colour of workload.terminated", "data.x of workload.failed"])
    #expect(try server.ledger.details(TestServer.id(1), now: TestServer.time(20)).timeline.count == 3)
  }

  @Test func `that holds nothing to keep is unprocessable, and one without events is fine`() async throws {
    let server = try TestServer()
    let last = try server.ledger.lastPosition()
    for (body, type, status) in [
      ("nonsense", single, 422), ("[]", single, 422), (array(["{}", "[]"]), batch, 422),
      ("{}\n{", lines, 422),
      ("[]", batch, 200), ("\n\n", lines, 200), ("", lines, 200),
    ] {
      let answer = try await post(server, body, as: type)
      #expect(answer.status == status, "\(body): \(answer.body)")
      #expect(try answer.json()["taken"] as? Int == 0)
    }
    for body in ["", "{}", "[", "[{]", "[1,]", "[1 2]", "[] 1", "[1]]", "[\u{1}]"] {
      let answer = try await post(server, body, as: batch)
      #expect(answer.status == 400, "\(body): \(answer.body)")
    }
    #expect(try server.ledger.lastPosition() == last)
  }

  @Test func `has a type, a length and a number of events that are taken`() async throws {
    let server = try TestServer()
    for type in [
      nil, "", "application/json", "text/plain", "application/cloudevents", "application/cloudevents+xml",
    ] {
      let answer = try await post(
        server, creation(1, id: 1), as: type, headers: [try #require(HTTPField.Name("ce-id")): "1"])
      #expect(answer.status == 415, "\(type ?? "nil")")
      #expect(answer.body.contains("binary mode"))
    }
    let many = (1...1001).map { event("queued", 1, id: $0) }
    for (body, type) in [(array(many), batch), (many.joined(separator: "\n"), lines)] {
      let answer = try await post(server, body, as: type)
      #expect(answer.status == 400 && answer.body.contains("more than 1000 events"), "\(answer.body)")
    }
    let most = try await post(server, array(Array(many.dropLast())), as: batch)
    #expect(most.status == 200)
    let long = "[" + String(repeating: " ", count: 1 << 20) + "]"
    #expect(try await post(server, long, as: batch).status == 413)
    #expect(try await post(server, String(long.dropFirst(2)), as: lines).status == 422)
  }

  @Test func `is told by the one who sends it, whoever caused it`() async throws {
    let server = try RoleServer()
    let data = #""name":"job","project":"vision","cluster":"c1","actor":"bob","reporter":"root@moon""#
    #expect(
      try await post(server, event("created", 2, id: 1, data), as: single).status == 200)
    let timeline = try server.ledger.details(TestServer.id(2), now: TestServer.time(20)).timeline
    #expect(timeline.map(\.actor) == ["bob"] && timeline.map(\.reporter) == ["agent1@workledger-server"])
    #expect(timeline.map(\.isObserved) == [true])
  }

  @Test func `of an agent is about workloads of its cluster`() async throws {
    let server = try RoleServer()
    try server.server.create(2, "theirs", cluster: "c2")
    // The ledger does not know where it runs.
    var imported = EventBatch()
    imported.events = [
      ProposedEvent(.started, .observation, subject: TestServer.id(3), occurredAt: TestServer.time(3))
    ]
    var outcomes: [EventOutcome] = []
    try server.ledger.append(&imported, now: TestServer.time(3), outcomes: &outcomes)
    let last = try server.ledger.lastPosition()
    let member = #"{"specversion":"1.0","id":"9","source":"urn:c1","type":"project.memberadded","time":"#
    let reports: [(String, String, String?)] = [
      (event("started", 1, id: 1), "appended", nil), (event("started", 2, id: 2), "rejected", "subject"),
      (creation(2, id: 3), "rejected", "subject"),
      (creation(4, id: 4, cluster: "c2"), "rejected", "data.cluster"),
      (event("created", 5, id: 5, #""name":"job","project":"vision""#), "rejected", "data.cluster"),
      (event("started", 6, id: 6), "rejected", "subject"), (creation(6, id: 7), "appended", nil),
      (event("started", 6, id: 8), "appended", nil), (event("queued", 3, id: 10), "rejected", "subject"),
      (creation(3, id: 11), "rejected", "subject"), (event("completed", 3, id: 12), "rejected", "subject"),
      (
        member + #""2023-12-01T00:00:00Z","data":{"project":"vision","member":"agent"}}"#, "rejected", "type"
      ),
    ]
    let answer = try await post(server, array(reports.map(\.0)), as: batch)
    #expect(answer.status == 207)
    let items = try #require(try answer.json()["items"] as? [[String: Any]])
    #expect(items.map { $0["outcome"] as? String } == reports.map(\.1), "\(answer.body)")
    #expect(items.map { $0["field"] as? String } == reports.map(\.2))
    #expect(try server.ledger.lastPosition() == last + 5, "three events and two names")
    #expect(try server.ledger.details(TestServer.id(2), now: TestServer.time(20)).timeline.count == 1)
  }

  @Test func `takes what the feed gives`() async throws {
    let one = try TestServer()
    for number in 1...20 {
      try one.create(number, "job \(number) \"ü\"", at: Int64(number), url: "https://x/\(number)")
      if number % 2 == 0 { try one.append(.started, TestServer.id(number), at: 30) }
      if number % 3 == 0 { try one.append(.deleteRequested, TestServer.id(number), at: 40) }
    }
    let other = try TestServer()
    let feed = try await one.get("/api/v1/events?limit=1000", headers: [.accept: batch])
    #expect(try await post(other, feed.body, as: batch).status == 200)
    let taken = try await other.get("/api/v1/events?limit=1000", headers: [.accept: batch])
    let facts = try Self.facts(taken)
    #expect(Array(facts.dropFirst()) == (try Self.facts(feed)), "but for the other's own project")
  }

  /// What events say, without what each ledger gives them.
  private static func facts(_ feed: Answer) throws -> [NSDictionary] {
    let events = try #require(try JSONSerialization.jsonObject(with: Data(feed.bytes)) as? [[String: Any]])
    return events.map { event in
      var event = event
      var data = event["data"] as? [String: Any] ?? [:]
      for key in ["position", "recordedtime", "id", "source"] { event[key] = nil }
      for key in ["reporter", "version", "applied", "anomaly"] { data[key] = nil }
      event["data"] = data
      return event as NSDictionary
    }
  }
}
