package import EventStore
import Evidence
internal import Glibc
import LMDB
import ReadModels
import Synchronization
public import WorkloadModel

/// A ledger in a folder: the one door to the log and the views.
///
/// `log` holds all events and is synchronous; `views` is folded from it and can be thrown away. Readers never
/// block and never lock; writers of one process share commits (`append`), and several processes may have one
/// ledger open.
public final class Ledger: Sendable {
  /// Whether the ledger is opened to be written too.
  public enum Access: Sendable { case readWrite, readOnly }

  /// The folder.
  public let path: String
  let access: Access
  package let log: EventLog
  let names = NameCache()
  let groups = CommitGroups()
  private let openViews = Mutex<ViewStore?>(nil)
  /// Whether all pages of a file are looked at before it is used, and what is damaged is left as it is.
  private let isVerifying: Bool
  let bootID: String
  /// Unlike the object's address, never used again in this process.
  let instance = Ledger.instances.wrappingAdd(1, ordering: .relaxed).newValue
  private static let instances = Atomic<UInt64>(0)

  /// The ledger's own identity, a UUID.
  public var id: String { log.ledgerID.description }
  /// The CloudEvents source of the ledger's own events.
  public var source: String { log.source }

  /// Makes an empty ledger with a signing key; false where there was one already, which is left as it is. What was begun
  /// and interrupted is finished.
  ///
  /// `origin` names the ledger in its checkpoints, best an address without a scheme (`example.com/ledger`); the
  /// ledger's identity stands there where it is nil.
  public static func create(
    at path: String, origin: String? = nil, now: Timestamp
  ) throws(LedgerError) -> Bool {
    let name = origin.flatMap { KeyName($0) }
    if let origin, name == nil { throw .usage("'\(origin)' names no ledger: it must have \(KeyName.rule)") }
    if try isWhole(path) { return false }
    try makeFolders(path)
    return try PrivateFile.locked(path) { () throws(LedgerError) in
      // Another process may have been faster.
      if try isWhole(path) { return false }
      if !hasLog(path), RestoreFolder.isUnfinished(path) {
        throw .storage(
          "a ledger was being put back in \(path), which was interrupted: repeat 'workledger restore', or remove the folder"
        )
      }
      if !hasLog(path) { try makeLog(in: path, now: now) }
      try Ledger(path: path).makeFirstKey(origin: name, now: now)
      return true
    }
  }

  /// Whether there is a ledger with its first key. Where the log is all that there is, `create` was interrupted.
  private static func isWhole(_ path: String) throws(LedgerError) -> Bool {
    guard hasLog(path) else { return false }
    return try Ledger(path: path, access: .readOnly).lastPosition() > 1
  }

  /// Makes a log aside, and gives it its place when it is whole and durable: whatever interrupts this, there is a log or
  /// none.
  private static func makeLog(in path: String, now: Timestamp) throws(LedgerError) {
    let (file, aside) = (path + "/log/data.mdb", path + "/log/new")
    try makeFolders(path + "/log")
    removeEnvironment(aside)
    try makeFolders(aside)
    var random = SystemRandomNumberGenerator()
    let id = WorkloadID(
      high: random.next() & ~0xF000 | 0x4000, low: random.next() & ~(3 << 62) | 1 << 63)
    try ledgerCall { () throws(StoreError) in
      _ = try EventLog(creatingAt: aside, id: id, now: now)
    }
    try PrivateFile.rename(aside + "/data.mdb", to: file)
    try PrivateFile.syncFolder(of: aside + "/data.mdb")
    removeEnvironment(aside)
  }

  /// Opens the ledger in a folder.
  public convenience init(path: String, access: Access = .readWrite) throws(LedgerError) {
    try self.init(path: path, access: access, checkingPages: false)
  }

