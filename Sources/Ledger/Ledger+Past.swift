import EventStore
import LMDB
import ReadModels
import WorkloadModel

/// What workloads were at a moment.
extension Ledger {
  /// A workload's row at a moment, folded from its timeline; nil where it was not there yet.
  ///
  /// The timeline is walked back from its newest record, which the present row knows: a few records, however long
  /// the log is.
  func row(
    _ present: Row, at moment: PastMoment, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> Row? {
    if moment.time == nil, present.state.lastPosition <= moment.position { return present }
    guard present.state.stream <= moment.position else { return nil }
    let steps = try steps(of: present, at: moment, records)
    guard let created = steps.last?.fact, created.position == present.state.stream,
      let creation = created.creation
    else { return nil }
    var row = Row(state: WorkloadState(created: created, creation), ordinal: present.ordinal)
    for step in steps.reversed().dropFirst() { step.fold(into: &row.state) }
    return row
  }

  /// The records of a workload's timeline that belong to a moment, newest first.
  func steps(
    of present: Row, at moment: PastMoment, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> [TimelineStep] {
    var steps: [TimelineStep] = []
    var position = present.state.lastPosition
    while position != 0 {
      guard let record = try records.get(log.events, position), let header = RecordHeader(record),
        header.previousInStream < position
      else { throw .damaged(position: position, why: "it is in a timeline, but can't be read") }
      if moment.includes(header, at: position) {
        var id = WorkloadID.none
        let fact = WorkloadFact(header, record, position: position, id: &id)
        steps.append(TimelineStep(position: position, actor: header.actor, fact: fact))
      }
      position = header.previousInStream
    }
    return steps
  }

  /// The rows of streams at a moment. They must have been there.
  func rows(
    _ streams: [UInt64], at moment: PastMoment, _ views: ViewStore, _ transaction: borrowing ReadTransaction,
    _ records: borrowing ReadTransaction
  ) throws(StoreError) -> [Row] {
    var rows: [Row] = []
    rows.reserveCapacity(streams.count)
    for stream in streams {
      guard let present = try views.row(stream, transaction),
        let row = try row(present, at: moment, records)
      else { throw .damaged(position: stream, why: "its row is missing in the views") }
      rows.append(row)
    }
    return rows
  }

  /// The workloads of a filter at a moment. What is known now is in the present views.
  func scan(
    _ filter: PageFilter, named name: String? = nil, isWhole: Bool = false, at moment: PastMoment,
    below ordinal: UInt32? = nil, limit: Int = .max, _ views: ViewStore,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> PageScan {
    if moment.time == nil, try views.position(transaction) == moment.position {
      if let name, let needle = Needle(name) {
        return try views.scan(
          filter, named: needle, isWhole: isWhole, below: ordinal, limit: limit, transaction)
      }
      return try views.scan(filter, below: ordinal, limit: limit, transaction)
    }
    let past = try Past(filter.project, filter.statuses, at: moment, views, log, transaction, records)
    return try views.scan(
      filter, named: name, isWhole: isWhole, in: past, below: ordinal, limit: limit, transaction)
  }

  /// A page as of the moment of its token, or else of its query.
  func pastPage(_ query: WorkloadQuery, _ token: PageToken?) throws(LedgerError) -> WorkloadPage {
    var moment = query.moment
    if let token {
      try check(token, query.moment)
      moment = Moment(asOf: token.position.map { .position($0) }, at: token.time)
    }
    return try reading(moment, scans: true) { (views, transaction, records, moment) throws(LedgerError) in
      var page = WorkloadPage(project: query.project, items: [], total: 0, nextPageToken: nil)
      page.asOf = moment.position
      page.at = moment.time
      guard let filter = try self.filter(query, views, transaction, records) else { return page }
      try ledgerCall { () throws(StoreError) in
        let scan = try self.scan(
          filter, named: query.name, at: moment, below: token?.ordinal, limit: query.limit, views,
          transaction,
          records)
        for row in try self.rows(scan.streams, at: moment, views, transaction, records) {
          page.items.append(try self.workload(row, records))
        }
        page.total = scan.total
        if scan.hasMore {
          page.nextPageToken = PageToken(ordinal: scan.lastOrdinal, moment: moment).text(for: query)
        }
      }
      return page
    }
  }

  /// A query that repeats its moment beside the token must mean the same one. `2h ago` has gone on since the first
  /// page; what was meant then the token knows.
  private func check(_ token: PageToken, _ moment: Moment) throws(LedgerError) {
    if moment.isNow { return }
    var isSame = token.position != nil && (token.time == nil) == (moment.at == nil)
    if let time = token.time, let at = moment.at, at < time { isSame = false }
    if let position = token.position, let known = moment.asOf {
      let given = try self.position(of: known)
      if case .position = known {
        isSame = isSame && given == position
      } else {
        isSame = isSame && given >= position
      }
    }
    if !isSame {
      throw .usage("the page token belongs to another moment: repeat it, or begin again without the token")
    }
  }
}

/// A record of a workload's timeline, in numbers.
struct TimelineStep {
  var position: UInt64
  var actor: NameNumber
  /// nil of an action that was refused.
  var fact: WorkloadFact?

  func fold(into state: inout WorkloadState) {
    if let fact { Decider.evolve(&state, fact) } else { Decider.note(refusalAt: position, on: &state) }
  }
}
