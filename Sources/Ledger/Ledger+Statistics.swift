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
    try check(query.since, query.until)
    let line = BucketLine(since: query.since, until: max(query.since, min(query.until, now)))
    // The tables of the past know where a span lies in the log.
    return try reading(Moment(at: line.since), scans: true) {
      (views, transaction, records, _) throws(LedgerError) in
      let project = try self.project(query.project, views, transaction, records)
      return try ledgerCall { () throws(StoreError) in
        var fold = StatisticsFold(line)
        try self.add(project, to: &fold, since: line.since, views, transaction, records) { _ in 0 }
        let buckets = fold.numbers(of: 0).enumerated().map {
          ProjectStatistics.Bucket(start: line.start($0), end: line.end($0), numbers: $1)
        }
        return ProjectStatistics(
          project: query.project, since: line.since, until: line.until, bucketWidth: line.width,
          position: try views.position(transaction) ?? 0, buckets: buckets)
      }
    }
  }

  /// The same of one or more projects, group by group and in total, over a span of time or ever since.
  public func statistics(
    _ query: GroupStatisticsQuery, now: Timestamp
  ) throws(LedgerError) -> GroupStatistics {
    try check(query.since ?? .earliest, query.until ?? now)
    // Of all that is known every row is looked at, and the past need not be asked; but for when the first day was.
    let isOfAll = query.since == nil && query.grouping != .day
    return try reading(isOfAll ? Moment() : Moment(at: query.since ?? .earliest), scans: true) {
      (views, transaction, records, _) throws(LedgerError) in
      let projects = try query.projects.map { (name) throws(LedgerError) in
        try self.project(name, views, transaction, records)
      }
      let line = try self.line(of: query, projects, now: now, views, transaction, records)
      return try ledgerCall { () throws(StoreError) in
        var fold = StatisticsFold(line)
        for project in Set(projects).sorted() {
          try self.add(project, to: &fold, since: query.since, views, transaction, records) {
            query.grouping?.key(of: $0) ?? 0
          }
        }
        var result = GroupStatistics(
          projects: query.projects, grouping: query.grouping, since: query.since, until: line.until,
          position: try views.position(transaction) ?? 0, total: StatisticsNumbers())
        result.groups = try self.groups(of: query, &fold, records)
        result.total = fold.total()
        return result
      }
    }
  }

  // MARK: Helpers

  private func check(_ since: Timestamp, _ until: Timestamp) throws(LedgerError) {
    guard since.isValid, until.isValid, since < until else {
      throw .usage("a span begins before it ends, not at \(since.rfc3339) until \(until.rfc3339)")
    }
  }

  /// How the span of a query is cut: into days where it asks for them, from the first on that is known.
  private func line(
    of query: GroupStatisticsQuery, _ projects: [NameNumber], now: Timestamp, _ views: ViewStore,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction
  ) throws(LedgerError) -> BucketLine {
    let since = query.since ?? .earliest
    let until = max(since, min(query.until ?? now, now))
    guard query.grouping == .day else { return BucketLine(allSince: since, until: until) }
    var first = query.since ?? until
    if query.since == nil {
      for project in projects {
        let change = try ledgerCall { () throws(StoreError) in
          try views.earliestChange(of: project, log, transaction, records)
        }
        first = min(first, change ?? until)
      }
    }
    let line = BucketLine(daysSince: first, until: until)
    guard line.count <= Self.dayLimit else {
      throw .usage(
        "from \(first.date) until \(until.date) there are \(line.count) days, and \(Self.dayLimit) are the most: ask for a shorter span"
      )
    }
    return line
  }

  /// A hundred years.
  private static let dayLimit = 36_525

  /// Adds the workloads of a project to a fold, each to the group whose key `key` tells.
  private func add(
    _ project: NameNumber, to fold: inout StatisticsFold, since: Timestamp?, _ views: ViewStore,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction,
    key: (WorkloadState) -> UInt32
  ) throws(StoreError) {
    try views.forEachRow(of: project, since: since, until: fold.line.until, log, transaction, records) {
      (row) throws(StoreError) in
      let group = fold.group(key(row.state))
      fold.add(row.state, to: group)
      if let only = Attempt(only: row.state) {
        fold.add(only, asking: row.state.resources, to: group)
      } else {
        for attempt in try self.attempts(of: row, records) {
          fold.add(attempt, asking: row.state.resources, to: group)
        }
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

  /// The groups with their names, in their order.
  private func groups(
    of query: GroupStatisticsQuery, _ fold: inout StatisticsFold, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> [GroupStatistics.Group] {
    guard let grouping = query.grouping else { return [] }
    if grouping == .day { return Self.days(of: query, &fold) }
    var groups: [GroupStatistics.Group] = []
    for key in fold.keys {
      // Rows are looked at of which nothing counts.
      guard let numbers = fold.numbers(of: key).first, numbers != StatisticsNumbers() else { continue }
      groups.append(
        GroupStatistics.Group(name: try name(of: key, grouping, records) ?? "unknown", numbers: numbers))
    }
    return groups.sorted {
      ($1.numbers.created, $0.name) < ($0.numbers.created, $1.name)
    }
  }

  private func name(
    of key: UInt32, _ grouping: StatisticsGrouping, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> String? {
    switch grouping {
    case .type: WorkloadType(rawValue: UInt8(truncatingIfNeeded: key))?.label
    case .status: WorkloadStatus(rawValue: UInt8(truncatingIfNeeded: key))?.label
    case .project, .owner, .cluster: try names.text(NameNumber(rawValue: key), in: log, records)
    case .day: nil
    }
  }

  /// The days of a span; those before the first and behind the last with something in it only where the span was asked to
  /// begin and to end there.
  private static func days(
    of query: GroupStatisticsQuery, _ fold: inout StatisticsFold
  ) -> [GroupStatistics.Group] {
    let numbers = fold.numbers(of: 0)
    func isSomething(_ numbers: StatisticsNumbers) -> Bool { numbers != StatisticsNumbers() }
    let first = query.since == nil ? numbers.firstIndex(where: isSomething) : numbers.startIndex
    let last = query.until == nil ? numbers.lastIndex(where: isSomething) : numbers.endIndex - 1
    guard let first, let last, first <= last else { return [] }
    return (first...last).map {
      GroupStatistics.Group(name: fold.line.start($0).date, numbers: numbers[$0])
    }
  }
}

extension Timestamp {
  /// The day in UTC, `2023-07-01`.
  fileprivate var date: String { String(rfc3339.prefix(10)) }
}
