import HTTPTypes
import Ledger
import Presentation
import Testing
import WorkloadModel

@testable import LedgerServer

/// Who did what: through the API, as a table, and on the page.
struct `The history of a project` {
  private static let api = "/api/v1/projects/vision/history"
  private static let page = "/projects/vision/history"

  /// bert is created, started by bob and fails; lora is created and its deletion asked for; another project has one.
  private static func server() throws -> TestServer {
    let server = try TestServer()
    try server.append(.memberAdded) { event, batch in event.owner = batch.intern(.user, "bob") }
    try server.create(1, "bert", at: 10)
    try server.append(.started, TestServer.id(1), at: 20, actor: "bob")
    try server.append(.failed, TestServer.id(1), at: 30) { event, batch in
      event.reason = batch.addText("=cmd|' /c calc'!A1")
    }
    try server.create(2, "lora", .fineTuning, at: 40)
    try server.append(.deleteRequested, TestServer.id(2), at: 50, actor: "bob")
    try server.append(.projectCreated, at: 60, project: "speech")
    try server.create(3, "other", at: 70, project: "speech")
    return server
  }

  private static let all = [
    "project created", "member added", "created", "started", "failed", "created", "delete requested",
  ]

  @Test(
    arguments: [
      ("", all), ("?reverse=true", all.reversed()), ("?actor=bob", ["started", "delete requested"]),
      ("?actor=nobody", []), ("?action=created", ["created", "created"]),
      ("?action=Delete%20Requested&action=failed", ["failed", "delete requested"]),
      ("?action=started,failed&type=Training", ["started", "failed"]),
      ("?type=Fine-Tuning", ["created", "delete requested"]),
      ("?name=BER", ["created", "started", "failed"]),
      ("?workload=\(TestServer.id(2))", ["created", "delete requested"]),
      ("?workload=\(TestServer.id(2))&reverse=true", ["delete requested", "created"]),
      // A workload of another project, and one that never was: nothing of them is here.
      ("?workload=\(TestServer.id(3))", []), ("?workload=\(TestServer.id(9))", []),
      ("?workload=\(TestServer.id(9))&reverse=true", []),
      ("?since=2023-11-14T22:13:40Z&until=2023-11-14T22:14:00Z", ["started", "failed"]),
      ("?limit=2", ["project created", "member added"]), ("?to=1", []), ("?from=999", []),
    ] as [(String, [String])])
  func `is told by every filter`(_ query: String, _ events: [String]) async throws {
    let answer = try await Self.server().get(Self.api + query)
    #expect(answer.status == 200, "\(answer.body)")
    let labels = try answer.items("type").compactMap { EventKind(cloudEventType: $0)?.label }
    #expect(labels == events)
  }

  @Test(arguments: [false, true]) func `goes on where it stopped, to its end`(_ isReverse: Bool) async throws
  {
    let server = try Self.server()
    let whole = try await server.get(Self.api + "?reverse=\(isReverse)").items("position", Int.self)
    var positions: [Int] = []
    var next: Int?
    repeat {
      let from = next.map { "&\(isReverse ? "to" : "from")=\($0)" } ?? ""
      let answer = try await server.get(Self.api + "?limit=2&reverse=\(isReverse)" + from)
      positions += try answer.items("position", Int.self)
      next = try answer.json()["next"] as? Int
      #expect(answer["Ledger-Next-Position"] == next.map { "\($0)" })
    } while next != nil && positions.count < 20
    #expect(positions == whole && whole.count == 7)
  }

