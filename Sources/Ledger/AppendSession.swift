import EventStore
import LMDB
import ReadModels
import WorkloadModel

/// Decides on proposed events and appends them, inside one write transaction of the log and one of the views.
///
/// The projection sees each record as soon as it is appended, so each event is judged by the state that the
/// one before it left behind.
struct AppendSession: ~Copyable {
  let log: EventLog
  var appender: LogAppender
  var projection: Projection
  /// The numbers of the batch's names; they become the batch's own when the log has committed.
  var numbers: [NameNumber] = []
  /// The batch's name for this ledger as a source, where it has one: such events come from an own export.
  var ownSource: NameReference?
  private var random = SystemRandomNumberGenerator()

  init(_ log: EventLog, _ appender: consuming LogAppender, _ projection: consuming Projection) {
    self.log = log
    self.appender = appender
    self.projection = projection
  }

  /// Decides on one event of the batch and appends what follows from it.
  mutating func append(
    _ index: Int, of batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) -> EventOutcome {
    let event = batch.pseudonyms.isEmpty ? batch.events[index] : qualified(batch.events[index], &batch)
    switch event.kind {
    case .projectCreated, .memberAdded, .memberRemoved, .quotaSet:
      return try appendToProject(event, &batch, &transaction, views)
    case .actionRefused: return try appendRefusal(event, &batch, &transaction, views)
    case .created, .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested,
      .deleted, .deleteFailed:
      return try appendToWorkload(event, &batch, &transaction, views)
    }
  }

  // MARK: Workloads

  private mutating func appendToWorkload(
    _ event: ProposedEvent, _ batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) -> EventOutcome {
    var event = event
    let stream = try projection.stream(of: event.subject, views)
    let row = if let stream { try projection.row(ofStream: stream, views) } else { Row?.none }
    if let known = try repeated(&event, row, &batch, &transaction, views) { return known }
    guard let row else {
      if event.kind == .created { return try create(event, &batch, &transaction, views) }
      if event.intent == .command { return EventOutcome(.notFound) }
      if let expected = event.expectedVersion, expected != 0 {
        return EventOutcome(.wrongVersion(actual: 0))
      }
      event.expectedVersion = nil
      try appendImpliedCreation(of: event, &batch, &transaction, views)
      return try appendToWorkload(event, &batch, &transaction, views)
    }
    let state = row.state
    if let expected = event.expectedVersion, expected != state.version {
      return EventOutcome(.wrongVersion(actual: state.version), version: state.version)
    }
    var anomaly: Anomaly?
    if event.intent == .command {
      if let refusal = try refusal(of: event, on: state, &batch, &transaction, views) {
        return try refuse(event, refusal, state, &batch, &transaction, views)
      }
    } else {
      anomaly = Decider.anomaly(of: event.kind, on: state)
    }
    var header = try header(of: event, state.project, &batch, &transaction, views)
    header.stream = state.stream
    header.version = state.version &+ 1
    header.previousInStream = state.lastPosition
    if anomaly == nil { header.flags.set(.applied) }
    let position = try write(header, event, anomaly: anomaly, &batch, &transaction, views)
    return EventOutcome(
      anomaly.map { .anomaly($0) } ?? .appended, position: position, version: header.version)
  }

  mutating func create(
    _ event: ProposedEvent, _ batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) -> EventOutcome {
    if let expected = event.expectedVersion, expected != 0 { return EventOutcome(.wrongVersion(actual: 0)) }
    let project: NameNumber
    if event.intent == .command {
      guard let known = try existingProject(event, &batch, &transaction, views) else {
        return EventOutcome(.notFound)
      }
      project = known
      let actor = try number(event.actor, &batch, &transaction, views)
      if try !projection.isMember(actor, of: project, views) {
        return try refuse(event, .notMember, nil, &batch, &transaction, views)
      }
      let owner = try number(event.owner, &batch, &transaction, views)
      let quota = try projection.holding(project, owner, views).limits
      if let excess = quota.excess(of: event.resources, holding: Resources()) {
        return try refuse(event, .overQuota(excess), nil, &batch, &transaction, views)
      }
    } else {
      project = try projectForObservation(event, &batch, &transaction, views)
    }
    var header = try header(of: event, project, &batch, &transaction, views)
    header.flags.set(.applied)
    header.stream = appender.next
    header.version = 1
    let position = try write(header, event, anomaly: nil, &batch, &transaction, views)
    return EventOutcome(.appended, position: position, version: 1)
  }

  /// A report about a workload that was never seen: so that nothing vanishes, a creation comes before it, by
  /// nobody known, at the time of the report or before.
  private mutating func appendImpliedCreation(
    of event: ProposedEvent, _ batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) {
    var creation = ProposedEvent(.created, .observation, subject: event.subject, occurredAt: event.occurredAt)
    creation.isImplied = true
    creation.timeIsBound = true
    creation.reporter = event.reporter
    creation.project = event.project
    creation.cluster = event.cluster
    creation.owner = event.owner
    creation.type = event.type
    creation.resources = event.resources
    creation.name = event.name
    creation.url = event.url
    creation.labels = event.labels
    creation.sourceID = event.sourceID
    _ = try create(creation, &batch, &transaction, views)
  }

