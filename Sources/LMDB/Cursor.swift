internal import CLMDB

/// A place in a table. It begins nowhere: move it first.
///
/// The bytes of `key` and `value` stay valid for the transaction, not only until the next move, since nothing
/// can change the table while the cursor is open.
package struct Cursor: ~Copyable, ~Escapable {
  private let handle: OpaquePointer
  private let table: Table
  private var currentKey = MDB_val()
  private var currentValue = MDB_val()
  private var isAtEntry = false

  @_lifetime(copy transaction)
  init(_ handle: OpaquePointer, over table: Table, in transaction: borrowing ReadTransaction) {
    self.handle = handle
    self.table = table
  }

  /// Moves to the first entry; false if the table is empty. `MDB_FIRST`.
  @_lifetime(self: copy self)
  package mutating func first() throws(LMDBError) -> Bool {
    try step(MDB_FIRST)
  }

  /// Moves to the last entry; false if the table is empty. `MDB_LAST`.
  @_lifetime(self: copy self)
  package mutating func last() throws(LMDBError) -> Bool {
    try step(MDB_LAST)
  }

  /// Moves to the entry after this one; false at the end. From nowhere it moves to the first. `MDB_NEXT`.
  @_lifetime(self: copy self)
  package mutating func next() throws(LMDBError) -> Bool {
    try step(MDB_NEXT)
  }

  /// Moves to the entry before this one; false at the begin. From nowhere it moves to the last. `MDB_PREV`.
  @_lifetime(self: copy self)
  package mutating func previous() throws(LMDBError) -> Bool {
    try step(MDB_PREV)
  }

  /// Moves to the first entry whose key is not less; false if there is none. `MDB_SET_RANGE`.
  ///
  /// In a damaged file LMDB may come out anywhere. A key that is less is an error, so that whoever goes on from there
  /// does not run in circles.
  @_lifetime(self: copy self)
  package mutating func seek(_ key: UInt64) throws(LMDBError) -> Bool {
    let code = withKey(key, of: table) { move(to: &$0, MDB_SET_RANGE) }
    guard try arrived(code) else { return false }
    guard integerKey >= key else { throw damaged() }
    return true
  }

  /// Moves to the first entry whose key is not less; false if there is none. `MDB_SET_RANGE`.
  @_lifetime(self: copy self)
  package mutating func seek(_ key: Key128) throws(LMDBError) -> Bool {
    let code = withKey(key, of: table) { move(to: &$0, MDB_SET_RANGE) }
    guard try arrived(code) else { return false }
    guard try key128 >= key else { throw damaged() }
    return true
  }

  /// Moves to the first entry whose key is not less; false if there is none. `MDB_SET_RANGE`.
  @_lifetime(self: copy self)
  package mutating func seek(bytes key: RawSpan) throws(LMDBError) -> Bool {
    let code = withKey(key, of: table) { move(to: &$0, MDB_SET_RANGE) }
    return try arrived(code)
  }

  /// Moves to the last entry whose key is less; false if there is none. `MDB_SET_RANGE` and `MDB_PREV`.
  @_lifetime(self: copy self)
  package mutating func seekBefore(_ key: Key128) throws(LMDBError) -> Bool {
    try seek(key) ? previous() : last()
  }

  /// Moves to the entry with this key; false if there is none. `MDB_SET_KEY`.
  @_lifetime(self: copy self)
  package mutating func find(_ key: UInt64) throws(LMDBError) -> Bool {
    let code = withKey(key, of: table) { move(to: &$0, MDB_SET_KEY) }
    return try arrived(code)
  }

  /// Moves to the entry with this key; false if there is none. `MDB_SET_KEY`.
  @_lifetime(self: copy self)
  package mutating func find(_ key: Key128) throws(LMDBError) -> Bool {
    let code = withKey(key, of: table) { move(to: &$0, MDB_SET_KEY) }
    return try arrived(code)
  }

  /// Moves to the entry with this key; false if there is none. `MDB_SET_KEY`.
  @_lifetime(self: copy self)
  package mutating func find(bytes key: RawSpan) throws(LMDBError) -> Bool {
    let code = withKey(key, of: table) { move(to: &$0, MDB_SET_KEY) }
    return try arrived(code)
  }

  /// The key as a number. Only at an entry, and only in a table of integer keys.
  package var integerKey: UInt64 {
    precondition(isAtEntry && table.order == .integer, "the cursor is not at an entry with a number")
    return currentKey.bytes.loadUnaligned(as: UInt64.self)
  }

  /// The key as two numbers. Only at an entry; one that has not sixteen bytes is damage, in a table of such keys.
  package var key128: Key128 {
    get throws(LMDBError) {
      precondition(isAtEntry, "the cursor is not at an entry")
      guard currentKey.mv_size == 16 else { throw damaged() }
      let bytes = currentKey.bytes
      return Key128(
        high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  /// The bytes of the key. Only at an entry.
  package var key: RawSpan {
    @_lifetime(copy self)
    get {
      precondition(isAtEntry, "the cursor is not at an entry")
      return _overrideLifetime(RawSpan(_unsafeBytes: currentKey.bytes), copying: self)
    }
  }

  /// The bytes of the value. Only at an entry.
  package var value: RawSpan {
    @_lifetime(copy self)
    get {
      precondition(isAtEntry, "the cursor is not at an entry")
      return _overrideLifetime(RawSpan(_unsafeBytes: currentValue.bytes), copying: self)
    }
  }

  @_lifetime(self: copy self)
  @inline(__always)
  private mutating func step(_ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
    var key = MDB_val()
    let code = move(to: &key, operation)
    return try arrived(code)
  }

  /// `mdb_cursor_get` replaces the key given by the one in the map; the bytes given are not kept.
  @_lifetime(self: copy self)
  @inline(__always)
  private mutating func move(to key: inout MDB_val, _ operation: MDB_cursor_op) -> Int32 {
    var value = MDB_val()
    let code = mdb_cursor_get(handle, &key, &value, operation)
    currentKey = key
    currentValue = value
    return code
  }

  @_lifetime(self: copy self)
  @inline(__always)
  private mutating func arrived(_ code: Int32) throws(LMDBError) -> Bool {
    isAtEntry = code == 0
    if isAtEntry {
      guard table.order != .integer || currentKey.mv_size == MemoryLayout<UInt64>.size else {
        // The pages of another table, where the file is damaged.
        isAtEntry = false
        throw damaged()
      }
      return true
    }
    if code == MDB_NOTFOUND { return false }
    throw failure(code, "mdb_cursor_get", transaction: mdb_cursor_txn(handle))
  }

  private func damaged() -> LMDBError {
    failure(LMDBError.Code.corrupted.rawValue, "mdb_cursor_get", transaction: mdb_cursor_txn(handle))
  }
}
