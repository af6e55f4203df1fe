import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import LedgerTestSupport
import Logging
import Synchronization
import Testing
import WorkloadModel

@testable import LedgerServer

struct `The stream of events` {
  /// What a stream over the log as it is would send, one position of `growth` after the other.
  private func written(
    _ server: TestServer, _ filter: EventFilter = EventFilter(), from: UInt64 = 1, growth: [UInt64],
    silence: Duration = .seconds(1000), by identity: Identity = Identity(actor: "alice", role: .auditor),
    isWelcome: Bool = true
  ) async throws -> String {
    let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self)
    for last in growth { continuation.yield(last) }
    continuation.finish()
    let collector = Collector()
    var writer: any ResponseBodyWriter = collector
    let events = EventStream(
      server: server.server, access: Access(ledger: server.ledger, identity: identity), filter: filter,
      from: from, isWelcome: { isWelcome }, growth: stream, silence: silence, checkInterval: .zero)
    try await events.write(to: &writer)
    return String(decoding: collector.bytes.withLock { $0 }, as: UTF8.self)
  }

  /// All events that match, as the history has them.
  private func history(_ server: TestServer, project: String? = nil, workload: WorkloadID? = nil) throws
    -> [Event]
  {
    var query = HistoryQuery()
    query.project = project
    query.workload = workload
    var events: [Event] = []
    try server.ledger.history(query) {
      events.append($0)
      return true
    }
    return events
  }

  @Test func `has each event as a message with its position, type and JSON`() async throws {
    let server = try TestServer()
    try server.create(1, "line\u{2028}break \"ü\"")
    let events = try history(server)
    let lines = try await server.get("/api/v1/events", headers: [.accept: "application/x-ndjson"]).body
      .split(separator: "\n")
    let expected = zip(events, lines).map { event, line in
      "id: \(event.position)\nevent: \(event.kind.cloudEventType)\ndata: \(line)\n\n"
    }
    let last = try server.ledger.lastPosition()
    #expect(try await written(server, growth: [0, last]) == "retry: 2000\n\n" + expected.joined())
    #expect(
      try await written(server, from: last, growth: [last]) == "retry: 2000\n\n" + (expected.last ?? ""))
  }

  @Test func `has those of a project or a workload alone`() async throws {
    let server = try TestServer()
    try server.append(.projectCreated, project: "speech")
    for number in 1...150 { try server.create(number, "v", project: number % 3 == 0 ? "speech" : "vision") }
    try server.append(.started, TestServer.id(3), at: 5, project: "speech")
    let last = try server.ledger.lastPosition()
    for (filter, events) in [
      (EventFilter(project: "speech"), try history(server, project: "speech")),
      (EventFilter(workload: TestServer.id(3)), try history(server, workload: TestServer.id(3))),
      (
        EventFilter(project: "speech", workload: TestServer.id(3)),
        try history(server, workload: TestServer.id(3))
      ), (EventFilter(project: "speech", workload: TestServer.id(1)), []),
    ] {
      let text = try await written(server, filter, growth: [last])
      #expect(StreamClient.ids(in: text) == events.map(\.position), "\(filter)")
    }
  }

  @Test func `has for each what they may see`() async throws {
    let server = try TestServer()
    try server.append(.projectCreated, actor: "bob", project: "speech")
    for number in 1...6 {
      try server.create(number, "job", cluster: number % 2 == 0 ? "c1" : "c2")
      try server.append(.started, TestServer.id(number), at: 6)
    }
    try server.append(.created, TestServer.id(9), actor: "bob", project: "speech") { event, batch in
      event.name = batch.addText("secret")
      event.type = .training
      event.cluster = batch.intern(.cluster, "c1")
    }
    let last = try server.ledger.lastPosition()
    let all = try history(server)
    for (identity, isSeen) in [
      (Identity(actor: "x", role: .auditor), { _ in true }),
      (Identity(actor: "x", role: .member), { _ in false }),
      (Identity(actor: "bob", role: .member), { $0.project == "speech" }),
      (Identity(actor: "alice", role: .member), { $0.project == "vision" }),
      (
        Identity(actor: "a", role: .agent(cluster: "c1")),
        { [2, 4, 6, 9].map(TestServer.id).contains($0.subject ?? .none) }
      ),
    ] as [(Identity, (Event) -> Bool)] {
      let text = try await written(server, growth: [last], by: identity)
      #expect(StreamClient.ids(in: text) == all.filter(isSeen).map(\.position), "\(identity)")
      let isWhole = identity.role == .auditor
      let filter = EventFilter(project: "speech", workload: TestServer.id(9))
      let access = Access(ledger: server.ledger, identity: identity)
      if isWhole || identity.actor == "bob" || identity.actor == "a" {
        #expect(throws: Never.self) { try filter.check(access) }
      } else {
        #expect(throws: LedgerError.self) { try filter.check(access) }
      }
    }
  }

  @Test func `says where to go on when it is silent`() async throws {
    let server = try TestServer()
    try server.append(.projectCreated, project: "speech")
    for number in 1...3 { try server.create(number, "v") }
    let last = try server.ledger.lastPosition()
    let text = try await written(
      server, EventFilter(project: "speech"), growth: [last], silence: .zero)
    #expect(text.hasSuffix("\n\n:\nid: \(last)\n\n"), "\(text)")
  }

  @Test func `ends when the one who follows is not who they were`() async throws {
    let server = try TestServer()
    let last = try server.ledger.lastPosition()
    #expect(try await written(server, growth: [last], isWelcome: false) == "retry: 2000\n\n")
  }

  @Test func `is refused where it can't begin`() async throws {
    let server = try TestServer()
    let last = try server.ledger.lastPosition()
    let stream = "/api/v1/events/stream"
    let lastID = try #require(HTTPField.Name("Last-Event-ID"))
    for (query, id, status, parameter) in [
      ("?from=0", nil, 400, "from"), ("?lastEventId=x", nil, 400, "lastEventId"),
      ("?from=1&lastEventId=1", nil, 400, "lastEventId"), ("", "x", 400, nil), ("", "-1", 400, nil),
      ("", "18446744073709551615", 400, nil), ("?from=\(last + 2)", nil, 404, nil),
      ("", "\(last + 1)", 404, nil), ("?project=none", nil, 404, nil), ("?workload=4", nil, 400, "workload"),
      ("?workload=\(TestServer.id(9))", nil, 404, nil), ("?limit=1", nil, 400, "limit"),
    ] as [(String, String?, Int, String?)] {
      let answer = try await server.get(stream + query, headers: id.map { [lastID: $0] } ?? [:])
      #expect(answer.status == status, "\(query) \(id ?? ""): \(answer.body)")
      #expect(try answer.json()["parameter"] as? String == parameter)
    }
  }

  @Test func `finds no room where too many are open, and gives its room back`() async throws {
    let full = try await TestServer(maxStreams: 0).get("/api/v1/events/stream")
    #expect(full.status == 503 && full["Retry-After"] == "1")
    // The body of an answer to HEAD is never written.
    let server = try TestServer(maxStreams: 1)
    for _ in 1...3 {
      let head = try await server.get("/api/v1/events/stream", method: .head)
      #expect(head.status == 200 && head["Content-Type"] == "text/event-stream")
    }
    #expect(server.server.watcher.count == 0)
  }

  @Test func `is a batch of CloudEvents where it is asked for in slices`() async throws {
    let server = try TestServer()
    try server.create(1, "bert")
    let batch = try await server.get(
      "/api/v1/events?limit=5", headers: [.accept: "application/cloudevents-batch+json"])
    #expect(batch["Content-Type"] == "application/cloudevents-batch+json" && batch["Vary"] == "Accept")
    let events = try #require(
      try JSONSerialization.jsonObject(with: Data(batch.bytes)) as? [[String: Any]])
    #expect(events.map { $0["type"] as? String } == ["project.created", "workload.created"])
    #expect(batch["Ledger-Next-Position"] == "\(try server.ledger.lastPosition() + 1)")
  }
}

