public import CSQLite

/// What SQLite said when it refused.
public struct DatabaseError: Error, CustomStringConvertible {
  /// The result code.
  public let code: Int32
  /// The message and the statement.
  public let description: String

  /// Whether another connection holds the lock.
  public var isBusy: Bool { code & 0xFF == SQLITE_BUSY }
}

/// A connection, as a careful application would set it up: WAL, every commit durable, a large cache.
public final class Database {
  private let handle: OpaquePointer

  /// Opens a database, or makes it.
  public init(path: String) throws(DatabaseError) {
    var opened: OpaquePointer?
    // One thread at a time uses a connection, so it need not lock itself.
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      throw DatabaseError(code: code, description: "sqlite3_open_v2 \(path): \(code)")
    }
    handle = opened
    sqlite3_busy_timeout(handle, 60_000)
    try execute("PRAGMA journal_mode = WAL")
    try execute("PRAGMA synchronous = FULL")
    try execute("PRAGMA cache_size = -262144")
    try execute("PRAGMA mmap_size = 34359738368")
    try execute("PRAGMA temp_store = MEMORY")
    try execute("PRAGMA wal_autocheckpoint = 10000")
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs statements that give no rows.
  public func execute(_ sql: String) throws(DatabaseError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    if code != SQLITE_OK { throw error(code, sql) }
  }

  /// Makes a statement ready to be run again and again.
  public func prepare(_ sql: String) throws(DatabaseError) -> Statement {
    var prepared: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard code == SQLITE_OK, let prepared else { throw error(code, sql) }
    return Statement(prepared, of: self)
  }

  fileprivate func error(_ code: Int32, _ sql: String) -> DatabaseError {
    let message = sqlite3_errmsg(handle).map { String(cString: $0) } ?? "?"
    return DatabaseError(code: code, description: "\(message) (\(code)): \(sql.prefix(120))")
  }
}

/// A prepared statement, used again and again.
///
/// Its small steps are inlined elsewhere, as they would be beside their callers.
public final class Statement {
  @usableFromInline let handle: OpaquePointer
  private let database: Database

  fileprivate init(_ handle: OpaquePointer, of database: Database) {
    self.handle = handle
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  /// A number.
  @inlinable
  public func bind(_ column: Int32, _ value: Int64) { sqlite3_bind_int64(handle, column, value) }

  /// Null where the value is the one that stands for it.
  @inlinable
  public func bind(_ column: Int32, _ value: Int64, orNull absent: Int64) {
    if value == absent { bindNull(column) } else { bind(column, value) }
  }

  /// No value.
  @inlinable
  public func bindNull(_ column: Int32) { sqlite3_bind_null(handle, column) }

  /// The text must live until the statement was stepped.
  @inlinable
  public func bind(_ column: Int32, text: UnsafeBufferPointer<UInt8>) {
    text.withMemoryRebound(to: CChar.self) {
      _ = sqlite3_bind_text(handle, column, $0.baseAddress, Int32($0.count), nil)
    }
  }

  /// A text, which is copied.
  public func bind(_ column: Int32, copying text: String) {
    // SQLITE_TRANSIENT, which the importer does not see.
    sqlite3_bind_text(handle, column, text, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
  }

  /// The sixteen bytes of an id.
  @inlinable
  public func bind(_ column: Int32, id: (UInt64, UInt64)) {
    withUnsafeBytes(of: (id.0.bigEndian, id.1.bigEndian)) {
      _ = sqlite3_bind_blob(
        handle, column, $0.baseAddress, 16, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
    }
  }

  /// Whether there is a row.
  @inlinable
  public func step() throws(DatabaseError) -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    throw failure(code)
  }

  /// What went wrong; the statement can be run again.
  @usableFromInline func failure(_ code: Int32) -> DatabaseError {
    let failure = database.error(code, String(cString: sqlite3_sql(handle)))
    sqlite3_reset(handle)
    return failure
  }

  /// Runs a statement that gives no rows.
  @inlinable
  public func run() throws(DatabaseError) {
    _ = try step()
    sqlite3_reset(handle)
  }

  /// Makes it ready for the next run; the values stay.
  @inlinable
  public func reset() { sqlite3_reset(handle) }

  /// A number of the row.
  @inlinable
  public func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// Whether a column of the row has no value.
  @inlinable
  public func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// A text of the row; nil where there is none.
  @inlinable
  public func text(_ column: Int32) -> String? {
    sqlite3_column_text(handle, column).map { String(cString: $0) }
  }

  /// Appends the bytes of a text or blob and says how many they are.
  public func append(_ column: Int32, to bytes: inout [UInt8]) -> Int {
    let count = Int(sqlite3_column_bytes(handle, column))
    if count > 0, let start = sqlite3_column_blob(handle, column) {
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
    }
    return count
  }

  /// The sixteen bytes of an id.
  @inlinable
  public func id(_ column: Int32) -> (UInt64, UInt64) {
    guard sqlite3_column_bytes(handle, column) == 16, let bytes = sqlite3_column_blob(handle, column) else {
      return (0, 0)
    }
    return (
      UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    )
  }
}
