import Ledger
import WorkloadModel

extension LedgerServer {
  /// Carries out a command, for a page or for the API. What the ledger refuses is on record and a problem.
  func carryOut(_ command: Command, by identity: Identity) async throws -> CommandResult {
    // What nobody knows the name of is listed so, but there is nothing of this name.
    guard command.project != "unknown" else { throw Self.missing(command) }
    guard command.owner != "unknown" else { throw Problem(.badRequest, "'unknown' stands for nobody") }
    let now = now()
    var (batch, outcomes) = try await append(command.batch(by: identity, now: now), now: now)
    if command.key != nil, let first = outcomes.first, case .conflict = first.verdict {
      // The same key: the same request too, if it says the same but for what the server added.
      let original = try await read { try self.ledger.event(at: first.position) }
      if original.kind == command.kind {
        if command.occurredAt == nil { batch.events[0].occurredAt = original.occurredAt }
        if command.creation?.hasOwnID == false, let id = original.subject { batch.events[0].subject = id }
        (batch, outcomes) = try await append(batch, now: now)
      }
    }
    guard let outcome = outcomes.first, let event = batch.events.first else {
      preconditionFailure("the ledger answers for every event")
    }
    return try await result(of: outcome, command, event, identity)
  }

  /// Appends by the writer; a complaint about the batch is one about the request.
  func append(_ batch: EventBatch, now: Timestamp) async throws -> (EventBatch, [EventOutcome]) {
    do { return try await writer.append(batch, now: now) } catch let error as LedgerError {
      let problem = Problem(error)
      throw problem.kind == .failed ? error as any Error : problem
    }
  }

  private func result(
    of outcome: EventOutcome, _ command: Command, _ event: ProposedEvent, _ identity: Identity
  ) async throws -> CommandResult {
    var result = CommandResult(
      outcome: "appended", kind: event.kind, workload: event.subject == .none ? nil : event.subject,
      position: outcome.position, version: outcome.version)
    switch outcome.verdict {
    case .appended, .anomaly: return result
    case .duplicate:
      result.outcome = "duplicate"
      return result
    case .conflict:
      throw Problem(
        .conflict,
        "position \(outcome.position) has the same key with another request; nothing was written",
        position: outcome.position)
    case .wrongVersion(let actual):
      throw Problem(
        .wrongVersion,
        "the version is \(actual), not \(command.expectedVersion ?? 0): look at what happened and decide again",
        version: actual)
    case .notFound: throw Self.missing(command)
    case .refused(.alreadyDone) where event.kind == .memberAdded || event.kind == .memberRemoved:
      result.outcome = "already-done"
      return result
    case .refused(let refusal):
      throw try await read { try self.problem(refusal, outcome, command, identity) }
    }
  }

  /// To who does not see it, what is refused does not exist.
  private func problem(
    _ refusal: Refusal, _ outcome: EventOutcome, _ command: Command, _ identity: Identity
  ) throws(LedgerError) -> Problem {
    let record = try ledger.event(at: outcome.position)
    if case .notMember = refusal {
      let project = record.project ?? command.project ?? ""
      guard try Access(ledger: ledger, identity: identity).sees(project: project) else {
        return Self.missing(command)
      }
    }
    var problem = Problem(.refused, record.reason ?? "it was refused", position: outcome.position)
    if case .idInUse = refusal { problem.kind = .conflict }
    if outcome.version > 0 { problem.version = outcome.version }
    return problem
  }

  private static func missing(_ command: Command) -> Problem {
    command.subject == .none || command.kind == .created
      ? Problem(.notFound, "no project '\(command.project ?? "")'")
      : Problem(.notFound, "no workload '\(command.subject)'")
  }
}