  @Test(arguments: [("?format=csv", ""), ("", "text/csv, */*;q=0.1"), ("?format=csv", "application/json")])
  func `is the table of the command line, and runs nothing in a spreadsheet`(
    _ query: String, _ accept: String
  ) async throws {
    let server = try Self.server()
    let answer = try await server.get(Self.api + query, headers: [.accept: accept])
    #expect(answer["Content-Type"] == "text/csv; charset=utf-8; header=present")
    #expect(answer["Content-Disposition"] == "attachment; filename=\"history.csv\"")
    #expect(answer["Vary"] == "Accept")
    var csv = CSVWriter()
    csv.header(Event.csvTitles)
    var history = HistoryQuery()
    history.project = "vision"
    try server.ledger.history(history) { event in
      event.write(to: &csv)
      return true
    }
    let exact = String(decoding: csv.bytes, as: UTF8.self)
    #expect(exact.contains(",=cmd|' /c calc'!A1,"))
    #expect(answer.body == exact.replacing(",=cmd|", with: ",'=cmd|"))
    let json = try await server.get(Self.api + "?format=json", headers: [.accept: "text/csv"])
    #expect(json["Content-Type"] == "application/json")
  }

  @Test(
    arguments: [
      ("?action=foo", "action"), ("?type=foo", "type"), ("?workload=x", "workload"),
      ("?since=yesterday", "since"),
      ("?until=1", "until"), ("?from=0", "from"), ("?to=x", "to"), ("?reverse=yes", "reverse"),
      ("?limit=1001", "limit"), ("?format=xml", "format"), ("?asOf=1", "asOf"),
    ])
  func `names the parameter that is wrong`(_ query: String, _ parameter: String) async throws {
    let answer = try await TestServer().get(Self.api + query)
    #expect(answer.status == 400)
    #expect(try answer.json()["parameter"] as? String == parameter)
  }

  @Test func `of a project that is not there is not found`() async throws {
    let server = try TestServer()
    for address in ["/api/v1/projects/nope/history", "/projects/nope/history"] {
      #expect(try await server.get(address).status == 404)
    }
  }

  // MARK: The page

  @Test func `is shown newest first, with names, ways to the workloads and what was refused`() async throws {
    let page = try await Self.server().get(Self.page)
    #expect(Self.events(page) == Self.all.reversed())
    #expect(page.link("<bdi>lora") == "/workloads/\(TestServer.id(2))")
    #expect(page.body.contains("<td data-label=\"Actor\"><bdi>bob</bdi></td>"))
    #expect(page.body.contains("<bdi>=cmd|&#39; /c calc&#39;!A1</bdi>"))
    #expect(!page.body.contains("other"))
    #expect(page.link("Older events") == nil && page.link("Newest events") == nil)
    #expect(page.body.contains("<a href=\"/projects/vision/history\" aria-current=\"page\">History</a>"))
  }

  @Test func `keeps its filters on every way but one, and in what it shows`() async throws {
    let server = try Self.server()
    let query = "?name=er&action=started&action=failed&limit=1&since=2023-11-14"
    let page = try await server.get(Self.page + query)
    #expect(Self.events(page) == ["failed"])
    #expect(try page.markup().values("value").contains("er"))
    #expect(page.body.contains("value=\"failed\" checked"))
    #expect(page.body.contains("Event: started, failed"))
    #expect(page.link("Clear") == Self.page)
    let next = try await server.get(try #require(page.link("Older events")))
    #expect(Self.events(next) == ["started"])
    #expect(next.link("Older events") == nil)
    #expect(Self.events(try await server.get(try #require(next.link("Newest events")))) == ["failed"])
    #expect(Self.events(try await server.get(try #require(next.link("Refresh")))) == ["started"])
    let csv = try await server.get(try #require(next.link("CSV")))
    #expect(csv.body.split(separator: "\r\n").count == 3, "its titles and both events")
    let none = try await server.get(Self.page + "?actor=nobody")
    #expect(none.body.contains("None match") && !none.body.contains("<table"))
    // A form sends its empty fields too.
    #expect(Self.events(try await server.get(Self.page + "?actor=&name=&workload=&since=&until=")).count == 7)
  }

  private static func events(_ page: Answer) -> [String] {
    page.body.matches(of: /<th scope="row" data-label="Event">([^<]*)</).map { String($0.1) }
  }
}
