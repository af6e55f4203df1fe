import EventStore
import LMDB
import ReadModels
import WorkloadModel

extension Ledger {
  /// The deletion queue of a project, oldest request first; as it was at a moment.
  public func deletions(
    project name: String, moment: Moment = Moment()
  ) throws(LedgerError) -> [PendingDeletion] {
    try reading(moment, scans: true) { (views, transaction, records, moment) throws(LedgerError) in
      var filter = PageFilter(project: try self.project(name, views, transaction, records))
      filter.statuses = Self.mask([WorkloadStatus.deleteRequested, .deleteFailed])
      return try ledgerCall { () throws(StoreError) in
        let scan = try self.scan(filter, at: moment, views, transaction, records)
        var queue: [PendingDeletion] = []
        // Oldest first also where the times are equal: the sort below keeps the order of creation.
        for row in try self.rows(scan.streams.reversed(), at: moment, views, transaction, records) {
          let workload = try self.workload(row, records)
          queue.append(
            PendingDeletion(
              workload: workload, requestedAt: workload.deleteRequestedAt,
              requestedBy: workload.deleteRequestedBy, attempts: row.state.deletionAttempts))
        }
        return queue.sorted { ($0.requestedAt ?? .earliest) < ($1.requestedAt ?? .earliest) }
      }
    }
  }

  /// What the owners of a project may hold, and hold; of one owner where named; as it was at a moment.
  public func quotas(
    project name: String, owner: String?, moment: Moment = Moment()
  ) throws(LedgerError) -> [QuotaStatus] {
    try reading(moment, scans: true) { (views, transaction, records, moment) throws(LedgerError) in
      let project = try self.project(name, views, transaction, records)
      return try ledgerCall { () throws(StoreError) in
        var quotas: [QuotaStatus] = []
        for (number, holding) in try self.holdings(of: project, at: moment, views, transaction, records) {
          let text = try self.names.text(number, in: self.log, records) ?? "unknown"
          if let owner, owner != text { continue }
          quotas.append(
            QuotaStatus(
              project: name, owner: text, limits: holding.limits, held: holding.held,
              running: Int(holding.running)))
        }
        return quotas.sorted { $0.owner < $1.owner }
      }
    }
  }

  private func holdings(
    of project: NameNumber, at moment: PastMoment, _ views: ViewStore,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> [(owner: NameNumber, holding: Holding)] {
    if moment.time == nil, try views.position(transaction) == moment.position {
      return try views.holdings(of: project, transaction)
    }
    var holdings: [NameNumber: Holding] = [:]
    try addLimits(of: project, at: moment, to: &holdings, views, transaction, records)
    // What runs may be hidden by a deletion or by lost contact.
    var filter = PageFilter(project: project)
    filter.statuses = Self.mask([.running, .unknown, .deleteRequested, .deleteFailed])
    let scan = try scan(filter, at: moment, views, transaction, records)
    for row in try rows(scan.streams, at: moment, views, transaction, records) where row.state.run == .running
    {
      holdings[row.state.owner, default: Holding()].held =
        holdings[row.state.owner, default: Holding()].held &+ row.state.resources
      holdings[row.state.owner, default: Holding()].running += 1
    }
    return holdings.filter { $0.value != Holding() }.map { ($0.key, $0.value) }
  }

  /// The limits that were set in the events of the project itself, walked back from the newest.
  private func addLimits(
    of project: NameNumber, at moment: PastMoment, to holdings: inout [NameNumber: Holding],
    _ views: ViewStore, _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    var position = try views.project(project, transaction)?.lastInStream ?? 0
    while position != 0 {
      guard let record = try records.get(log.events, position), let header = RecordHeader(record),
        header.previousInStream < position
      else { throw .damaged(position: position, why: "a link leads there, but it can't be read") }
      if header.kind == RecordKind(.quotaSet), header.flags.has(.applied),
        moment.includes(header, at: position),
        let body = RecordBody(record, header), holdings[body.user] == nil
      {
        holdings[body.user] = Holding()
        holdings[body.user]?.limits = body.limits
      }
      position = header.previousInStream
    }
  }
}
