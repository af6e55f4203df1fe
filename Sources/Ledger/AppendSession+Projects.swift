import EventStore
import LMDB
import ReadModels
import WorkloadModel

/// Events of projects: their creation, members and quotas.
extension AppendSession {
  mutating func appendToProject(
    _ event: ProposedEvent, _ batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) -> EventOutcome {
    var event = event
    if let known = try repeated(&event, nil, &batch, &transaction, views) { return known }
    if let expected = event.expectedVersion {
      let known = try knownNumber(event.project, batch, transaction.reading)
      let version = if let known { try projection.project(known, views).version } else { UInt32(0) }
      if expected != version { return EventOutcome(.wrongVersion(actual: version), version: version) }
    }
    if event.kind == .projectCreated { return try createProject(event, &batch, &transaction, views) }
    let project: NameNumber
    if event.intent == .command {
      guard let known = try existingProject(event, &batch, &transaction, views) else {
        return EventOutcome(.notFound)
      }
      project = known
      if let refusal = try projectRefusal(of: event, project, &batch, &transaction, views) {
        return try refuse(event, refusal, nil, &batch, &transaction, views)
      }
    } else {
      project = try projectForObservation(event, &batch, &transaction, views)
    }
    let entry = try projection.project(project, views)
    var header = try header(of: event, project, &batch, &transaction, views)
    header.flags.set(.applied)
    header.stream = entry.stream
    header.version = entry.version &+ 1
    header.previousInStream = entry.lastInStream
    let position = try write(header, event, anomaly: nil, &batch, &transaction, views)
    return EventOutcome(.appended, position: position, version: header.version)
  }

  private mutating func createProject(
    _ event: ProposedEvent, _ batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) -> EventOutcome {
    let project = try number(event.project, &batch, &transaction, views)
    let entry = try projection.project(project, views)
    let exists = entry.stream != 0
    if exists, event.intent == .command {
      return try refuse(event, .alreadyDone, nil, &batch, &transaction, views)
    }
    var header = try header(of: event, project, &batch, &transaction, views)
    header.stream = exists ? entry.stream : appender.next
    header.version = entry.version &+ 1
    header.previousInStream = entry.lastInStream
    if !exists { header.flags.set(.applied) }
    let anomaly: Anomaly? = exists ? .alreadyCreated : nil
    let position = try write(header, event, anomaly: anomaly, &batch, &transaction, views)
    return EventOutcome(
      anomaly.map { .anomaly($0) } ?? .appended, position: position, version: header.version)
  }

  /// A project whose last member left may be taken over by anybody who may write the ledger; otherwise it
  /// would be closed for ever.
  private mutating func projectRefusal(
    of event: ProposedEvent, _ project: NameNumber, _ batch: inout EventBatch,
    _ transaction: inout WriteTransaction, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> Refusal? {
    let actor = try number(event.actor, &batch, &transaction, views)
    if try !projection.isMember(actor, of: project, views) {
      guard event.kind == .memberAdded, try !projection.hasMembers(project, views) else { return .notMember }
    }
    if event.kind == .quotaSet { return nil }
    let member = try number(event.owner, &batch, &transaction, views)
    let isMember = try projection.isMember(member, of: project, views)
    return isMember == (event.kind == .memberAdded) ? .alreadyDone : nil
  }

  /// The number of a project that a command names; nil where there is none such.
  mutating func existingProject(
    _ event: ProposedEvent, _ batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) -> NameNumber? {
    guard let number = try knownNumber(event.project, batch, transaction.reading),
      try projection.project(number, views).stream != 0
    else { return nil }
    return number
  }

  /// The number of a project that a fact mentions; one that was never seen is created first, by whoever
  /// brings the facts in.
  mutating func projectForObservation(
    _ event: ProposedEvent, _ batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) -> NameNumber {
    let project = try number(event.project, &batch, &transaction, views)
    if project == .unknown { return project }
    if try projection.project(project, views).stream != 0 { return project }
    var creation = ProposedEvent(
      .projectCreated, .observation, subject: .none, occurredAt: event.occurredAt)
    creation.isImplied = true
    creation.timeIsBound = true
    creation.actor = batch.importer
    creation.reporter = event.reporter
    creation.project = event.project
    _ = try createProject(creation, &batch, &transaction, views)
    return project
  }
}
