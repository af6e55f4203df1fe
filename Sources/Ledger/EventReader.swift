import EventStore
import LMDB
import WorkloadModel

/// Turns records into the values that users see; names come from the cache.
extension Ledger {
  /// The event at a position; not found where there is none, or the registration of a name.
  public func event(at position: UInt64) throws(LedgerError) -> Event {
    let found: Event? = try log.environment.read { (records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        guard let record = try records.get(self.log.events, position) else { return nil }
        return try self.event(record, at: position, records)
      }
    }
    guard let found else { throw .notFound(kind: "event at position", name: String(position)) }
    return found
  }

  /// The event of a record; nil for the registration of a name.
  func event(
    _ record: RawSpan, at position: UInt64, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> Event? {
    var known = KnownNames(names, log)
    return try event(record, at: position, &known, records)
  }

  /// The same for many events that have names in common. Whose it is is looked up where `subject` does not say it.
  func event(
    _ record: RawSpan, at position: UInt64, subject workload: WorkloadID? = nil, _ known: inout KnownNames,
    _ records: borrowing ReadTransaction
  ) throws(StoreError) -> Event? {
    guard let header = RecordHeader(record) else {
      throw .damaged(position: position, why: "its header can't be read")
    }
    guard let kind = header.kind.event else { return nil }
    guard let body = RecordBody(record, header) else {
      throw .damaged(position: position, why: "its body can't be read")
    }
    var subject = body.subject
    if subject == nil, kind.isOfWorkload {
      subject = workload
      if workload == nil { subject = try id(ofStream: header.stream, records) }
    }
    let source = try known.text(body.source, records) ?? self.source
    let id: String
    if let number = body.idNumber {
      id = String(number)
    } else if let text = body.idText {
      id = string(record, text)
    } else if header.flags.has(.source) {
      id = "\(subject ?? .none)/\(kind.rawValue)/\(header.occurredAt.microseconds)"
    } else {
      id = String(position)
    }
    return Event(
      position: position, id: id, source: source, kind: kind, subject: subject,
      occurredAt: header.occurredAt, timeIsBound: header.flags.has(.timeBound),
      recordedAt: header.recordedAt, actor: try known.text(header.actor, records),
      reporter: try known.text(header.reporter, records),
      project: try known.text(header.project, records), version: header.version,
      isApplied: header.flags.has(.applied), anomaly: body.anomaly,
      isObserved: header.flags.has(.observed), isImplied: header.flags.has(.implied),
      reason: body.reason.map { string(record, $0) }, previousInStream: header.previousInStream,
      previousInProject: header.previousInProject,
      detail: try detail(kind, body, subject, record, &known, records))
  }

  private func detail(
    _ kind: EventKind, _ body: RecordBody, _ subject: WorkloadID?, _ record: RawSpan,
    _ known: inout KnownNames, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> Event.Detail {
    switch kind {
    case .created:
      guard let creation = body.creation, let name = body.name else { return .none }
      let sourceID = body.sourceID.map { string(record, $0) }
      // An implied creation knows no name; the workload is called by what is known of it.
      let text = name.isEmpty ? sourceID ?? (subject ?? .none).description : string(record, name)
      return .created(
        Event.Creation(
          name: text, type: creation.type,
          cluster: try known.text(creation.cluster, records),
          owner: try known.text(creation.owner, records), resources: creation.resources,
          url: body.url.map { string(record, $0) }, sourceID: sourceID,
          labels: body.labels.map { labels(record, $0) } ?? []))
    case .actionRefused: return .refused(command: body.refused ?? .actionRefused)
    case .memberAdded, .memberRemoved:
      return .member(try known.text(body.user, records) ?? "unknown")
    case .quotaSet:
      return .quota(owner: try known.text(body.user, records) ?? "unknown", body.limits)
    case .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed, .projectCreated:
      return .none
    }
  }

  /// The id of a workload, from the record that created it.
  func id(
    ofStream stream: UInt64, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> WorkloadID {
    guard let record = try records.get(log.events, stream), record.byteCount >= RecordHeader.byteCount + 16
    else { throw .damaged(position: stream, why: "a stream begins there, but there is no record") }
    var reader = RecordReader()
    return reader.id(record) ?? .none
  }

  func labels(_ record: RawSpan, _ range: Range<Int>) -> [Workload.Label] {
    var labels: [Workload.Label] = []
    let bytes = record.extracting(range)
    var reader = RecordReader(at: 0)
    while let key = reader.text(bytes), let value = reader.text(bytes) {
      labels.append(Workload.Label(key: string(bytes, key), value: string(bytes, value)))
    }
    return labels
  }
}