/// By the real program, over connections.
@Suite(.serialized) struct `A stream that is followed` {
  private func start(_ ledger: TestServer) throws -> ServerProcess {
    try ServerProcess(
      ["--ledger", ledger.folder("ledger"), "--development", "--port", "0"], in: ledger.folder.path)
  }

  @Test func `has every event once, however often its reader comes again while two processes write`() throws {
    let ledger = try TestServer()
    let process = try start(ledger)
    let port = try process.port()
    let seed = testSeed()
    let rounds = testRounds(300)
    let target = Atomic<UInt64>(0)
    let found = Mutex<[[UInt64]]>(Array(repeating: [], count: 3))
    onThreads(4) { thread in
      if thread == 3 {
        onThreads(2) { writer in
          for number in 0..<rounds {
            // This process, and the command in one of its own.
            if writer == 0 { try? ledger.create(number + 1, "job-\(number)") }
            if writer == 1, number % 20 == 0 { Self.create("other-\(number)", ledger) }
            if number % 20 == 0 { usleep(30_000) }
          }
        }
        try? ledger.append(.started, TestServer.id(1), at: 9)
        return target.store((try? ledger.ledger.lastPosition()) ?? 0, ordering: .releasing)
      }
      var random = SeededRandom(seed: seed &+ UInt64(thread))
      var client = StreamClient(port: port)
      for _ in 0..<2000 where client.lastID == 0 || client.lastID != target.load(ordering: .acquiring) {
        client.receive(atMost: random.below(6_000)) { target.load(ordering: .acquiring) }
      }
      found.withLock { $0[thread] = client.ids }
    }
    var expected: [UInt64] = []
    try ledger.ledger.history(HistoryQuery()) {
      expected.append($0.position)
      return true
    }
    #expect(expected.count > rounds)
    for ids in found.withLock({ $0 }) { #expect(ids == expected) }
    process.signal(SIGTERM)
    #expect(process.wait() == 0)
  }

  private static func create(_ name: String, _ ledger: TestServer) {
    let process = Process()
    process.executableURL = ServerProcess.program("workledger")
    process.arguments = [
      "create", name, "--ledger", ledger.folder("ledger"), "--as", "alice", "--project", "vision", "--type",
      "training", "--cluster", "c1", "--cpu", "1",
    ]
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try? process.run()
    process.waitUntilExit()
  }

  @Test func `ends at once and properly when the server stops`() throws {
    let ledger = try TestServer()
    let process = try start(ledger)
    let connection = try RawConnection(port: try process.port())
    connection.send("GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    let head = connection.receive { $0.contains("id: ") }
    #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.contains("Content-Type: text/event-stream\r\n"))
    process.signal(SIGTERM)
    #expect(connection.receive().hasSuffix("0\r\n\r\n"), "the last chunk is there")
    #expect(process.wait() == 0)
  }

  @Test func `gives its room back when its reader has gone`() throws {
    let ledger = try TestServer()
    let process = try start(ledger)
    let port = try process.port()
    var connection: RawConnection? = try RawConnection(port: port)
    connection?.send("GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    _ = connection?.receive { $0.contains("id: ") }
    #expect(try RawConnection.get("/metrics", port: port).contains("\nworkledger_event_streams 1\n"))
    connection = nil
    var isGone = false
    for number in 1...100 where !isGone {
      try ledger.create(number, "job")
      usleep(50_000)
      isGone = try RawConnection.get("/metrics", port: port).contains("\nworkledger_event_streams 0\n")
    }
    #expect(isGone)
    process.signal(SIGTERM)
    #expect(process.wait() == 0)
  }
}

/// A client of Server-Sent Events that comes again with the id of its last whole message.
private struct StreamClient {
  let port: UInt16
  private(set) var lastID: UInt64 = 0
  private(set) var ids: [UInt64] = []

  init(port: UInt16) { self.port = port }

  /// Connects, reads until there are so many bytes, the message of `last`, or nothing for a second, and goes away.
  mutating func receive(atMost count: Int, last: () -> UInt64) {
    guard let connection = try? RawConnection(port: port, seconds: 1) else { return }
    let header = lastID == 0 ? "" : "Last-Event-ID: \(lastID)\r\n"
    connection.send("GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n")
    let text = connection.receive { $0.utf8.count >= count || $0.contains("id: \(last())\n") }
    guard text.hasPrefix("HTTP/1.1 200 OK\r\n") else { return }
    ids += Self.ids(in: Self.body(of: text))
    lastID = ids.last ?? 0
  }

  /// The ids of the whole messages that have data.
  static func ids(in text: String) -> [UInt64] {
    var blocks = text.components(separatedBy: "\n\n")
    blocks.removeLast()
    return blocks.compactMap { block in
      guard block.contains("\ndata: ") else { return nil }
      return block.split(separator: "\n").first { $0.hasPrefix("id: ") }.flatMap { UInt64($0.dropFirst(4)) }
    }
  }

  /// What stands in the chunks of an answer so far (RFC 9112, section 7.1).
  private static func body(of text: String) -> String {
    guard let head = text.range(of: "\r\n\r\n") else { return "" }
    var rest = Array(text[head.upperBound...].utf8)[...]
    var body: [UInt8] = []
    while let end = rest.firstIndex(of: 0x0D),
      let count = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16)
    {
      body += rest[end...].dropFirst(2).prefix(count)
      rest = rest[end...].dropFirst(2 + count + 2)
    }
    return String(decoding: body, as: UTF8.self)
  }
}
