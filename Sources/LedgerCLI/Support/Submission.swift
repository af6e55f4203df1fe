import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// Events that one command wants to append, all in one durable transaction.
struct Submission {
  let session: Session
  private var batch = EventBatch()
  private var labels: [String] = []
  private(set) var results: [ActionResult] = []

  init(_ session: Session) { self.session = session }

  /// Adds an event; `fill` gives it what only its kind has.
  mutating func add(
    _ kind: EventKind, _ subject: WorkloadID, _ label: String, project: String, fact: FactOptions? = nil,
    fill: (inout ProposedEvent, inout EventBatch) -> Void = { _, _ in }
  ) throws {
    var event = ProposedEvent(
      kind, fact?.intent ?? .command, subject: subject, occurredAt: fact?.at?.time ?? session.now)
    event.actor = batch.intern(.user, try fact?.actor(else: session.actor) ?? session.actor.name)
    event.reporter = batch.intern(.reporter, session.actor.reporter)
    event.project = batch.intern(.project, project)
    fill(&event, &batch)
    batch.events.append(event)
    labels.append(label)
  }

  /// Notes something that could not even be asked; the rest goes on.
  mutating func skip(_ kind: EventKind, _ reference: String, _ failure: Failure) {
    results.append(ActionResult(kind, reference, failure))
  }

  /// Appends everything and says what became of each.
  mutating func send() throws {
    guard !batch.events.isEmpty else { return }
    var outcomes: [EventOutcome] = []
    try session.ledger.append(&batch, now: session.now, outcomes: &outcomes)
    for (index, outcome) in outcomes.enumerated() {
      results.append(try ActionResult(outcome, of: batch.events[index], labels[index], in: batch, session))
    }
  }

  /// Says each result, prints them as JSON where asked, and ends with the first failure's status.
  func report(_ format: OutputFormat) throws {
    switch format {
    case .table, .wide, .csv: break
    case .json, .ndjson:
      var json = JSONWriter()
      if format == .json { json.beginArray() }
      for result in results {
        result.write(to: &json)
        if format == .ndjson { json.newline() }
      }
      if format == .json {
        json.endArray()
        json.newline()
      }
      try StandardOutput.write(json.bytes)
    }
    for result in results { result.say() }
    if let failed = results.first(where: { $0.status != .done }) { throw ExitCode(failed.status.rawValue) }
  }
}