  /// Opens it to be verified: a file whose form is damaged is an error here, and does not stop the process later.
  package convenience init(verifying path: String, access: Access) throws(LedgerError) {
    try self.init(path: path, access: access, checkingPages: true)
  }

  private init(path: String, access: Access, checkingPages: Bool) throws(LedgerError) {
    guard Self.hasLog(path) else { throw .noLedger(path: path) }
    self.path = path
    self.access = access
    isVerifying = checkingPages
    bootID = Self.currentBootID()
    log = try ledgerCall { () throws(StoreError) in
      try EventLog(path: path + "/log", readOnly: access == .readOnly, checkingPages: checkingPages)
    }
  }

  /// Opens the ledger in a folder to look at it. Who may write its files also brings views up to date that another
  /// process left behind when it died; who may not sees them as they are.
  public static func openForReading(_ path: String) throws(LedgerError) -> Ledger {
    try Ledger(path: path, access: access(to: path))
  }

  /// What this process may do with the ledger in a folder: access(2) of its files. A lock file that is missing, as in a
  /// copy, is made by whoever may.
  package static func access(to path: String) -> Access {
    let lock = path + "/log/lock.mdb"
    let files = [path, path + "/log/data.mdb", Glibc.access(lock, F_OK) == 0 ? lock : path + "/log"]
    return files.allSatisfy { Glibc.access($0, W_OK) == 0 } ? .readWrite : .readOnly
  }

  /// Syncs the views and says so, so that they need not be folded anew after the machine was started again.
  public func close() throws(LedgerError) {
    guard access == .readWrite, let views = openViews.withLock({ $0 }) else { return }
    try ledgerCall { () throws(StoreError) in try views.closeCleanly() }
  }

  // MARK: Views

  /// The views, opened for writing. A file that is damaged is replaced by an empty one, since all of it can be folded
  /// again, but not where the ledger is verified; where it is `replacing`, all of its pages are looked at, too.
  func writableViews(replacing: Bool = false) throws(LedgerError) -> ViewStore {
    if access == .readOnly { throw .readOnly(path: path) }
    return try views { (path) throws(StoreError) in
      if !ViewStore.isSound(path, bootID: self.bootID) {
        try self.log.environment.write { (_) throws(StoreError) in
          try ViewStore.prepare(path, bootID: self.bootID)
        }
      }
      let checksPages = self.isVerifying || replacing
      do throws(StoreError) {
        return try ViewStore(openingAt: path, bootID: self.bootID, checkingPages: checksPages)
      } catch {
        let isUnfinished = ViewStore.isUnfinished(path)
        guard ViewStore.isDamage(error), !self.isVerifying || replacing || isUnfinished else { throw error }
        try self.log.environment.write { (_) throws(StoreError) in
          try ViewStore.discardDamaged(path, bootID: self.bootID, checkingPages: checksPages)
        }
        if !isUnfinished {
          Self.note("the views in \(path) were damaged (\(error.fact)); they are folded from the log anew")
        }
        return try ViewStore(openingAt: path, bootID: self.bootID)
      }
    }
  }

  /// The views, caught up with the log: a process may have died between the two commits.
  func currentViews() throws(LedgerError) -> ViewStore {
    if access == .readOnly {
      return try views { (path) throws(StoreError) in
        if let views = try ViewStore(readingAt: path, bootID: self.bootID) { return views }
        throw .foreign(path: path, why: "the views must be folded anew, which needs the right to write")
      }
    }
    let views = try writableViews()
    let isCurrent = try ledgerCall { () throws(StoreError) in
      try views.environment.read { (transaction) throws(StoreError) in
        try self.log.environment.read { (records) throws(StoreError) in
          let folded = try views.position(transaction)
          let last = try self.log.lastPosition(records)
          guard folded == last else { return false }
          return try views.isFolded(from: self.log, records, transaction)
        }
      }
    }
    if !isCurrent { try catchUp(views) }
    return views
  }

