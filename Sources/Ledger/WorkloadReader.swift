import EventStore
import LMDB
import ReadModels
import WorkloadModel

/// Turns rows into the values that users see: the numbers from the views, the texts from the log.
extension Ledger {
  func workload(
    _ row: Row, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> Workload {
    var known = KnownNames(names, log)
    return try workload(row, try records.get(log.events, row.state.stream), &known, records)
  }

  /// The same where the record that created it was looked up, for many that have names in common.
  func workload(
    _ row: Row, _ created: RawSpan?, _ known: inout KnownNames, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> Workload {
    let state = row.state
    guard let record = created, let header = RecordHeader(record),
      let body = RecordBody(record, header), let name = body.name, let id = body.subject
    else {
      throw .damaged(position: state.stream, why: "a workload begins there, but its record can't be read")
    }
    func moment(_ time: Timestamp) -> Timestamp? { time.isKnown ? time : nil }
    let sourceID = body.sourceID.map { string(record, $0) }
    let text = string(record, name)
    return Workload(
      id: id, name: text.isEmpty ? sourceID ?? id.description : text, type: state.type, status: state.status,
      statusReason: try reason(at: state.reasonPosition, records), statusSince: moment(state.statusSince),
      project: try known.text(state.project, records) ?? "unknown",
      cluster: try known.text(state.cluster, records),
      owner: try known.text(state.owner, records), resources: state.resources,
      url: body.url.map { string(record, $0) }, labels: body.labels.map { labels(record, $0) } ?? [],
      sourceID: sourceID, attempt: state.attempt, version: state.version, createdAt: moment(state.createdAt),
      createdBy: try known.text(state.createdBy, records), queuedAt: moment(state.queuedAt),
      startedAt: moment(state.startedAt), finishedAt: moment(state.finishedAt),
      deleteRequestedAt: moment(state.deleteRequestedAt),
      deleteRequestedBy: try known.text(state.deleteRequestedBy, records),
      deletedAt: moment(state.deletedAt), deletedBy: try known.text(state.deletedBy, records),
      lastPosition: state.lastPosition)
  }

  /// The reason that a record gives; views hold only its position.
  private func reason(
    at position: UInt64, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> String? {
    guard position != 0 else { return nil }
    guard let record = try records.get(log.events, position), let header = RecordHeader(record),
      let body = RecordBody(record, header)
    else { throw .damaged(position: position, why: "a status has its reason there, but it can't be read") }
    return body.reason.map { string(record, $0) }
  }

  /// The number of a project; `unknown` is the project of reports that named none.
  func project(
    _ name: String, _ views: ViewStore, _ transaction: borrowing ReadTransaction,
    _ records: borrowing ReadTransaction
  ) throws(LedgerError) -> NameNumber {
    let number: NameNumber? = try ledgerCall { () throws(StoreError) in
      let number = name == "unknown" ? .unknown : try log.number(.project, name, records)
      guard let number, try views.project(number, transaction) != nil else { return nil }
      return number
    }
    guard let number else { throw .notFound(kind: "project", name: name) }
    return number
  }
}
