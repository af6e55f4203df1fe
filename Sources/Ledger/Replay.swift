import EventStore
internal import Glibc
import LMDB
import ReadModels
internal import Synchronization
public import WorkloadModel

/// How far a replay is.
public struct ReplayProgress: Sendable {
  /// The last position folded.
  public var position: UInt64
  /// The last position that will be folded.
  public var last: UInt64
}

/// A place where a stored view is not what the log says.
public struct ReplayDifference: Hashable, Sendable {
  /// The view, as in "rows".
  public var view: String
  /// The workload, where it is about one.
  public var workload: WorkloadID?
  /// The field of a workload's row, or the key of an entry.
  public var field: String
  /// What the view holds; nil where the entry is missing.
  public var stored: String?
  /// What the log says; nil where there should be no entry.
  public var expected: String?
}

/// What a replay found.
public struct ReplayReport: Sendable {
  /// The last position folded.
  public var position: UInt64 = 0
  /// How many workloads there are.
  public var workloads = 0
  /// How many entries were compared.
  public var entries = 0
  /// How many entries differ.
  public var differenceCount = 0
  /// The first differences, at most ten.
  public var differences: [ReplayDifference] = []
  /// Whether the stored views were replaced.
  public var wasRebuilt = false
  /// Whether the stored views were compared; not where only a part of the log was folded.
  public var wasCompared = false
}

extension Ledger {
  /// Reads, decodes and folds the whole log in memory and returns how many workloads there are: what a replay
  /// does before it compares.
  public func fold(to limit: UInt64? = nil) throws(LedgerError) -> (position: UInt64, workloads: Int) {
    let views = try currentViews()
    return try views.environment.read { (transaction) throws(LedgerError) in
      try self.log.environment.read { (records) throws(LedgerError) in
        try ledgerCall { () throws(StoreError) in
          let last = min(limit ?? .max, try self.log.lastPosition(records))
          var projection = Projection(views.tables, position: 0, isFromScratch: true, eventCount: last)
          try records.withCursor(self.log.events) { (cursor) throws(StoreError) in
            var isThere = try cursor.first()
            while isThere, cursor.integerKey <= last {
              try projection.apply(cursor.value, at: cursor.integerKey, transaction)
              isThere = try cursor.next()
            }
          }
          return (projection.position, projection.touchedCount)
        }
      }
    }
  }

  /// Folds the log anew, aside, and compares every entry of every stored view with what comes out.
  ///
  /// With `to` or `until` only so much of the log is folded, and nothing is compared.
  public func replay(
    to: UInt64? = nil, until: Timestamp? = nil, progress: (ReplayProgress) -> Void = { _ in }
  ) throws(LedgerError) -> ReplayReport {
    let views = try currentViews()
    return try withScratchViews { (scratch) throws(LedgerError) in
      try views.environment.read { (transaction) throws(LedgerError) in
        try self.log.environment.read { (records) throws(LedgerError) in
          try ledgerCall { () throws(StoreError) in
            var report = ReplayReport()
            let stored = try views.position(transaction) ?? 0
            let last = min(to ?? stored, stored)
            report.position = try scratch.environment.write { (write) throws(StoreError) in
              try self.fold(into: scratch, &write, records, to: last, until: until) {
                progress(ReplayProgress(position: $0, last: last))
              }
            }
            report.wasCompared = to == nil && until == nil
            if report.wasCompared {
              try self.foldPast(of: scratch, upTo: try views.historyPosition(transaction), records)
            }
            try scratch.environment.read { (fresh) throws(StoreError) in
              report.workloads = try fresh.count(scratch.tables.rows)
              if report.wasCompared {
                report.entries = try ViewComparison.compare(views, transaction, with: scratch, fresh) {
                  (found) throws(StoreError) in
                  report.differenceCount += 1
                  guard report.differences.count < 10 else { return }
                  report.differences.append(
                    ReplayDifference(
                      view: found.view,
                      // A row of a stream that the log has not is a difference, too.
                      workload: found.stream.flatMap { try? self.id(ofStream: $0, records) },
                      field: found.field, stored: found.stored, expected: found.expected))
                }
              }
            }
            return report
          }
        }
      }
    }
  }

  /// Folds the log anew and puts the result in place of the stored views, in one transaction: readers see the
  /// old views until all of the new ones are there. Where the file of the views is damaged it is replaced, too; whoever
  /// has it open goes on with the old one.
  public func rebuild(progress: (ReplayProgress) -> Void = { _ in }) throws(LedgerError) -> ReplayReport {
    let views = try writableViews(replacing: true)
    return try ledgerCall { () throws(StoreError) in
      try views.write { (transaction) throws(StoreError) in
        try self.log.environment.read { (records) throws(StoreError) in
          for table in views.allTables {
            try transaction.removeAll(table)
          }
          var report = ReplayReport()
          let last = try self.log.lastPosition(records)
          report.position = try self.fold(into: views, &transaction, records) {
            progress(ReplayProgress(position: $0, last: last))
          }
          report.workloads = try transaction.reading.count(views.tables.rows)
          report.wasRebuilt = true
          return report
        }
      }
    }
  }

  /// The tables of the past as far as the stored ones have come.
  private func foldPast(
    of scratch: ViewStore, upTo last: UInt64, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    while true {
      let fold = try scratch.environment.read { (fresh) throws(StoreError) in
        try self.foldSlice(scratch, upTo: last, fresh, records)
      }
      guard let fold else { return }
      try scratch.environment.write { (write) throws(StoreError) in try fold.flush(to: &write) }
    }
  }

  /// Views in a folder of their own, which is removed at the end.
  private func withScratchViews<R>(
    _ body: (ViewStore) throws(LedgerError) -> R
  ) throws(LedgerError) -> R {
    removeAbandonedScratch()
    let number = Self.scratchCount.wrappingAdd(1, ordering: .relaxed).newValue
    let folder = path + "/replay.\(getpid()).\(number)"
    Self.removeEnvironment(folder)
    defer { Self.removeEnvironment(folder) }
    let scratch = try ledgerCall { () throws(StoreError) in
      try ViewStore(openingAt: folder, bootID: self.bootID)
    }
    return try body(scratch)
  }

  /// Several threads may replay at once.
  private static let scratchCount = Atomic<UInt64>(0)

  /// Removes what replays left behind whose process was killed.
  private func removeAbandonedScratch() {
    guard let entries = opendir(path) else { return }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      let parts = name.split(separator: ".")
      guard parts.first == "replay", parts.count == 3, let process = pid_t(parts[1]), process > 0,
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      Self.removeEnvironment(path + "/" + name)
    }
  }

  /// Removes the folder of an environment that nobody has open, as far as it is there.
  static func removeEnvironment(_ folder: String) {
    for name in ["/data.mdb", "/lock.mdb", "/boot"] { unlink(folder + name) }
    rmdir(folder)
  }
}
