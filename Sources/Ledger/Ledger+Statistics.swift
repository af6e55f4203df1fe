import EventStore
import LMDB
import ReadModels
public import WorkloadModel

extension Ledger {
  /// Numbers of a project over a span of time: what was created, started and ended, how long it waited, what it held,
  /// and how much ran and waited. What lasts is counted up to `now`.
  ///
  /// The row of a workload says all of it, but for those with several attempts, whose timelines are read. Only the
  /// workloads that something happened to in the span are looked at, and those that waited or ran all through it.
  public func statistics(
    _ query: StatisticsQuery, now: Timestamp
  ) throws(LedgerError) -> ProjectStatistics {
    guard query.since.isValid, query.until.isValid, query.since < query.until else {
      throw .usage("a span begins before it ends, not at \(query.since.rfc3339) until \(query.until.rfc3339)")
    }
    let line = BucketLine(since: query.since, until: max(query.since, min(query.until, now)))
    // The tables of the past know where a span lies in the log.
    return try reading(Moment(at: line.since), scans: true) {
      (views, transaction, records, _) throws(LedgerError) in
      let project = try self.project(query.project, views, transaction, records)
      return try ledgerCall { () throws(StoreError) in
        var fold = StatisticsFold(line)
        try views.forEachRow(
          of: project, since: line.since, until: line.until, log, transaction, records
        ) { (row) throws(StoreError) in
          fold.add(row.state)
          if let only = Attempt(only: row.state) {
            fold.add(only, asking: row.state.resources)
          } else {
            for attempt in try self.attempts(of: row, records) {
              fold.add(attempt, asking: row.state.resources)
            }
          }
        }
        return ProjectStatistics(
          project: query.project, since: line.since, until: line.until, bucketWidth: line.width,
          position: try views.position(transaction) ?? 0, buckets: fold.finish())
      }
    }
  }

  /// The attempts of a workload, from its timeline.
  private func attempts(
    of row: Row, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> [Attempt] {
    let steps = try steps(of: row, at: PastMoment(position: row.state.lastPosition), records)
    guard let created = steps.last?.fact, let creation = created.creation else {
      throw .damaged(position: row.state.stream, why: "a workload begins there, but its record can't be read")
    }
    var fold = AttemptFold(created: WorkloadState(created: created, creation))
    for step in steps.reversed().dropFirst() {
      if let fact = step.fact { fold.fold(fact) }
    }
    return fold.attempts
  }
}
