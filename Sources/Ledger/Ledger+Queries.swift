import EventStore
import LMDB
import ReadModels
public import WorkloadModel

extension Ledger {
  /// A page of the workloads of a project, newest first; as they were at the query's moment.
  public func page(_ query: WorkloadQuery, now: Timestamp) throws(LedgerError) -> WorkloadPage {
    guard (1...1000).contains(query.limit) else {
      throw .usage("a page has 1 to 1000 rows, not \(query.limit)")
    }
    let token = try query.pageToken.map { (text) throws(LedgerError) in try PageToken(text, for: query) }
    if !query.moment.isNow || token?.position != nil { return try pastPage(query, token) }
    return try reading { (views, transaction, records) throws(LedgerError) in
      var page = WorkloadPage(project: query.project, items: [], total: 0, nextPageToken: nil)
      guard let filter = try self.filter(query, views, transaction, records) else { return page }
      let scan = try ledgerCall { () throws(StoreError) in
        try self.scan(query, filter, below: token?.ordinal, views, transaction)
      }
      page.items = try self.workloads(scan.streams, views, transaction, records)
      page.total = scan.total
      if scan.hasMore { page.nextPageToken = PageToken(ordinal: scan.lastOrdinal).text(for: query) }
      return page
    }
  }

  /// A query in numbers; nil where it names an owner or a cluster that was never used.
  func filter(
    _ query: WorkloadQuery, _ views: ViewStore, _ transaction: borrowing ReadTransaction,
    _ records: borrowing ReadTransaction
  ) throws(LedgerError) -> PageFilter? {
    var filter = PageFilter(project: try project(query.project, views, transaction, records))
    filter.types = Self.mask(query.types)
    filter.statuses = Self.mask(query)
    if let owner = query.owner {
      guard let number = try number(.user, owner, records) else { return nil }
      filter.owner = number
    }
    if let cluster = query.cluster {
      guard let number = try number(.cluster, cluster, records) else { return nil }
      filter.cluster = number
    }
    return filter
  }

  /// The workloads as they are now.
  func scan(
    _ query: WorkloadQuery, _ filter: PageFilter, below ordinal: UInt32?, _ views: ViewStore,
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> PageScan {
    if let name = query.name, let needle = Needle(name) {
      return try views.scan(filter, named: needle, below: ordinal, limit: query.limit, transaction)
    }
    return try views.scan(filter, below: ordinal, limit: query.limit, transaction)
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

  /// The names of all projects.
  public func projectNames() throws(LedgerError) -> [String] {
    try reading { (views, transaction, records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        var projects: [String] = []
        for (number, entry) in try views.projects(transaction) where entry.stream != 0 || entry.rowCount > 0 {
          if let name = try self.names.text(number, in: self.log, records) { projects.append(name) }
        }
        return projects.sorted()
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
      var known = KnownNames(names, log)
      try records.withCursor(log.events) { (creations) throws(StoreError) in
        try views.rows(streams, transaction) { (row) throws(StoreError) in
          let record = try creations.find(row.state.stream) ? creations.value : nil
          found.append(try self.workload(row, record, &known, records))
        }
      }
      return found
    }
  }

  static func mask(_ types: Set<WorkloadType>) -> UInt16 {
    types.isEmpty ? PageFilter.allTypes : types.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
  }

  static func mask(_ statuses: [WorkloadStatus]) -> UInt16 {
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
