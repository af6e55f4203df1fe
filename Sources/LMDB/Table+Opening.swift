internal import CLMDB
internal import Synchronization

extension Environment {
  /// The table of this name, or nil if nobody created it yet. `mdb_dbi_open`.
  ///
  /// Asks the file only the first time. Not inside a write transaction that opens tables itself.
  package func table(_ name: String, _ order: KeyOrder) throws(LMDBError) -> Table? {
    if let known = tables[name] { return try known.checked(order, path: path) }
    let locked = tables.beginOpening()
    guard locked == 0 else { throw failure(locked, "mdb_dbi_open", path: path) }
    defer { tables.endOpening() }
    if let known = tables[name] { return try known.checked(order, path: path) }

    let transaction = try begin(writing: false)
    var isLive = true
    defer {
      if isLive { mdb_txn_abort(transaction) }
      trace?(.endRead)
      gate.leave(writing: false)
    }
    var dbi: UInt32 = 0
    let code = mdb_dbi_open(transaction, name, order.flags, &dbi)
    if code == MDB_NOTFOUND { return nil }
    guard code == 0 else { throw failure(code, "mdb_dbi_open", path: path) }
    let table = Table(dbi: dbi, name: name, order: order)
    try table.requireOrder(in: transaction)
    isLive = false
    let committed = mdb_txn_commit(transaction)
    guard committed == 0 else { throw failure(committed, "mdb_txn_commit", path: path) }
    tables.keep([table])
    return table
  }
}

extension WriteTransaction {
  /// The table of this name, created if it is new. `mdb_dbi_open` with `MDB_CREATE`.
  ///
  /// The table of an aborted transaction is not valid: return it from the transaction, and keep that.
  package mutating func openTable(_ name: String, _ order: KeyOrder) throws(LMDBError) -> Table {
    let path = environment.path
    for opened in openedTables where opened.name == name { return try opened.checked(order, path: path) }
    if let known = environment.tables[name] {
      try requireSameTables()
      return try known.checked(order, path: path)
    }
    if !isOpeningTables {
      let locked = environment.tables.beginOpening()
      guard locked == 0 else { throw failure(locked, "mdb_dbi_open", path: path) }
      isOpeningTables = true
    }
    try requireSameTables()
    var dbi: UInt32 = 0
    try changed(mdb_dbi_open(handle, name, order.flags | UInt32(MDB_CREATE), &dbi), "mdb_dbi_open")
    let table = Table(dbi: dbi, name: name, order: order)
    try table.requireOrder(in: handle)
    openedTables.append(table)
    return table
  }

  /// Otherwise this transaction does not see a table that others use by now, and starts anew.
  private mutating func requireSameTables() throws(LMDBError) {
    guard environment.tables.generation.load(ordering: .acquiring) == generation else {
      restart = .tablesChanged
      throw failure(MDB_BAD_DBI, "mdb_dbi_open", path: environment.path)
    }
  }
}

extension KeyOrder {
  fileprivate var flags: UInt32 {
    switch self {
    case .integer: UInt32(MDB_INTEGERKEY)
    case .bytes: 0
    }
  }
}

extension Table {
  fileprivate func checked(_ order: KeyOrder, path: String) throws(LMDBError) -> Table {
    guard self.order == order else { throw failure(MDB_INCOMPATIBLE, "mdb_dbi_open", path: path) }
    return self
  }

  /// `mdb_dbi_open` takes the order from the file and does not compare it with what was asked for.
  /// `mdb_dbi_flags`.
  fileprivate func requireOrder(in transaction: OpaquePointer) throws(LMDBError) {
    var flags: UInt32 = 0
    let code = mdb_dbi_flags(transaction, dbi, &flags)
    guard code == 0 else { throw failure(code, "mdb_dbi_flags", transaction: transaction) }
    let ordering = UInt32(MDB_INTEGERKEY | MDB_REVERSEKEY | MDB_DUPSORT)
    guard flags & ordering == order.flags else {
      throw failure(MDB_INCOMPATIBLE, "mdb_dbi_open", transaction: transaction)
    }
  }
}
