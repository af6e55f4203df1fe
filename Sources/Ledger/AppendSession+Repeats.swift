import EventStore
import LMDB
import ReadModels
import WorkloadModel

/// Safe retries: an event that was appended before is answered with its position and not written again.
extension AppendSession {
  /// What became of the event when it came before; nil where it is new. An event of this ledger's own export
  /// becomes `.ledger` on the way, so that it compares with what is stored.
  mutating func repeated(
    _ event: inout ProposedEvent, _ row: Row?, _ batch: inout EventBatch,
    _ transaction: inout WriteTransaction, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> EventOutcome? {
    switch event.identity {
    case .ledger: return nil
    case .number(let number):
      if event.source == ownSource {
        event.identity = .ledger
        event.source = .unknown
        guard number < appender.next else { return EventOutcome(.conflict) }
        return try compare(event, with: number, &batch, &transaction, views)
      }
      guard let source = try knownNumber(event.source, batch, transaction.reading) else { return nil }
      guard let position = try projection.position(ofNumber: number, from: source, views) else { return nil }
      return try compare(event, with: position, &batch, &transaction, views)
    case .content:
      let bits = Row.contentBits(event.kind, event.occurredAt)
      guard let row, row.contentFilter & bits == bits else { return nil }
      guard let source = try knownNumber(event.source, batch, transaction.reading) else { return nil }
      guard let position = try find(event, source, from: row.state.lastPosition, transaction.reading) else {
        return nil
      }
      return try compare(event, with: position, &batch, &transaction, views)
    case .text(let range):
      guard let source = try knownNumber(event.source, batch, transaction.reading) else { return nil }
      let start = Int(range.offset)
      let key = eventIDKey(
        source: source, id: batch.bytes.span.extracting(start..<start + Int(range.count)).bytes)
      guard let position = try projection.position(ofEventID: key, views) else { return nil }
      return try compare(event, with: position, &batch, &transaction, views)
    }
  }

  /// Walks a timeline backwards to an event that has no id of its own, by source, kind and time.
  private func find(
    _ event: ProposedEvent, _ source: NameNumber, from newest: UInt64,
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> UInt64? {
    var position = newest
    while position != 0 {
      guard let record = try transaction.get(log.events, position), let header = RecordHeader(record) else {
        throw .damaged(position: position, why: "it can't be read")
      }
      if header.kind == RecordKind(event.kind), header.occurredAt == event.occurredAt,
        header.flags.has(.source), !header.flags.has(.anyID),
        let body = RecordBody(record, header), body.source == source
      {
        return position
      }
      guard header.previousInStream < position else {
        throw .damaged(position: position, why: "its previous position is not before it")
      }
      position = header.previousInStream
    }
    return nil
  }

  /// Whether the event says the same as the record: built again with what the ledger added to the record,
  /// its bytes must be the record's.
  private mutating func compare(
    _ event: ProposedEvent, with position: UInt64, _ batch: inout EventBatch,
    _ transaction: inout WriteTransaction, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> EventOutcome {
    guard let record = try transaction.reading.get(log.events, position), let header = RecordHeader(record)
    else { throw .damaged(position: position, why: "it can't be read") }
    let conflict = EventOutcome(.conflict, position: position, version: header.version)
    guard header.kind == RecordKind(event.kind) else { return conflict }
    guard let body = RecordBody(record, header) else {
      throw .damaged(position: position, why: "it can't be read")
    }
    let (anomaly, code, version) = (body.anomaly, body.refusalCode, header.version)
    if event.kind.isOfWorkload {
      guard try projection.stream(of: event.subject, views) == header.stream else { return conflict }
    }
    var again = header
    again.flags = RecordFlags(rawValue: header.flags.rawValue & RecordFlags.decided.rawValue)
    if event.timeIsBound { again.flags.set(.timeBound) }
    again.occurredAt = event.occurredAt
    let owner = body.creation?.owner ?? body.user
    guard let actor = try known(event.actor, like: header.actor, batch, transaction.reading),
      let names = try knownNames(of: event, owner, batch, transaction.reading)
    else { return conflict }
    again.actor = actor
    // An anomaly stands in the project that the workload is in, not in the one that it named.
    if event.kind == .created && body.anomaly == nil || !event.kind.isOfWorkload, event.project != .unknown {
      guard let project = try known(event.project, batch, transaction.reading) else { return conflict }
      again.project = project
    }
    appender.writer.record(
      again, event, names, anomaly: anomaly, refusalCode: code, texts: batch.bytes.span)
    guard let record = try transaction.reading.get(log.events, position),
      isEqual(record, appender.writer.bytes)
    else { return conflict }
    return EventOutcome(.duplicate, position: position, version: version)
  }

  /// The number of a name, or of nobody; nil for one that was never used, which a repeat must not register.
  private func known(
    _ reference: NameReference, _ batch: EventBatch, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> NameNumber? {
    reference == .unknown ? .unknown : try knownNumber(reference, batch, transaction)
  }

  /// The same for a user, where the record has `recorded`. If the name of that number was destroyed, nobody can say
  /// any more whether it is the one that stands here: a repeat that differs in nothing else is taken for the same.
  /// But a name that has a number of its own since before the redaction is another one.
  private func known(
    _ reference: NameReference, like recorded: NameNumber, _ batch: EventBatch,
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> NameNumber? {
    let number = try known(reference, batch, transaction)
    guard number != recorded, reference != .unknown, recorded != .unknown,
      try log.isRedacted(recorded, of: .user, transaction)
    else { return number }
    guard let number else { return recorded }
    return try log.mayBeSame(recorded, as: number, transaction) ? recorded : number
  }

  /// The same for the names that the body of an event holds; `owner` is the one of the record.
  private func knownNames(
    of event: ProposedEvent, _ owner: NameNumber, _ batch: EventBatch,
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> EventNames? {
    var names = EventNames()
    let used = usedNames(of: event)
    guard let source = try known(event.source, batch, transaction),
      let cluster = try known(used.cluster, batch, transaction),
      let owner = try known(used.owner, like: owner, batch, transaction)
    else { return nil }
    (names.source, names.cluster, names.owner) = (source, cluster, owner)
    return names
  }

  private func isEqual(_ left: RawSpan, _ right: RawSpan) -> Bool {
    guard left.byteCount == right.byteCount else { return false }
    for offset in left.byteOffsets where left.u8(at: offset) != right.u8(at: offset) { return false }
    return true
  }
}
