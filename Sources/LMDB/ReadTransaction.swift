internal import CLMDB

/// A snapshot of an environment: what is read from it does not change, and stays in the map.
///
/// It exists only inside `Environment.read` and `Environment.write`, which end it. It has no `deinit` on
/// purpose: optimised builds destroy borrowed values in the wrong order. The spans that it hands out carry its
/// own lifetime, so the compiler refuses one that leaves the scope.
package struct ReadTransaction: ~Copyable, ~Escapable {
  let handle: OpaquePointer
  /// Not counted: `read` and `write` hold it beyond the end of the transaction. A counted one also crashes the
  /// optimiser of 6.3.1 with `-enable-testing`, at the copy that `WriteTransaction.reading` makes.
  unowned(unsafe) let environment: Environment

  @_lifetime(immortal)
  init(_ handle: OpaquePointer, of environment: Environment) {
    self.handle = handle
    self.environment = environment
  }

  /// The transaction whose result it sees; grows with every commit. `mdb_txn_id`.
  package var snapshot: Int { Int(mdb_txn_id(handle)) }

  /// The value of a key, or nil. `mdb_get`.
  @_lifetime(copy self)
  package func get(_ table: Table, _ key: UInt64) throws(LMDBError) -> RawSpan? {
    let handle = handle
    var value = MDB_val()
    let code = withKey(key, of: table) { mdb_get(handle, table.dbi, &$0, &value) }
    return try found(value, code)
  }

  /// The value of a key, or nil. `mdb_get`.
  @_lifetime(copy self)
  package func get(_ table: Table, _ key: Key128) throws(LMDBError) -> RawSpan? {
    let handle = handle
    var value = MDB_val()
    let code = withKey(key, of: table) { mdb_get(handle, table.dbi, &$0, &value) }
    return try found(value, code)
  }

  /// The value of a key of 1 to 511 bytes, or nil. `mdb_get`.
  @_lifetime(copy self)
  package func get(_ table: Table, bytes key: RawSpan) throws(LMDBError) -> RawSpan? {
    let handle = handle
    var value = MDB_val()
    let code = withKey(key, of: table) { mdb_get(handle, table.dbi, &$0, &value) }
    return try found(value, code)
  }

  @_lifetime(copy self)
  @inline(__always)
  private func found(_ value: MDB_val, _ code: Int32) throws(LMDBError) -> RawSpan? {
    if code == MDB_NOTFOUND { return nil }
    guard code == 0 else { throw failure(code, "mdb_get", transaction: handle) }
    return _overrideLifetime(RawSpan(_unsafeBytes: value.bytes), copying: self)
  }

  /// The number of entries. `mdb_stat`.
  package func count(_ table: Table) throws(LMDBError) -> Int {
    try statistics(table).entries
  }

  /// `mdb_stat`.
  package func statistics(_ table: Table) throws(LMDBError) -> TableStatistics {
    var stat = MDB_stat()
    let code = mdb_stat(handle, table.dbi, &stat)
    guard code == 0 else { throw failure(code, "mdb_stat", transaction: handle) }
    return TableStatistics(
      // A damaged file may name any number.
      entries: Int(clamping: UInt(bitPattern: stat.ms_entries)),
      branchPages: Int(stat.ms_branch_pages),
      leafPages: Int(stat.ms_leaf_pages),
      overflowPages: Int(stat.ms_overflow_pages),
      depth: Int(stat.ms_depth)
    )
  }

  /// Walks a table inside `body`. `mdb_cursor_open`, `mdb_cursor_close`.
  ///
  /// In a write transaction the compiler refuses a change while the cursor is open, because both need the
  /// transaction.
  package func withCursor<R, E: StorageFailure>(
    _ table: Table,
    _ body: (inout Cursor) throws(E) -> R
  ) throws(E) -> R {
    var opened: OpaquePointer?
    let code = mdb_cursor_open(handle, table.dbi, &opened)
    guard code == 0, let opened else {
      throw E(storage: failure(code, "mdb_cursor_open", transaction: handle))
    }
    environment.trace?(.openCursor)
    defer {
      mdb_cursor_close(opened)
      environment.trace?(.closeCursor)
    }
    var cursor = Cursor(opened, over: table, in: self)
    return try body(&cursor)
  }
}
