import EventStore
import LMDB
import ReadModels
public import WorkloadModel

extension Ledger {
  /// A page of the workloads of a project, newest first.
  public func page(_ query: WorkloadQuery, now: Timestamp) throws(LedgerError) -> WorkloadPage {
    guard (1...1000).contains(query.limit) else {
      throw .usage("a page has 1 to 1000 rows, not \(query.limit)")
    }
    let bound = try query.pageToken.map { (token) throws(LedgerError) in
      try PageToken.bound(of: token, for: query)
    }
    return try reading { (views, transaction, records) throws(LedgerError) in
      var filter = PageFilter(project: try self.project(query.project, views, transaction, records))
      var page = WorkloadPage(project: query.project, items: [], total: 0, nextPageToken: nil)
      filter.types = Self.mask(query.types)
      filter.statuses = Self.mask(query)
      if let owner = query.owner {
        guard let number = try self.number(.user, owner, records) else { return page }
        filter.owner = number
      }
      if let cluster = query.cluster {
        guard let number = try self.number(.cluster, cluster, records) else { return page }
        filter.cluster = number
      }
      let scan = try ledgerCall { () throws(StoreError) in
        if let name = query.name, let needle = Needle(name) {
          return try views.scan(filter, named: needle, below: bound, limit: query.limit, transaction)
        }
        return try views.scan(filter, below: bound, limit: query.limit, transaction)
      }
      page.items = try self.workloads(scan.streams, views, transaction, records)
      page.total = scan.total
      if scan.hasMore { page.nextPageToken = PageToken.text(scan.lastOrdinal, for: query) }
      return page
    }
  }

  /// A workload by its id, by a prefix of it (at least four digits) that is unique, or by a name that is
  /// unique among the project's undeleted workloads.
  public func find(_ reference: String, project: String?) throws(LedgerError) -> Workload {
    try reading { (views, transaction, records) throws(LedgerError) in
      var streams: [UInt64] = []
      if let prefix = WorkloadIDPrefix(reference) {
        streams = try ledgerCall { () throws(StoreError) in
          try views.streams(with: prefix, limit: 10, transaction)
        }
      }
      if streams.count != 1 || reference.utf8.count < 32, let project, let needle = Needle(reference),
        let number = try? self.project(project, views, transaction, records)
      {
        var filter = PageFilter(project: number)
        filter.statuses &= ~(1 << UInt16(WorkloadStatus.deleted.rawValue))
        // The search folds case; a name is named exactly.
        var named: [Workload] = []
        var bound: UInt32?
        repeat {
          let scan = try ledgerCall { () throws(StoreError) in
            try views.scan(filter, named: needle, isWhole: true, below: bound, limit: 256, transaction)
          }
          named += try self.workloads(scan.streams, views, transaction, records)
            .filter { $0.name == reference }
          bound = scan.hasMore ? scan.lastOrdinal : nil
        } while bound != nil && named.count < 10
        if named.count > 10 { named.removeLast(named.count - 10) }
        if named.count == 1 { return named[0] }
        if named.count > 1 { throw .ambiguous(name: reference, candidates: named) }
      }
      let found = try self.workloads(streams, views, transaction, records)
      if found.count > 1 { throw .ambiguous(name: reference, candidates: found) }
      guard let workload = found.first else { throw .notFound(kind: "workload", name: reference) }
      return workload
    }
  }

  /// A workload with its timeline; a status that lasts is counted up to `now`.
  public func details(_ id: WorkloadID, now: Timestamp) throws(LedgerError) -> WorkloadDetails {
    try reading { (views, transaction, records) throws(LedgerError) in
      let found: WorkloadDetails? = try ledgerCall { () throws(StoreError) in
        guard let stream = try views.stream(of: id, transaction),
          let row = try views.row(stream, transaction)
        else { return nil }
        var timeline: [Event] = []
        var durations = StatusClock()
        var position = row.state.lastPosition
        while position != 0 {
          guard let record = try records.get(self.log.events, position),
            let event = try self.event(record, at: position, records), event.previousInStream < position
          else { throw .damaged(position: position, why: "it is in a timeline, but can't be read") }
          timeline.append(event)
          position = event.previousInStream
        }
        timeline.reverse()
        for event in timeline {
          guard let record = try records.get(self.log.events, event.position) else { continue }
          durations.fold(record, at: event.position)
        }
        return WorkloadDetails(
          workload: try self.workload(row, records), timeline: timeline,
          timePerStatus: durations.finish(now: now))
      }
      guard let found else { throw .notFound(kind: "workload", name: id.description) }
      return found
    }
  }

