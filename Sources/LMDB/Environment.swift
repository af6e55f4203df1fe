internal import CLMDB

/// A folder with one memory-mapped file of tables, and its lock file.
///
/// Readers never wait for the writer, and the writer never for readers. There is one writer at a time in all
/// processes. Opened with `MDB_NOTLS`, so that a read transaction belongs to its scope and not to its thread.
///
/// Never read `lock.mdb` in the process that has the environment open, and never use it after a fork: closing
/// any descriptor of that file drops the locks.
package final class Environment: Sendable {
  package let path: String
  /// LMDB lets any thread use it.
  nonisolated(unsafe) let handle: OpaquePointer
  let gate: TransactionGate
  let options: EnvironmentOptions
  let folder: OpenFolder
  let tables: TableCache

  /// Opens the environment in a folder that exists. `mdb_env_open`.
  ///
  /// Also clears the slots of readers whose process died, because such a slot keeps old pages from being used
  /// again (`mdb_reader_check`).
  package init(path: String, options: EnvironmentOptions = EnvironmentOptions()) throws(LMDBError) {
    self.path = path
    self.options = options
    gate = try TransactionGate(path: path)
    tables = try TableCache(path: path)
    folder = try OpenFolder(path: path)
    try folder.refuseNetwork(path: path)
    handle = try Self.openHandle(path: path, options: options, folder: folder)
    options.trace?(.open)
  }

  /// Every transaction holds the environment, so none is live here. `mdb_env_close`.
  deinit {
    mdb_env_close(handle)
    options.trace?(.close)
  }

  var trace: (@Sendable (Lifecycle) -> Void)? {
    options.trace
  }

  /// Runs `body` on a snapshot. `mdb_txn_begin` with `MDB_RDONLY`, `mdb_txn_abort`.
  ///
  /// Keep it short: pages that the snapshot sees cannot be used again, and the map cannot grow meanwhile.
  package func read<R, E: StorageFailure>(
    _ body: (borrowing ReadTransaction) throws(E) -> R
  ) throws(E) -> R {
    let transaction: OpaquePointer
    do { transaction = try begin(writing: false) } catch { throw E(storage: error) }
    defer {
      mdb_txn_abort(transaction)
      trace?(.endRead)
      gate.leave(writing: false)
    }
    return try body(ReadTransaction(transaction, of: self))
  }
}
