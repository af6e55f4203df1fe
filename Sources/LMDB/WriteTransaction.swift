internal import CLMDB

/// The one writer of all processes, for the length of `Environment.write`.
///
/// Every change is `mutating`, so a span, a cursor or a `reading` view that is still in use makes it a compile
/// error: LMDB may reuse the page that they look at.
package struct WriteTransaction: ~Copyable, ~Escapable {
  let handle: OpaquePointer
  unowned(unsafe) let environment: Environment
  /// `TableCache.generation` when it began.
  let generation: Int
  /// Tables that become everyone's when this transaction is committed.
  var openedTables: [Table] = []
  /// Holds `TableCache.opening` until its end.
  var isOpeningTables = false
  var restart = Restart.no

  /// Why a transaction is lost and its body must run again from the start.
  enum Restart {
    case no
    /// Some call found no free page, so the map must grow.
    case mapIsFull
    /// Another transaction opened a table since this one began.
    case tablesChanged
  }

  @_lifetime(immortal)
  init(_ handle: OpaquePointer, of environment: Environment, generation: Int) {
    self.handle = handle
    self.environment = environment
    self.generation = generation
  }

  /// The same transaction for code that only reads. Sees what was changed so far.
  package var reading: ReadTransaction {
    @_lifetime(borrow self)
    get {
      _overrideLifetime(ReadTransaction(handle, of: environment), borrowing: self)
    }
  }

  /// Stores a value, in place of the one before. `mdb_put`.
  package mutating func put(_ table: Table, _ key: UInt64, _ value: RawSpan) throws(LMDBError) {
    let handle = handle
    try changed(withKey(key, of: table) { store(handle, table, &$0, value, 0) }, "mdb_put")
  }

  /// Stores a value, in place of the one before. `mdb_put`.
  package mutating func put(_ table: Table, _ key: Key128, _ value: RawSpan) throws(LMDBError) {
    let handle = handle
    try changed(withKey(key, of: table) { store(handle, table, &$0, value, 0) }, "mdb_put")
  }

  /// Stores a value, in place of the one before; the key has 1 to 511 bytes. `mdb_put`.
  package mutating func put(_ table: Table, bytes key: RawSpan, _ value: RawSpan) throws(LMDBError) {
    let handle = handle
    try changed(withKey(key, of: table) { store(handle, table, &$0, value, 0) }, "mdb_put")
  }

  /// Stores a value behind all others; `.keyExist` if the key is not greater than the last. `MDB_APPEND`.
  package mutating func append(_ table: Table, _ key: UInt64, _ value: RawSpan) throws(LMDBError) {
    let handle = handle
    try changed(withKey(key, of: table) { store(handle, table, &$0, value, MDB_APPEND) }, "mdb_put")
  }

  /// Stores a value behind all others; `.keyExist` if the key is not greater than the last. `MDB_APPEND`.
  package mutating func append(_ table: Table, _ key: Key128, _ value: RawSpan) throws(LMDBError) {
    let handle = handle
    try changed(withKey(key, of: table) { store(handle, table, &$0, value, MDB_APPEND) }, "mdb_put")
  }

  /// Stores a value behind all others; `.keyExist` if the key is not greater than the last. `MDB_APPEND`.
  package mutating func append(_ table: Table, bytes key: RawSpan, _ value: RawSpan) throws(LMDBError) {
    let handle = handle
    try changed(withKey(key, of: table) { store(handle, table, &$0, value, MDB_APPEND) }, "mdb_put")
  }

  /// Removes an entry; false if there was none. `mdb_del`.
  @discardableResult
  package mutating func delete(_ table: Table, _ key: UInt64) throws(LMDBError) -> Bool {
    let handle = handle
    return try removed(withKey(key, of: table) { mdb_del(handle, table.dbi, &$0, nil) })
  }

  /// Removes an entry; false if there was none. `mdb_del`.
  @discardableResult
  package mutating func delete(_ table: Table, _ key: Key128) throws(LMDBError) -> Bool {
    let handle = handle
    return try removed(withKey(key, of: table) { mdb_del(handle, table.dbi, &$0, nil) })
  }

  /// Removes an entry; false if there was none. `mdb_del`.
  @discardableResult
  package mutating func delete(_ table: Table, bytes key: RawSpan) throws(LMDBError) -> Bool {
    let handle = handle
    return try removed(withKey(key, of: table) { mdb_del(handle, table.dbi, &$0, nil) })
  }

  /// Empties a table and keeps it. `mdb_drop`.
  package mutating func removeAll(_ table: Table) throws(LMDBError) {
    try changed(mdb_drop(handle, table.dbi, 0), "mdb_drop")
  }

  @inline(__always)
  private mutating func removed(_ code: Int32) throws(LMDBError) -> Bool {
    if code == MDB_NOTFOUND { return false }
    try changed(code, "mdb_del")
    return true
  }

  /// Remembers a full map even if the caller swallows the error: nothing of this transaction can be kept.
  @inline(__always)
  mutating func changed(_ code: Int32, _ operation: StaticString) throws(LMDBError) {
    if code == 0 { return }
    if code == MDB_MAP_FULL { restart = .mapIsFull }
    throw failure(environment.folder.meaning(of: code), operation, transaction: handle)
  }
}

@inline(__always)
private func store(
  _ transaction: OpaquePointer,
  _ table: borrowing Table,
  _ key: inout MDB_val,
  _ value: RawSpan,
  _ flags: Int32
) -> Int32 {
  value.withUnsafeBytes { bytes in
    var stored = MDB_val(bytes)
    return mdb_put(transaction, table.dbi, &key, &stored, UInt32(bitPattern: flags))
  }
}
