import EventStore
import LMDB
import ReadModels
import WorkloadModel

/// Turns rows into the values that users see: the numbers from the views, the texts from the log.
extension Ledger {
  func workload(
    _ row: Row, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> Workload {
    let state = row.state
    guard let record = try records.get(log.events, state.stream), let header = RecordHeader(record),
      let body = RecordBody(record, header), let name = body.name, let id = body.subject
    else {
      throw .damaged(position: state.stream, why: "a workload begins there, but its record can't be read")
    }
    func known(_ time: Timestamp) -> Timestamp? { time.isKnown ? time : nil }
    let sourceID = body.sourceID.map { string(record, $0) }
    let text = string(record, name)
    return Workload(
      id: id, name: text.isEmpty ? sourceID ?? id.description : text, type: state.type, status: state.status,
      statusReason: try reason(at: state.reasonPosition, records), statusSince: known(state.statusSince),
      project: try names.text(state.project, in: log, records) ?? "unknown",
      cluster: try names.text(state.cluster, in: log, records),
      owner: try names.text(state.owner, in: log, records), resources: state.resources,
      url: body.url.map { string(record, $0) }, labels: body.labels.map { labels(record, $0) } ?? [],
      sourceID: sourceID, attempt: state.attempt, version: state.version, createdAt: known(state.createdAt),
      createdBy: try names.text(state.createdBy, in: log, records), queuedAt: known(state.queuedAt),
      startedAt: known(state.startedAt), finishedAt: known(state.finishedAt),
      deleteRequestedAt: known(state.deleteRequestedAt),
      deleteRequestedBy: try names.text(state.deleteRequestedBy, in: log, records),
      deletedAt: known(state.deletedAt), deletedBy: try names.text(state.deletedBy, in: log, records),
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