  /// The deletion queue of a project, oldest request first.
  public func deletions(project name: String) throws(LedgerError) -> [PendingDeletion] {
    try reading { (views, transaction, records) throws(LedgerError) in
      var filter = PageFilter(project: try self.project(name, views, transaction, records))
      filter.statuses = Self.mask([WorkloadStatus.deleteRequested, .deleteFailed])
      return try ledgerCall { () throws(StoreError) in
        let scan = try views.scan(filter, below: nil, limit: .max, transaction)
        var queue: [PendingDeletion] = []
        for stream in scan.streams {
          guard let row = try views.row(stream, transaction) else { continue }
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

  /// What the owners of a project may hold, and hold; of one owner where named.
  public func quotas(project name: String, owner: String?) throws(LedgerError) -> [QuotaStatus] {
    try reading { (views, transaction, records) throws(LedgerError) in
      let project = try self.project(name, views, transaction, records)
      return try ledgerCall { () throws(StoreError) in
        var quotas: [QuotaStatus] = []
        for (number, holding) in try views.holdings(of: project, transaction) {
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

  /// All projects with their members.
  public func projects() throws(LedgerError) -> [ProjectStatus] {
    try reading { (views, transaction, records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        var projects: [ProjectStatus] = []
        for (number, entry) in try views.projects(transaction) where entry.stream != 0 || entry.rowCount > 0 {
          var project = ProjectStatus(
            name: try self.names.text(number, in: self.log, records) ?? "unknown", members: [],
            workloads: Int(entry.rowCount), createdAt: nil, createdBy: nil)
          for member in try views.members(of: number, transaction) {
            project.members.append(try self.names.text(member, in: self.log, records) ?? "unknown")
          }
          project.members.sort()
          if entry.stream != 0, let record = try records.get(self.log.events, entry.stream),
            let header = RecordHeader(record)
          {
            project.createdAt = header.flags.contains(.timeBound) ? nil : header.occurredAt
            project.createdBy = try self.names.text(header.actor, in: self.log, records)
          }
          projects.append(project)
        }
        return projects.sorted { $0.name < $1.name }
      }
    }
  }

  /// The projects that a user is a member of.
  public func projects(of user: String) throws(LedgerError) -> [String] {
    try reading { (views, transaction, records) throws(LedgerError) in
      guard let number = try self.number(.user, user, records) else { return [] }
      return try ledgerCall { () throws(StoreError) in
        var projects: [String] = []
        for project in try views.projects(of: number, transaction) {
          if let name = try self.names.text(project, in: self.log, records) { projects.append(name) }
        }
        return projects.sorted()
      }
    }
  }

  /// How the ledger is: positions, sizes, readers.
  public func status() throws(LedgerError) -> LedgerStatus {
    try reading { (views, transaction, records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        let log = try self.log.environment.info()
        let folded = try views.environment.info()
        return LedgerStatus(
          path: self.path, id: self.id, lastPosition: try self.log.lastPosition(records),
          viewsPosition: try views.position(transaction) ?? 0, viewsSchema: Int(ViewStore.schemaVersion),
          logBytes: log.usedBytes, logMapBytes: log.mapSize, viewsBytes: folded.usedBytes,
          viewsMapBytes: folded.mapSize, readers: log.readers, maxReaders: log.maxReaders)
      }
    }
  }

  // MARK: Helpers

  /// Runs a query on a snapshot of the views and one of the log that is not older.
  func reading<R>(
    _ body: (ViewStore, borrowing ReadTransaction, borrowing ReadTransaction) throws(LedgerError) -> R
  ) throws(LedgerError) -> R {
    let views = try currentViews()
    return try views.environment.read { (transaction) throws(LedgerError) in
      try self.log.environment.read { (records) throws(LedgerError) in try body(views, transaction, records) }
    }
  }

  func number(
    _ nameClass: NameClass, _ name: String, _ records: borrowing ReadTransaction
  ) throws(LedgerError) -> NameNumber? {
    if name == "unknown" { return .unknown }
    return try ledgerCall { () throws(StoreError) in try self.log.number(nameClass, name, records) }
  }

  private func workloads(
    _ streams: [UInt64], _ views: ViewStore, _ transaction: borrowing ReadTransaction,
    _ records: borrowing ReadTransaction
  ) throws(LedgerError) -> [Workload] {
    try ledgerCall { () throws(StoreError) in
      var found: [Workload] = []
      found.reserveCapacity(streams.count)
      for stream in streams {
        guard let row = try views.row(stream, transaction) else {
          throw .damaged(position: stream, why: "its row is missing in the views")
        }
        found.append(try self.workload(row, records))
      }
      return found
    }
  }

  private static func mask(_ types: Set<WorkloadType>) -> UInt16 {
    types.isEmpty ? PageFilter.allTypes : types.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
  }

  private static func mask(_ statuses: [WorkloadStatus]) -> UInt16 {
    statuses.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
  }

  private static func mask(_ query: WorkloadQuery) -> UInt16 {
    if !query.statuses.isEmpty { return mask(Array(query.statuses)) }
    let all = PageFilter.allStatuses
    return query.includesDeleted ? all : all & ~(1 << UInt16(WorkloadStatus.deleted.rawValue))
  }
}

/// How a ledger is.
public struct LedgerStatus: Hashable, Sendable {
  /// The folder.
  public var path: String
  /// The ledger's own identity.
  public var id: String
  /// The newest position.
  public var lastPosition: UInt64
  /// The views are current where this is `lastPosition`.
  public var viewsPosition: UInt64
  /// The version of the views' contents.
  public var viewsSchema: Int
  /// Pages in use.
  public var logBytes: Int
  /// Address space; it grows by itself.
  public var logMapBytes: Int
  /// Pages of the views in use.
  public var viewsBytes: Int
  /// Address space of the views.
  public var viewsMapBytes: Int
  /// Reader slots that were ever in use at the same time.
  public var readers: Int
  /// The most readers at the same time.
  public var maxReaders: Int
}
