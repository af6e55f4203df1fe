import EventStore
import LMDB
import ReadModels
public import WorkloadModel

/// Finding single workloads, and what is known of one.
extension Ledger {
  /// A workload by its id, by a prefix of it (at least four digits) that is unique, or by a name that is
  /// unique among the project's undeleted workloads; as it was at a moment, and named as it was named then.
  public func find(
    _ reference: String, project: String?, moment: Moment = Moment()
  ) throws(LedgerError) -> Workload {
    let isWhole = reference.utf8.count >= 32
    return try reading(moment, scans: !isWhole) { (views, transaction, records, moment) throws(LedgerError) in
      var streams: [UInt64] = []
      if let prefix = WorkloadIDPrefix(reference) {
        streams = try ledgerCall { () throws(StoreError) in
          try views.streams(with: prefix, limit: 10, transaction)
        }
      }
      if streams.count != 1 || !isWhole, let project,
        let number = try? self.project(project, views, transaction, records)
      {
        let named = try self.named(reference, number, at: moment, views, transaction, records)
        if named.count == 1 { return named[0] }
        if named.count > 1 { throw .ambiguous(name: reference, candidates: named) }
      }
      let found = try self.workloads(streams, at: moment, views, transaction, records)
      if found.count > 1 { throw .ambiguous(name: reference, candidates: found) }
      guard let workload = found.first else { throw .notFound(kind: "workload", name: reference) }
      return workload
    }
  }

  /// The undeleted workloads of a project with a name, at most ten.
  private func named(
    _ name: String, _ project: NameNumber, at moment: PastMoment, _ views: ViewStore,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction
  ) throws(LedgerError) -> [Workload] {
    var filter = PageFilter(project: project)
    filter.statuses &= ~(1 << UInt16(WorkloadStatus.deleted.rawValue))
    if name.isEmpty { return [] }
    var named: [Workload] = []
    var bound: UInt32?
    repeat {
      let scan = try ledgerCall { () throws(StoreError) in
        try self.scan(
          filter, named: name, isWhole: true, at: moment, below: bound, limit: 256, views, transaction,
          records)
      }
      // The search folds case; a name is named exactly.
      named += try workloads(scan.streams, at: moment, views, transaction, records).filter { $0.name == name }
      bound = scan.hasMore ? scan.lastOrdinal : nil
    } while bound != nil && named.count < 10
    if named.count > 10 { named.removeLast(named.count - 10) }
    return named
  }

  /// The workloads of streams as they were at a moment; those that were not there yet are left out.
  private func workloads(
    _ streams: [UInt64], at moment: PastMoment, _ views: ViewStore, _ transaction: borrowing ReadTransaction,
    _ records: borrowing ReadTransaction
  ) throws(LedgerError) -> [Workload] {
    try ledgerCall { () throws(StoreError) in
      var found: [Workload] = []
      for stream in streams {
        guard let present = try views.row(stream, transaction) else {
          throw .damaged(position: stream, why: "its row is missing in the views")
        }
        if let row = try self.row(present, at: moment, records) {
          found.append(try self.workload(row, records))
        }
      }
      return found
    }
  }

  /// The names of workloads; those that were never there are left out.
  public func names(of ids: Set<WorkloadID>) throws(LedgerError) -> [WorkloadID: String] {
    try reading { (views, transaction, records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        var names: [WorkloadID: String] = [:]
        for id in ids {
          guard let stream = try views.stream(of: id, transaction),
            let row = try views.row(stream, transaction)
          else { continue }
          names[id] = try self.workload(row, records).name
        }
        return names
      }
    }
  }

  /// A workload with its timeline, both at a moment; a status that lasts is counted up to `now`, or to the moment.
  public func details(
    _ id: WorkloadID, moment: Moment = Moment(), now: Timestamp
  ) throws(LedgerError) -> WorkloadDetails {
    try reading(moment, scans: false) { (views, transaction, records, past) throws(LedgerError) in
      let found: WorkloadDetails? = try ledgerCall { () throws(StoreError) in
        guard let stream = try views.stream(of: id, transaction),
          let present = try views.row(stream, transaction),
          let row = try self.row(present, at: past, records)
        else { return nil }
        var timeline: [Event] = []
        var facts: [WorkloadFact] = []
        var known = KnownNames(self.names, self.log)
        // Most have a few events; what a damaged row says must not become memory.
        timeline.reserveCapacity(min(Int(present.state.version), 64))
        facts.reserveCapacity(min(Int(present.state.version), 64))
        var position = present.state.lastPosition
        while position != 0 {
          guard let record = try records.get(self.log.events, position), let header = RecordHeader(record),
            let event = try self.event(record, at: position, subject: id, &known, records),
            event.previousInStream < position
          else { throw .damaged(position: position, why: "it is in a timeline, but can't be read") }
          if past.includes(header, at: position) {
            timeline.append(event)
            var created = WorkloadID.none
            if let fact = WorkloadFact(header, record, position: position, id: &created) {
              facts.append(fact)
            }
          }
          position = event.previousInStream
        }
        timeline.reverse()
        var durations = StatusClock()
        for fact in facts.reversed() { durations.fold(fact) }
        return WorkloadDetails(
          workload: try self.workload(
            row, try records.get(self.log.events, row.state.stream), &known, records),
          timeline: timeline,
          timePerStatus: durations.finish(now: try self.time(of: moment, now: now, records)))
      }
      guard let found else { throw .notFound(kind: "workload", name: id.description) }
      return found
    }
  }
}
