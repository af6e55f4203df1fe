internal import CLMDB

/// Changes many entries of one table, best in the order of their keys: it keeps its place, so a key near the last one is
/// found without a search from the root. `mdb_cursor_put`.
///
/// It exists only inside `WriteTransaction.withWriter`.
package struct TableWriter: ~Copyable, ~Escapable {
  private let handle: OpaquePointer
  private let table: Table
  private unowned(unsafe) let environment: Environment
  /// Whether some call found no free page: nothing of the transaction can be kept, even if the caller swallows the error.
  fileprivate private(set) var isMapFull = false

  @_lifetime(borrow transaction)
  fileprivate init(_ handle: OpaquePointer, over table: Table, in transaction: borrowing WriteTransaction) {
    self.handle = handle
    self.table = table
    environment = transaction.environment
  }

  /// The value of a key, or nil. `MDB_SET`.
  @_lifetime(&self)
  package mutating func get(_ key: Key128) throws(LMDBError) -> RawSpan? {
    let handle = handle
    var value = MDB_val()
    let code = withKey(key, of: table) { mdb_cursor_get(handle, &$0, &value, MDB_SET) }
    if code == MDB_NOTFOUND { return nil }
    try check(code, "mdb_cursor_get")
    return _overrideLifetime(RawSpan(_unsafeBytes: value.bytes), mutating: &self)
  }

  /// Stores a value, in place of the one before. `mdb_cursor_put`.
  @_lifetime(self: copy self)
  package mutating func put(_ key: UInt64, _ value: RawSpan) throws(LMDBError) {
    let handle = handle
    try check(withKey(key, of: table) { store(handle, &$0, value) }, "mdb_cursor_put")
  }

  /// Stores a value, in place of the one before. `mdb_cursor_put`.
  @_lifetime(self: copy self)
  package mutating func put(_ key: Key128, _ value: RawSpan) throws(LMDBError) {
    let handle = handle
    try check(withKey(key, of: table) { store(handle, &$0, value) }, "mdb_cursor_put")
  }

  /// Removes an entry; false if there was none. `MDB_SET`, `mdb_cursor_del`.
  @discardableResult
  @_lifetime(self: copy self)
  package mutating func delete(_ key: Key128) throws(LMDBError) -> Bool {
    if try get(key) == nil { return false }
    try check(mdb_cursor_del(handle, 0), "mdb_cursor_del")
    return true
  }

  @_lifetime(self: copy self)
  private mutating func check(_ code: Int32, _ operation: StaticString) throws(LMDBError) {
    if code == 0 { return }
    if code == MDB_MAP_FULL { isMapFull = true }
    throw failure(environment.folder.meaning(of: code), operation, transaction: mdb_cursor_txn(handle))
  }
}

extension WriteTransaction {
  /// Changes a table inside `body`, in the order of its keys. `mdb_cursor_open`, `mdb_cursor_close`.
  package mutating func withWriter<R, E: StorageFailure>(
    _ table: Table, _ body: (inout TableWriter) throws(E) -> R
  ) throws(E) -> R {
    var opened: OpaquePointer?
    let code = mdb_cursor_open(handle, table.dbi, &opened)
    guard code == 0, let opened else {
      throw E(storage: failure(code, "mdb_cursor_open", transaction: handle))
    }
    var isMapFull = false
    defer {
      mdb_cursor_close(opened)
      if isMapFull { restart = .mapIsFull }
    }
    var writer = TableWriter(opened, over: table, in: self)
    defer { isMapFull = writer.isMapFull }
    return try body(&writer)
  }
}

@inline(__always)
private func store(_ cursor: OpaquePointer, _ key: inout MDB_val, _ value: RawSpan) -> Int32 {
  value.withUnsafeBytes { bytes in
    var stored = MDB_val(bytes)
    return mdb_cursor_put(cursor, &key, &stored, 0)
  }
}
