package import EventStore
package import LMDB
import WorkloadModel

/// The views' environment: everything in it was folded from the log and can be folded again.
///
/// It is not synced on commit. While the machine runs its pages are the kernel's and sound, whoever dies; after
/// a power loss they may not be. So a file beside it says in which boot it was last written and whether it was
/// closed cleanly; in another boot without a clean close it is thrown away before LMDB sees it.
package final class ViewStore: Sendable {
  package let environment: Environment
  package let tables: ViewTables
  /// What questions about the past need; nil where an older program made the views and this one may not write.
  package let history: HistoryTables?
  private let bootID: String

  /// Version of all tables' contents. A program with another one folds the views anew.
  package static let schemaVersion: UInt32 = 2

  /// Whether the views can be opened as they are.
  package static func isSound(_ path: String, bootID: String) -> Bool {
    BootGuard.isSound(path, bootID: bootID)
  }

  /// Throws away what is not sound. The caller holds the log's write lock, so that no two processes do this at
  /// once; it must not hold it any more when it opens the views, whose writers lock them before the log.
  package static func prepare(_ path: String, bootID: String) throws(StoreError) {
    try BootGuard.prepare(path, bootID: bootID)
  }

  /// Whether an error says that the file of the views is damaged, or is none.
  package static func isDamage(_ error: StoreError) -> Bool {
    // Tables of another order are not those of any schema.
    error.name.isDamage || error.name == .versionMismatch || error.name == .incompatible
  }

  /// Whether there never was anything in the file of the views.
  package static func isUnfinished(_ path: String) -> Bool { BootGuard.isUnfinished(path) }

  /// Throws away views whose file is damaged, unless somebody else has done so by now. The caller holds the log's write
  /// lock, as for `prepare`.
  package static func discardDamaged(_ path: String, bootID: String, checkingPages: Bool) throws(StoreError) {
    do throws(StoreError) {
      let environment = try Environment(path: path, options: options(checkingPages))
      _ = (try ViewTables(environment), try HistoryTables(environment))
    } catch {
      guard isDamage(error) else { throw error }
      try BootGuard.discard(path, bootID: bootID)
    }
  }

  private static func options(_ checkingPages: Bool) -> EnvironmentOptions {
    var options = EnvironmentOptions()
    options.synchronous = false
    options.checksPages = checkingPages
    return options
  }

  /// Opens the views for writing; makes them where they are missing, not sound or of another version, and
  /// then empty. What is not sound was thrown away before, see `prepare` and `discardDamaged`.
  package init(openingAt path: String, bootID: String, checkingPages: Bool = false) throws(StoreError) {
    try BootGuard.prepare(path, bootID: bootID)
    let environment = try Environment(path: path, options: Self.options(checkingPages))
    if let tables = try ViewTables(environment), let history = try HistoryTables(environment),
      try environment.read({ (transaction) throws(StoreError) in try Self.isCurrent(tables, transaction) })
    {
      // Nothing to make: a reader does not wait for whoever writes.
      self.tables = tables
      self.history = history
    } else {
      (tables, history) = try environment.write { (transaction) throws(StoreError) in
        let tables = try ViewTables(openingIn: &transaction)
        let history = try HistoryTables(openingIn: &transaction)
        if try !Self.isCurrent(tables, transaction.reading) {
          for table in tables.all + history.all { try transaction.removeAll(table) }
        }
        return (tables, history)
      }
    }
    self.environment = environment
    self.bootID = bootID
  }

  /// Opens the views for reading only; nil where they would have to be made anew first.
  package init?(readingAt path: String, bootID: String) throws(StoreError) {
    guard BootGuard.isSound(path, bootID: bootID) else { return nil }
    self.bootID = bootID
    var options = Self.options(false)
    options.readOnly = true
    do throws(LMDBError) {
      environment = try Environment(path: path, options: options)
      guard let tables = try ViewTables(environment),
        try environment.read({ (transaction) throws(StoreError) in try Self.isCurrent(tables, transaction) })
      else { return nil }
      self.tables = tables
      history = try HistoryTables(environment)
    } catch {
      if error.name == .noSuchFile || Self.isDamage(error) { return nil }
      throw error
    }
  }

  /// Whether the views are empty or of this program's schema.
  private static func isCurrent(
    _ tables: ViewTables, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    guard let meta = try transaction.get(tables.meta, ViewTables.positionKey) else { return true }
    return meta.byteCount == 20 && meta.u32(at: 0) == schemaVersion
  }

  /// The last position folded; 0 in empty views, nil in those of another schema.
  package func position(_ transaction: borrowing ReadTransaction) throws(StoreError) -> UInt64? {
    guard try Self.isCurrent(tables, transaction) else { return nil }
    return try transaction.get(tables.meta, ViewTables.positionKey)?.u64(at: 4) ?? 0
  }

  /// Whether the views were folded from this log: the record at their position is the one that they saw.
  package func isFolded(
    from log: EventLog, _ records: borrowing ReadTransaction, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    guard let meta = try transaction.get(tables.meta, ViewTables.positionKey) else { return true }
    guard meta.byteCount == 20, let record = try records.get(log.events, meta.u64(at: 4)),
      let header = RecordHeader(record)
    else { return false }
    return RecordFingerprint.of(header) == meta.u64(at: 12)
  }

  /// Writes to the views. Whoever closed them cleanly meanwhile could not know of this writer, so under the
  /// write lock the mark is looked at first.
  package func write<R, E: StorageFailure>(
    _ body: (inout WriteTransaction) throws(E) -> R
  ) throws(E) -> R {
    try environment.write { (transaction) throws(E) in
      do throws(StoreError) { try BootGuard.keepDirty(environment.path, bootID: bootID) } catch {
        throw E(storage: error)
      }
      return try body(&transaction)
    }
  }

  /// Makes everything durable and says so, so that the views outlive the boot. Under the write lock, so that
  /// nobody writes between the two.
  package func closeCleanly() throws(StoreError) {
    try environment.write { (_) throws(StoreError) in
      try environment.sync()
      try BootGuard.markClean(environment.path, bootID: bootID)
    }
  }
}
