import CLMDBFloor
import WorkloadModel

/// What LMDB refused.
struct FloorError: Error, CustomStringConvertible {
  let code: Int32
  let operation: String
  var description: String { "\(operation): \(String(cString: mdb_strerror(code)))" }
}

/// Throws what is not success.
private func check(_ code: Int32, _ operation: StaticString) throws(FloorError) {
  if code != 0 { throw FloorError(code: code, operation: "\(operation)") }
}

/// The least that a store of this shape has to do, in plain C calls: the log in a synchronous environment, the
/// views in an unsynced one, records and rows of the ledger's sizes, and nothing decided, folded or indexed but
/// the id. No program on LMDB that keeps its promises can be much faster.
final class Floor {
  private let log: OpaquePointer
  private let views: OpaquePointer
  private var events: MDB_dbi = 0
  private var rows: MDB_dbi = 0
  private var ids: MDB_dbi = 0
  private(set) var position: UInt64 = 0
  private let bytes = UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 8)

  static let rowSize = 144

  init(path: String) throws {
    try makeFolder(path)
    log = try Self.environment(path + "/log", flags: 0)
    views = try Self.environment(path + "/views", flags: UInt32(MDB_NOSYNC))
    bytes.initializeMemory(as: UInt8.self, repeating: 0x5A, count: 1 << 16)
    try write(log) { transaction throws(FloorError) in
      let flags = UInt32(MDB_CREATE | MDB_INTEGERKEY)
      try check(mdb_dbi_open(transaction, "events", flags, &events), "mdb_dbi_open")
    }
    try write(views) { transaction throws(FloorError) in try openViews(transaction) }
  }

  deinit {
    mdb_env_close(log)
    mdb_env_close(views)
    bytes.deallocate()
  }

  private static func environment(_ path: String, flags: UInt32) throws -> OpaquePointer {
    try makeFolder(path)
    var opened: OpaquePointer?
    try check(mdb_env_create(&opened), "mdb_env_create")
    guard let environment = opened else { throw FloorError(code: -1, operation: "mdb_env_create") }
    try check(mdb_env_set_mapsize(environment, 64 << 30), "mdb_env_set_mapsize")
    try check(mdb_env_set_maxdbs(environment, 4), "mdb_env_set_maxdbs")
    try check(mdb_env_open(environment, path, flags | UInt32(MDB_NOTLS), 0o600), "mdb_env_open")
    return environment
  }

  private func openViews(_ transaction: OpaquePointer) throws(FloorError) {
    let create = UInt32(MDB_CREATE)
    try check(mdb_dbi_open(transaction, "rows", create | UInt32(MDB_INTEGERKEY), &rows), "mdb_dbi_open")
    try check(mdb_dbi_open(transaction, "ids", create, &ids), "mdb_dbi_open")
  }

  // MARK: Writing

  /// One durable append: the log commits, then the views.
  func append(_ plan: borrowing PlannedBatch) throws(FloorError) {
    try write(views) { viewsWrite throws(FloorError) in
      try write(log) { logWrite throws(FloorError) in
        for index in plan.recordSizes.indices {
          position += 1
          try put(
            logWrite, events, &position, MemoryLayout<UInt64>.size, Int(plan.recordSizes[index]),
            UInt32(MDB_APPEND))
        }
      }
      for var row in plan.rows { try put(viewsWrite, rows, &row, 8, Self.rowSize, 0) }
      for (id, _) in plan.created {
        var key = (id.high.bigEndian, id.low.bigEndian)
        try put(viewsWrite, ids, &key, 16, 8, 0)
      }
    }
  }

  /// A record of a creation's size for each key.
  fileprivate func loadRecords(_ keys: [UInt64]) throws(FloorError) {
    try write(log) { transaction throws(FloorError) in
      for var key in keys { try put(transaction, events, &key, 8, 150, UInt32(MDB_APPEND)) }
    }
  }

  /// The sorted bulk load of a rebuild: reads all records, then appends rows and ids in order.
  func rebuild(rowKeys: [UInt64], sortedIDs: [WorkloadID]) throws(FloorError) {
    try write(views) { transaction throws(FloorError) in
      try check(mdb_drop(transaction, rows, 0), "mdb_drop")
      try check(mdb_drop(transaction, ids, 0), "mdb_drop")
      _ = try scan()
      for var row in rowKeys { try put(transaction, rows, &row, 8, Self.rowSize, UInt32(MDB_APPEND)) }
      for id in sortedIDs {
        var key = (id.high.bigEndian, id.low.bigEndian)
        try put(transaction, ids, &key, 16, 8, UInt32(MDB_APPEND))
      }
    }
  }

  @inline(__always)
  private func put(
    _ transaction: OpaquePointer, _ table: MDB_dbi, _ key: UnsafeMutableRawPointer, _ keySize: Int,
    _ valueSize: Int, _ flags: UInt32
  ) throws(FloorError) {
    var key = MDB_val(mv_size: keySize, mv_data: key)
    var value = MDB_val(mv_size: valueSize, mv_data: bytes)
    try check(mdb_put(transaction, table, &key, &value, flags), "mdb_put")
  }

  private func write(
    _ environment: OpaquePointer, _ body: (OpaquePointer) throws(FloorError) -> Void
  ) throws(FloorError) {
    var begun: OpaquePointer?
    try check(mdb_txn_begin(environment, nil, 0, &begun), "mdb_txn_begin")
    guard let transaction = begun else { return }
    do throws(FloorError) { try body(transaction) } catch {
      mdb_txn_abort(transaction)
      throw error
    }
    try check(mdb_txn_commit(transaction), "mdb_txn_commit")
  }

  // MARK: Reading

  /// Reads every record with a cursor and touches its first byte.
  func scan() throws(FloorError) -> UInt64 {
    var sum: UInt64 = 0
    try read(log) { transaction throws(FloorError) in
      var opened: OpaquePointer?
      try check(mdb_cursor_open(transaction, events, &opened), "mdb_cursor_open")
      defer { mdb_cursor_close(opened) }
      var (key, value) = (MDB_val(), MDB_val())
      while mdb_cursor_get(opened, &key, &value, MDB_NEXT) == 0 {
        sum &+= UInt64(value.mv_data.load(as: UInt8.self))
      }
    }
    return sum
  }

  /// Reads fifty rows from `last` downwards, and the record that each of them leads to.
  func page(below last: UInt64) throws(FloorError) -> UInt64 {
    var sum: UInt64 = 0
    try read(views) { viewsRead throws(FloorError) in
      try read(log) { logRead throws(FloorError) in
        var opened: OpaquePointer?
        try check(mdb_cursor_open(viewsRead, rows, &opened), "mdb_cursor_open")
        defer { mdb_cursor_close(opened) }
        var (start, key, value) = (last, MDB_val(), MDB_val())
        let code = withUnsafeMutableBytes(of: &start) { bytes in
          key = MDB_val(mv_size: 8, mv_data: bytes.baseAddress)
          return mdb_cursor_get(opened, &key, &value, MDB_SET_RANGE)
        }
        try check(code, "mdb_cursor_get")
        var left = 50
        repeat {
          sum &+= UInt64(value.mv_data.load(as: UInt8.self))
          var record = MDB_val()
          try check(mdb_get(logRead, events, &key, &record), "mdb_get")
          sum &+= UInt64(record.mv_data.load(as: UInt8.self))
          left -= 1
        } while left > 0 && mdb_cursor_get(opened, &key, &value, MDB_PREV) == 0
      }
    }
    return sum
  }

  private func read(
    _ environment: OpaquePointer, _ body: (OpaquePointer) throws(FloorError) -> Void
  ) throws(FloorError) {
    var begun: OpaquePointer?
    try check(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &begun), "mdb_txn_begin")
    guard let transaction = begun else { return }
    defer { mdb_txn_abort(transaction) }
    try body(transaction)
  }
}

extension Floor {
  /// Rows, and a record for each, loaded in order.
  func load(rowKeys: [UInt64]) throws(FloorError) {
    try loadRecords(rowKeys)
    try rebuild(rowKeys: rowKeys, sortedIDs: [])
  }
}