  private mutating func refusal(
    of event: ProposedEvent, on state: WorkloadState, _ batch: inout EventBatch,
    _ transaction: inout WriteTransaction, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> Refusal? {
    let actor = try number(event.actor, &batch, &transaction, views)
    if try !projection.isMember(actor, of: state.project, views) { return .notMember }
    if event.kind == .created { return .idInUse }
    guard Decider.allows(event.kind, on: state) else { return .notAllowed(status: state.status) }
    guard event.kind == .started else { return nil }
    let holding = try projection.holding(state.project, state.owner, views)
    return holding.limits.excess(of: state.resources, holding: holding.held).map { .overQuota($0) }
  }

  // MARK: Refusals

  /// Appends the refusal of a command: who wanted what, and why not. No workload changes.
  mutating func refuse(
    _ event: ProposedEvent, _ refusal: Refusal, _ state: WorkloadState?, _ batch: inout EventBatch,
    _ transaction: inout WriteTransaction, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> EventOutcome {
    var record = ProposedEvent(.actionRefused, .command, subject: event.subject, occurredAt: event.occurredAt)
    record.actor = event.actor
    record.reporter = event.reporter
    record.refusedKind = event.kind
    record.reason = batch.addText(RefusalMessage.text(refusal, of: event, on: state))
    let project =
      if let state { state.project } else {
        try knownNumber(event.project, batch, transaction.reading) ?? .unknown
      }
    var header = try header(of: record, project, &batch, &transaction, views)
    header.flags.set(.applied)
    if let state {
      header.stream = state.stream
      header.version = state.version
      header.previousInStream = state.lastPosition
    }
    let position = try write(
      header, record, anomaly: nil, refusalCode: refusal.code, &batch, &transaction, views)
    return EventOutcome(.refused(refusal), position: position, version: header.version)
  }

  /// A refusal that another ledger recorded.
  private mutating func appendRefusal(
    _ event: ProposedEvent, _ batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) -> EventOutcome {
    var event = event
    let stream = event.subject == .none ? nil : try projection.stream(of: event.subject, views)
    let row = if let stream { try projection.row(ofStream: stream, views) } else { Row?.none }
    if let known = try repeated(&event, row, &batch, &transaction, views) { return known }
    let project =
      if let row { row.state.project } else { try number(event.project, &batch, &transaction, views) }
    var header = try header(of: event, project, &batch, &transaction, views)
    header.flags.set(.applied)
    if let state = row?.state {
      header.stream = state.stream
      header.version = state.version
      header.previousInStream = state.lastPosition
    }
    let position = try write(header, event, anomaly: nil, &batch, &transaction, views)
    return EventOutcome(.appended, position: position, version: header.version)
  }

  // MARK: Records

  /// The header of an event, but for its place in a stream. Registers names, so positions may move.
  mutating func header(
    of event: ProposedEvent, _ project: NameNumber, _ batch: inout EventBatch,
    _ transaction: inout WriteTransaction, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> RecordHeader {
    let actor = try number(event.actor, &batch, &transaction, views)
    let reporter = try number(event.reporter, &batch, &transaction, views)
    _ = try names(of: event, &batch, &transaction, views)
    var flags = RecordFlags(rawValue: 0)
    if event.intent == .observation, !event.wasCommand { flags.set(.observed) }
    if event.isImplied { flags.set(.implied) }
    if event.timeIsBound { flags.set(.timeBound) }
    return RecordHeader(
      kind: RecordKind(event.kind), flags: flags, actor: actor, reporter: reporter, project: project,
      previousInProject: try projection.project(project, views).lastPosition, occurredAt: event.occurredAt,
      recordedAt: appender.recordedAt)
  }

  /// The names that the body of an event holds.
  mutating func names(
    of event: ProposedEvent, _ batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) -> EventNames {
    var names = EventNames()
    let used = usedNames(of: event)
    names.source = try number(event.source, &batch, &transaction, views)
    names.cluster = try number(used.cluster, &batch, &transaction, views)
    names.owner = try number(used.owner, &batch, &transaction, views)
    return names
  }

  /// Which of its names the body of an event of this kind holds, besides the source.
  func usedNames(of event: ProposedEvent) -> (cluster: NameReference, owner: NameReference) {
    switch event.kind {
    case .created: (event.cluster, event.owner)
    case .memberAdded, .memberRemoved, .quotaSet: (.unknown, event.owner)
    case .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed, .actionRefused, .projectCreated:
      (.unknown, .unknown)
    }
  }

  mutating func write(
    _ header: RecordHeader, _ event: ProposedEvent, anomaly: Anomaly?, refusalCode: UInt8 = 0,
    _ batch: inout EventBatch, _ transaction: inout WriteTransaction, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> UInt64 {
    let names = try names(of: event, &batch, &transaction, views)
    appender.writer.record(
      header, event, names, anomaly: anomaly, refusalCode: refusalCode, texts: batch.bytes.span)
    let position = try appender.append(to: &transaction)
    try Self.fold(appender, at: position, into: &projection, views)
    return position
  }

  /// Folds the record that was appended last.
  static func fold(
    _ appender: borrowing LogAppender, at position: UInt64, into projection: inout Projection,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) {
    try projection.apply(appender.writer.bytes, at: position, views)
  }

  // MARK: Names

  /// The number of a name that is in the log already.
  func knownNumber(
    _ reference: NameReference, _ batch: EventBatch, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> NameNumber? {
    let known = numbers[Int(reference.index)]
    if known != .unknown { return known }
    guard let (nameClass, text) = batch.name(reference) else { return nil }
    return try log.number(nameClass, text, transaction)
  }

  /// The number of a name; one that was never used is registered first, with a record of its own.
  mutating func number(
    _ reference: NameReference, _ batch: inout EventBatch, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) -> NameNumber {
    if reference == .unknown { return .unknown }
    let known = numbers[Int(reference.index)]
    if known != .unknown { return known }
    guard let (nameClass, text) = batch.name(reference) else { return .unknown }
    let next = appender.next
    let number = try appender.number(nameClass, text, &random, in: &transaction)
    if appender.next > next { try Self.fold(appender, at: next, into: &projection, views) }
    numbers[Int(reference.index)] = number
    return number
  }
}
