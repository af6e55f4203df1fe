import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import LedgerTestSupport
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import WorkloadModel

@testable import LedgerServer

/// The server over a ledger of a few workloads, asked in process: no port, no connection.
final class TestServer: Sendable {
  let folder = TemporaryFolder()
  let ledger: Ledger
  let server: LedgerServer
  private let responder: RouterResponder<ServerContext>
  /// One for all tests: each server with threads of its own would start hundreds.
  private static let readers = ReaderPool(threadCount: 2, capacity: 256, patience: .seconds(60))

  /// An empty ledger with the project `vision`, whose members are alice and whoever else is named.
  init(
    readers: ReaderPool = readers, maxStreams: Int = LedgerServer.maxStreams,
    authenticator: (Ledger) -> Authenticator = { _ in .development(actor: "alice") }
  ) throws {
    _ = try Ledger.create(at: folder("ledger"), now: Self.time(0))
    ledger = try Ledger(path: folder("ledger"))
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    server = LedgerServer(
      ledger: ledger, readers: readers, writer: LedgerWriter(ledger, capacity: 64),
      authenticator: authenticator(ledger),
      isLocal: true, logger: quiet, maxStreams: maxStreams
    ) { Self.time(1000) }
    responder = server.router().buildResponder()
    try append(.projectCreated, actor: "alice", project: "vision")
  }

  /// So many seconds after the beginning of the tests' time.
  static func time(_ seconds: Int64) -> Timestamp {
    Timestamp(microseconds: 1_700_000_000_000_000 + seconds * 1_000_000)
  }

  static func id(_ number: Int) -> WorkloadID {
    WorkloadID(high: 0x0192_F3A4_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
  }

  // MARK: Writing

  /// Appends a command, recorded when it occurs; it must be allowed.
  func append(
    _ kind: EventKind, _ id: WorkloadID = .none, at seconds: Int64 = 0, actor: String = "alice",
    project: String = "vision", _ fill: (inout ProposedEvent, inout EventBatch) -> Void = { _, _ in }
  ) throws {
    var batch = EventBatch()
    var event = ProposedEvent(kind, .command, subject: id, occurredAt: Self.time(seconds))
    event.actor = batch.intern(.user, actor)
    event.reporter = batch.intern(.reporter, actor + "@node")
    event.project = batch.intern(.project, project)
    fill(&event, &batch)
    batch.events.append(event)
    var outcomes: [EventOutcome] = []
    try ledger.append(&batch, now: Self.time(seconds), outcomes: &outcomes)
    for outcome in outcomes {
      guard case .appended = outcome.verdict else {
        Issue.record("\(kind) of \(id): \(outcome.verdict)")
        continue
      }
    }
  }

  /// Creates a workload of alice on c1.
  func create(
    _ number: Int, _ name: String, _ type: WorkloadType = .training, at seconds: Int64 = 1, url: String = "",
    cluster: String = "c1", owner: String = "alice", project: String = "vision"
  ) throws {
    try append(.created, Self.id(number), at: seconds, project: project) { event, batch in
      event.name = batch.addText(name)
      event.type = type
      event.cluster = batch.intern(.cluster, cluster)
      event.owner = batch.intern(.user, owner)
      event.resources = Resources(cpuMillicores: 4000, memoryBytes: 8 << 30, gpuMilli: 500)
      event.url = batch.addText(url)
    }
  }

  // MARK: Asking

  /// The answer to a request.
  func get(
    _ address: String, method: HTTPRequest.Method = .get, headers: HTTPFields = [:],
    host: String? = "localhost", body: String = ""
  ) async throws -> Answer {
    let request = Request(
      head: HTTPRequest(
        method: method, scheme: "http", authority: host, path: address, headerFields: headers),
      body: RequestBody(buffer: ByteBuffer(string: body)))
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let source = ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: logger)
    let response = try await responder.respond(to: request, context: ServerContext(source: source))
    let collector = Collector()
    try await response.body.write(collector)
    return Answer(
      status: response.status.code, headers: response.headers,
      bytes: collector.bytes.withLock { $0 })
  }
}

extension TestServer {
  /// The answer to a request with a body of JSON.
  func send(
    _ method: HTTPRequest.Method, _ address: String, _ body: String = "", headers: HTTPFields = [:]
  ) async throws -> Answer {
    var headers = headers
    if !body.isEmpty { headers[.contentType] = "application/json" }
    return try await get(address, method: method, headers: headers, body: body)
  }
}

/// What came back.
struct Answer {
  var status: Int
  var headers: HTTPFields
  var bytes: [UInt8]
  var body: String { String(decoding: bytes, as: UTF8.self) }

  /// A field of the header.
  subscript(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }

  /// The object of JSON.
  func json() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
  }

  /// The values of a key of the items.
  func items<Value>(_ key: String, _ type: Value.Type = String.self) throws -> [Value] {
    try #require(try json()["items"] as? [[String: Any]]).compactMap { $0[key] as? Value }
  }
}

/// Keeps what is written to it.
final class Collector: ResponseBodyWriter, Sendable {
  let bytes = Mutex<[UInt8]>([])

  func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0 += Array(buffer.readableBytesView) } }
  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Lets other threads run: sched_yield(2).
func yieldThread() { sched_yield() }
