import EventStore
import LMDB
import ReadModels
import WorkloadModel

extension Ledger {
  /// Calls `body` for each event that matches, in order, until it returns false.
  ///
  /// The timeline of one workload and the events of one project are walks along the links of the log; all else
  /// is a scan between the positions asked for, which looks at headers first. Long scans renew their snapshot,
  /// so that they never keep old pages.
  public func history(
    _ query: HistoryQuery, _ body: (Event) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    if let limit = query.limit, limit <= 0 { return }
    var query = query
    if let known = query.moment.asOf { query.to = min(query.to ?? .max, try position(of: known)) }
    guard let match = try HistoryMatch(query, self) else { return }
    var left = query.limit ?? .max
    func deliver(_ event: Event) throws(LedgerError) -> Bool {
      left -= 1
      return try body(event) && left > 0
    }
    if query.workload != nil || query.project != nil && query.isReverse {
      try walk(query, match, deliver)
    } else {
      try scan(query, match, deliver)
    }
  }

  /// The newest position of the log.
  public func lastPosition() throws(LedgerError) -> UInt64 {
    try log.environment.read { (records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in try self.log.lastPosition(records) }
    }
  }

  private static let eventsPerSnapshot = 512

  private func scan(
    _ query: HistoryQuery, _ match: HistoryMatch, _ deliver: (Event) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    var next = query.isReverse ? min(query.to ?? .max, try lastPosition()) : max(1, query.from)
    let end = query.isReverse ? max(1, query.from) : min(query.to ?? .max, try lastPosition())
    let most = min(query.limit ?? .max, Self.eventsPerSnapshot)
    while query.isReverse ? next >= end && next > 0 : next <= end {
      var found: [Event] = []
      try log.environment.read { (records) throws(LedgerError) in
        try ledgerCall { () throws(StoreError) in
          next = try self.collect(most, from: next, to: end, query.isReverse, match, records, &found)
        }
      }
      for event in found where try !deliver(event) { return }
    }
  }

  /// Reads matching events until there are so many, or one snapshot was long enough; returns where to go on.
  private func collect(
    _ most: Int, from start: UInt64, to end: UInt64, _ isReverse: Bool, _ match: HistoryMatch,
    _ records: borrowing ReadTransaction, _ found: inout [Event]
  ) throws(StoreError) -> UInt64 {
    try records.withCursor(log.events) { (cursor) throws(StoreError) in
      guard try cursor.find(start) else {
        throw .damaged(position: start, why: "it is missing in the log")
      }
      var known = KnownNames(names, log)
      var position = start
      var looked = 0
      while true {
        guard let header = RecordHeader(cursor.value) else {
          throw .damaged(position: position, why: "its header can't be read")
        }
        if try match.accepts(header, at: position, self, records),
          let event = try self.event(cursor.value, at: position, &known, records)
        {
          found.append(event)
        }
        looked += 1
        let isLast = isReverse ? position <= end : position >= end
        position = isReverse ? position - 1 : position + 1
        if isLast || found.count >= most || looked >= 1 << 20 { return position }
        guard try isReverse ? cursor.previous() : cursor.next() else { return isReverse ? 0 : .max }
      }
    }
  }

  /// Follows the links from the newest event of a workload or project backwards.
  private func walk(
    _ query: HistoryQuery, _ match: HistoryMatch, _ deliver: (Event) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    let isStream = query.workload != nil
    var positions: [UInt64] = []
    var next: UInt64 = 0
    try reading { (views, transaction, records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        if let id = query.workload {
          if let stream = try views.stream(of: id, transaction) {
            next = try views.row(stream, transaction)?.state.lastPosition ?? 0
          }
        } else if let project = match.project {
          next = try views.project(project, transaction)?.lastPosition ?? 0
        }
      }
    }
    if query.isReverse || isStream {
      while next != 0 {
        var found: [Event] = []
        try log.environment.read { (records) throws(LedgerError) in
          try ledgerCall { () throws(StoreError) in
            var known = KnownNames(self.names, self.log)
            var looked = 0
            while next != 0, found.count < Self.eventsPerSnapshot, looked < 1 << 20 {
              guard let record = try records.get(self.log.events, next), let header = RecordHeader(record)
              else { throw .damaged(position: next, why: "a link leads there, but it can't be read") }
              let previous = isStream ? header.previousInStream : header.previousInProject
              guard previous < next else {
                throw .damaged(position: next, why: "its link does not lead back")
              }
              if next <= (query.to ?? .max), next >= query.from,
                try match.accepts(header, at: next, self, records)
              {
                if query.isReverse {
                  if let event = try self.event(record, at: next, &known, records) { found.append(event) }
                } else {
                  positions.append(next)
                }
              }
              next = previous < query.from ? 0 : previous
              looked += 1
            }
          }
        }
        for event in found where try !deliver(event) { return }
      }
    }
    try deliverForward(positions, deliver)
  }

