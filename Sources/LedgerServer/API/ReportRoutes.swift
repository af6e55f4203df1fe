import Exchange
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Presentation
import WorkloadModel

/// Reports of what has happened, as CloudEvents: an agent says what its cluster did.
///
/// They are observations, so each is kept even where it contradicts what the ledger knew, and one that comes again is
/// not kept twice. What can't be read or is not the agent's to say keeps nothing else out: each event has a result of
/// its own.
struct ReportRoutes: Sendable {
  /// The most bytes of a body.
  static let maxBodyLength = 1 << 20

  let server: LedgerServer

  func add(to routes: Routes) {
    routes.post("/api/v1/events", .report, use: report)
  }

  @Sendable private func report(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    let form = try Self.form(request.headers)
    var request = request
    let buffer: ByteBuffer
    do { buffer = try await request.collectBody(upTo: Self.maxBodyLength) } catch is NIOTooManyBytesError {
      throw Problem(.bodyTooLarge, "the body has more than \(Self.maxBodyLength) bytes")
    }
    let bytes = Array(buffer.readableBytesView)
    let identity = context.identity
    let received = try await server.read {
      var received = try ReceivedEvents(
        bytes, form, importer: identity.actor, reporter: identity.reporter)
      if let cluster = identity.role?.cluster {
        var judge = ReportJudge(ledger: server.ledger, cluster: cluster)
        try received.reject { event, batch in try judge.flaw(of: event, batch) }
      }
      return received
    }
    let outcomes =
      received.batch.events.isEmpty
      ? [] : try await server.append(received.batch, now: server.now()).1
    return ReportResult(received, outcomes).response
  }

  /// The form that the content type says (CloudEvents, HTTP binding, section 3.1): the attributes stand in the body, not
  /// in the header.
  private static func form(_ headers: HTTPFields) throws(Problem) -> ReceivedEvents.Form {
    let type = headers[.contentType] ?? ""
    switch type.split(separator: ";").first?.lowercased() {
    case "application/cloudevents+json": return .single
    case "application/cloudevents-batch+json": return .batch
    case "application/x-ndjson": return .lines
    default:
      throw Problem(
        .unsupportedType,
        "the body must be application/cloudevents+json, application/cloudevents-batch+json or application/x-ndjson, "
          + "not '\(type.prefix(80))'; the binary mode of CloudEvents is not taken")
    }
  }
}

/// Judges what an agent may report: what happens to workloads on its cluster.
private struct ReportJudge {
  let ledger: Ledger
  let cluster: String
  /// Whether workloads are on it, those that the ledger knows and those that came before in the same request.
  private var areOurs: [WorkloadID: Bool] = [:]

  init(ledger: Ledger, cluster: String) {
    self.ledger = ledger
    self.cluster = cluster
  }

  /// Why the agent may not report an event; nil where it may.
  mutating func flaw(of event: ProposedEvent, _ batch: EventBatch) throws(LedgerError) -> ReceivedEvents.Flaw?
  {
    guard event.kind.isOfWorkload else {
      return .init(field: "type", reason: "the agent of a cluster reports what happens to workloads")
    }
    let isOurs = try isOurs(event.subject)
    if event.kind == .created, isOurs == nil {
      guard batch.name(event.cluster)?.text == cluster else {
        return .init(field: "data.cluster", reason: "it is not '\(cluster)', the cluster of this agent")
      }
      areOurs[event.subject] = true
      return nil
    }
    guard isOurs == true else {
      return .init(
        field: "subject", reason: "there is no such workload on '\(cluster)', the cluster of this agent")
    }
    return nil
  }

  /// Whether a workload is on the cluster; nil where there is none such.
  private mutating func isOurs(_ id: WorkloadID) throws(LedgerError) -> Bool? {
    if let known = areOurs[id] { return known }
    do throws(LedgerError) {
      let isOurs = try ledger.find(id.description, project: nil).cluster == cluster
      areOurs[id] = isOurs
      return isOurs
    } catch {
      guard case .notFound = error else { throw error }
      return nil
    }
  }
}

/// What became of reports, in the order in which they came.
private struct ReportResult {
  private let received: ReceivedEvents
  private let outcomes: [EventOutcome]

  init(_ received: ReceivedEvents, _ outcomes: [EventOutcome]) {
    self.received = received
    self.outcomes = outcomes
  }

  /// 200 where all were taken, 207 where some were, 422 where none was; the document is the same.
  var response: Response {
    let taken = received.items.count(where: isTaken)
    var answer = JSONAnswer.make { json in
      json.object {
        $0.field("taken", taken)
        $0.field("rejected", received.items.count - taken)
        $0.key("items")
        $0.array { for item in received.items { write(item, to: &$0) } }
        if !received.ignored.isEmpty {
          $0.key("ignored")
          $0.array { for field in received.ignored { $0.string(field) } }
        }
      }
    }
    if taken < received.items.count { answer.status = taken > 0 ? Self.multiStatus : .unprocessableContent }
    return answer
  }

  /// RFC 4918 section 11.1
  private static let multiStatus = HTTPResponse.Status(code: 207, reasonPhrase: "Multi-Status")

  private func isTaken(_ item: ReceivedEvents.Item) -> Bool {
    guard case .event(let index) = item else { return false }
    switch outcomes[index].verdict {
    case .appended, .anomaly, .duplicate: return true
    case .conflict, .refused, .wrongVersion, .notFound: return false
    }
  }

  private func write(_ item: ReceivedEvents.Item, to json: inout JSONWriter) {
    json.object {
      switch item {
      case .flawed(let flaw):
        $0.field("outcome", "rejected")
        $0.field("reason", flaw.reason)
        $0.field("field", flaw.field)
        $0.field("column", flaw.column)
      case .event(let index): write(outcomes[index], to: &$0)
      }
    }
  }

  private func write(_ outcome: EventOutcome, to json: inout JSONWriter) {
    switch outcome.verdict {
    case .appended: json.field("outcome", "appended")
    case .anomaly(let anomaly):
      json.field("outcome", "anomaly")
      json.field("anomaly", anomaly.label)
    case .duplicate: json.field("outcome", "duplicate")
    case .conflict:
      json.field("outcome", "conflict")
      json.field("reason", "the ledger has an event of this source and id that says something else")
    case .refused, .wrongVersion, .notFound:
      json.field("outcome", "refused")
      json.field("reason", "the ledger refused this event")
    }
    if outcome.position > 0 { json.field("position", outcome.position) }
  }
}
