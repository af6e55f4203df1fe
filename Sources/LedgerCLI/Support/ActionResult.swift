import Ledger
import Presentation
import WorkloadModel

/// What became of one thing that was to be done, for people and for scripts.
struct ActionResult {
  var kind: EventKind
  /// What it is about, as people name it: `bert (0192f3a4)`.
  var label: String
  var workload: WorkloadID?
  var outcome: String
  var status: ExitStatus
  var position: UInt64 = 0
  var version: UInt32 = 0
  var message: String

  func write(to json: inout JSONWriter) {
    json.object {
      $0.field("workload", workload)
      $0.field("type", kind.cloudEventType)
      $0.field("outcome", outcome)
      if position > 0 { $0.field("position", position) }
      if version > 0 { $0.field("version", version) }
      $0.field("message", message)
    }
  }

  func say() {
    if status == .done { Message.note(message) } else { Message.error(message) }
  }
}

extension ActionResult {
  /// What a failure before the ledger was asked says.
  init(_ kind: EventKind, _ reference: String, _ failure: Failure) {
    self.kind = kind
    label = reference
    outcome = failure.status == .notFound ? "not-found" : "not-sent"
    status = failure.status
    message = failure.message
  }

  /// What the ledger answered to `event`.
  init(
    _ outcome: EventOutcome, of event: ProposedEvent, _ label: String, in batch: EventBatch,
    _ session: Session
  ) throws {
    kind = event.kind
    self.label = label
    workload = event.subject == .none ? nil : event.subject
    position = outcome.position
    version = outcome.version
    switch outcome.verdict {
    case .appended:
      (self.outcome, status) = ("appended", .done)
      message = "\(Self.done(event.kind, label)), position \(outcome.position)"
    case .anomaly(let anomaly):
      (self.outcome, status) = ("anomaly", .done)
      message =
        "\(label): '\(event.kind.label)' is kept at position \(outcome.position) but changes nothing, for "
        + anomaly.explanation
    case .duplicate:
      (self.outcome, status) = ("duplicate", .done)
      message = "\(label): was recorded before, at position \(outcome.position); nothing was written"
    case .conflict:
      (self.outcome, status) = ("conflict", .conflict)
      message =
        "\(label): position \(outcome.position) has the same id with other content; nothing was written"
    case .wrongVersion(let actual):
      (self.outcome, status) = ("wrong-version", .conflict)
      version = actual
      message =
        "\(label) has version \(actual), not \(event.expectedVersion ?? 0): look at what happened with "
        + "'workledger show \(event.subject)' and decide again"
    case .refused(let refusal):
      (self.outcome, status) = ("refused", .refused)
      message = "\(label): \(try session.ledger.event(at: outcome.position).reason ?? "it was refused")"
      if case .idInUse = refusal { status = .conflict }
      if case .notMember = refusal {
        let failure = session.noProject(
          batch.name(event.project)?.text ?? "", for: batch.name(event.actor)?.text ?? "unknown")
        (status, message) = (.notFound, failure.message)
      }
    case .notFound:
      (self.outcome, status) = ("not-found", .notFound)
      message =
        event.subject == .none || event.kind == .created
        ? session.noProject(batch.name(event.project)?.text ?? "").message : "no workload '\(label)'"
    }
  }

  private static func done(_ kind: EventKind, _ label: String) -> String {
    switch kind {
    case .deleteRequested: "queued for deletion: \(label)"
    default: "\(kind.label): \(label)"
    }
  }
}

extension Anomaly {
  /// What the ledger knew before, for people.
  fileprivate var explanation: String {
    switch self {
    case .alreadyCreated: "it had been created before"
    case .afterDeletion: "it had been deleted before"
    case .contradictsRun: "the run had come to another state"
    case .contradictsDeletion: "the deletion had come to another state"
    case .contradictsContact: "contact had been lost before, or there is no run to lose contact to"
    }
  }
}