  private func deliverForward(
    _ positions: [UInt64], _ deliver: (Event) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    for position in positions.reversed() {
      let event = try log.environment.read { (records) throws(LedgerError) -> Event? in
        try ledgerCall { () throws(StoreError) in
          guard let record = try records.get(self.log.events, position) else { return nil }
          return try self.event(record, at: position, records)
        }
      }
      if let event, try !deliver(event) { return }
    }
  }
}

/// A history query in numbers, so that most records are told by their header alone.
struct HistoryMatch {
  var project: NameNumber?
  private var actor: NameNumber?
  private var reporter: NameNumber?
  private var onlyAnomalies: Bool
  private var apart: Int64?
  private var kinds: UInt64 = .max
  private var types: Set<WorkloadType>
  private var name: String?
  /// The workloads of the project with the name and a type, of those that were created up to a position: the views
  /// find them at once, and each event would have its workload's record read.
  private var named: (streams: Set<UInt64>, upTo: UInt64)?
  private var since: Timestamp
  private var until: Timestamp

  /// nil where a name that is asked for was never used, so that nothing can match.
  init?(_ query: HistoryQuery, _ ledger: Ledger) throws(LedgerError) {
    onlyAnomalies = query.onlyAnomalies
    apart = query.apart
    types = query.types
    name = query.name
    since = query.since ?? .unknown
    until = query.until ?? Timestamp(microseconds: .max)
    // Occurred by then is occurred before the microsecond after it.
    if let time = query.moment.at, time < .latest {
      until = min(until, Timestamp(microseconds: time.microseconds + 1))
    }
    if !query.kinds.isEmpty { kinds = query.kinds.reduce(0) { $0 | 1 << UInt64($1.rawValue) } }
    let (projectName, actorName, reporterName) = (query.project, query.actor, query.reporter)
    let numbers = try ledger.log.environment.read { (records) throws(LedgerError) in
      (
        try projectName.map { (name) throws(LedgerError) in try ledger.number(.project, name, records) },
        try actorName.map { (name) throws(LedgerError) in try ledger.number(.user, name, records) },
        try reporterName.map { (name) throws(LedgerError) in try ledger.number(.reporter, name, records) }
      )
    }
    if let project = numbers.0 {
      guard let project else { throw .notFound(kind: "project", name: projectName ?? "") }
      self.project = project
    }
    if let actor = numbers.1 {
      guard let actor else { return nil }
      self.actor = actor
    }
    if let reporter = numbers.2 {
      guard let reporter else { return nil }
      self.reporter = reporter
    }
    if let project, let name, query.workload == nil { named = try Self.find(name, types, project, ledger) }
  }

  private static func find(
    _ name: String, _ types: Set<WorkloadType>, _ project: NameNumber, _ ledger: Ledger
  ) throws(LedgerError) -> (streams: Set<UInt64>, upTo: UInt64)? {
    try ledger.reading { (views, transaction, _) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        guard let needle = Needle(name) else { return nil }
        var filter = PageFilter(project: project)
        filter.types = Ledger.mask(types)
        let scan = try views.scan(filter, named: needle, below: nil, limit: .max, transaction)
        return (Set(scan.streams), try views.position(transaction) ?? 0)
      }
    }
  }

  func accepts(
    _ header: RecordHeader, at position: UInt64, _ ledger: Ledger, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    guard header.kind.event != nil, kinds & (1 << UInt64(header.kind.rawValue)) != 0,
      project == nil || header.project == project, actor == nil || header.actor == actor,
      reporter == nil || header.reporter == reporter, header.occurredAt >= since, header.occurredAt < until,
      !onlyAnomalies || !header.flags.has(.applied), isApart(header)
    else { return false }
    if types.isEmpty, name == nil { return true }
    if let named, header.stream <= named.upTo { return named.streams.contains(header.stream) }
    guard header.stream != 0, let record = try records.get(ledger.log.events, header.stream),
      let created = RecordHeader(record), created.kind == RecordKind(.created),
      let body = RecordBody(record, created), let creation = body.creation, let range = body.name
    else { return false }
    if !types.isEmpty {
      guard let type = creation.type, types.contains(type) else { return false }
    }
    guard let name, let needle = Needle(name) else { return true }
    var folded = Array(FoldedName.fold(string(record, range)).utf8)
    folded.append(0)
    return needle.find(in: folded.span.bytes, from: 0) != nil
  }

  /// Whether it occurred and was recorded further apart than was asked for, in either direction.
  private func isApart(_ header: RecordHeader) -> Bool {
    guard let apart else { return true }
    let (distance, isTooFar) = header.recordedAt.microseconds.subtractingReportingOverflow(
      header.occurredAt.microseconds)
    return isTooFar || distance.magnitude > apart.magnitude
  }
}