  private func views(
    _ open: (String) throws(StoreError) -> ViewStore
  ) throws(LedgerError) -> ViewStore {
    let result: Result<ViewStore, LedgerError> = openViews.withLock { known in
      if let known { return .success(known) }
      do throws(StoreError) {
        let views = try open(path + "/views")
        known = views
        return .success(views)
      } catch { return .failure(LedgerError(storage: error)) }
    }
    return try result.get()
  }

  /// Folds what the log has and the views have not.
  private func catchUp(_ views: ViewStore) throws(LedgerError) {
    try ledgerCall { () throws(StoreError) in
      try views.write { (transaction) throws(StoreError) in
        try self.log.environment.read { (records) throws(StoreError) in
          _ = try self.fold(into: views, &transaction, records)
        }
      }
    }
  }

  /// Folds the rest of the log into the views inside one transaction; returns the position reached.
  @discardableResult
  func fold(
    into views: ViewStore, _ transaction: inout WriteTransaction, _ records: borrowing ReadTransaction,
    to limit: UInt64 = .max, until: Timestamp? = nil, progress: (UInt64) -> Void = { _ in }
  ) throws(StoreError) -> UInt64 {
    var position = try views.position(transaction.reading) ?? 0
    let last = min(limit, try log.lastPosition(records))
    // A log that was restored from a copy, or is another ledger's: what was folded never happened here.
    if try !views.isFolded(from: log, records, transaction.reading) {
      for table in views.allTables { try transaction.removeAll(table) }
      position = 0
    }
    guard position < last else { return position }
    var projection = Projection(
      views.tables, position: position, isFromScratch: position == 0, eventCount: last)
    var isDone = false
    while position < last, !isDone {
      position = try records.withCursor(log.events) { (cursor) throws(StoreError) in
        var at = position
        var isThere = try cursor.seek(at + 1)
        while isThere, at < last, projection.touchedCount < 2_000_000 {
          guard cursor.integerKey == at + 1 else {
            throw .damaged(position: at + 1, why: "it is missing in the log")
          }
          if let until, let header = RecordHeader(cursor.value), header.recordedAt > until {
            isDone = true
            break
          }
          try projection.apply(cursor.value, at: at + 1, transaction.reading)
          at += 1
          if at & 0xFFFF == 0 { progress(at) }
          isThere = try cursor.next()
        }
        if at < last, !isThere { throw .damaged(position: at + 1, why: "it is missing in the log") }
        return at
      }
      try projection.flush(to: &transaction)
    }
    return position
  }

  // MARK: The machine

  static func hasLog(_ path: String) -> Bool { Glibc.access(path + "/log/data.mdb", F_OK) == 0 }

  /// Makes a folder and those above it that are missing, durably and for its owner alone; returns those it made, the
  /// outermost first.
  @discardableResult
  static func makeFolders(_ path: String) throws(LedgerError) -> [String] {
    var made: [String] = []
    var code = mkdir(path, 0o700) == 0 ? 0 : errno
    if code == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      made = try makeFolders(String(path[..<slash]))
      code = mkdir(path, 0o700) == 0 ? 0 : errno
    }
    guard code == 0 || code == EEXIST else {
      throw LedgerError(storage: LMDBError(code: code, operation: "mkdir", path: path))
    }
    try PrivateFile.syncFolder(of: path)
    return code == 0 ? made + [path] : made
  }

  /// Which start of the machine this is; random where the kernel does not say, so that nothing unsynced is
  /// trusted.
  private static func currentBootID() -> String {
    let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = file < 0 ? 0 : read(file, &bytes, bytes.count)
    if file >= 0 { Glibc.close(file) }
    if let forced = getenv("WORKLEDGER_BOOT_ID") { return String(cString: forced) }
    guard count >= 36 else { return "unknown-\(UInt64.random(in: 0 ... .max))" }
    return String(decoding: bytes[..<36], as: UTF8.self)
  }
}
