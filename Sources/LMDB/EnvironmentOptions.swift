/// How an environment is opened. `mdb_env_set_mapsize`, `mdb_env_set_maxdbs`, `mdb_env_set_maxreaders`.
///
/// There is no way to ask for `MDB_WRITEMAP`, `MDB_NOMETASYNC` or `MDB_MAPASYNC`: with them a success that a
/// client has seen can be lost, or a stray write can damage the file.
package struct EnvironmentOptions: Sendable {
  /// Address space, not disk: the file grows with its pages. The map grows by itself when it is full.
  package var mapSize: Int = 16 << 30
  package var maxTables: UInt32 = 32
  /// Read transactions of all processes at the same time; the first process to open decides.
  package var maxReaders: UInt32 = 510
  package var readOnly = false
  /// False: `MDB_NOSYNC`, a power loss may damage the file. Only for what can be made again.
  package var synchronous = true
  /// Holds the form of all pages against what LMDB relies on before any is used: damage in the file is an error then
  /// and does not stop the process. Reads the whole file but its large values.
  package var checksPages = false
  /// How long a change of the map waits for the open transactions of this process before it is refused.
  package var remapPatience: Duration = .seconds(30)
  /// Called at each begin and end, on the thread of the transaction; for tests of the order.
  package var trace: (@Sendable (Lifecycle) -> Void)?

  package init() {}
}

/// What begins and ends inside an environment. The order decides about a crash: see `Environment.read`.
package enum Lifecycle: Hashable, Sendable {
  case open, close
  case beginRead, endRead
  case beginWrite, commit, abort
  case openCursor, closeCursor
}

/// The size of an environment and who uses it. `mdb_env_info`, `mdb_env_stat`.
package struct EnvironmentInfo: Hashable, Sendable {
  /// Address space in bytes.
  package var mapSize: Int
  /// Bytes of all pages up to the last one in use; among them are free ones.
  package var usedBytes: Int
  /// Bytes that the file takes on the disk (`st_blocks`).
  package var fileBytes: Int
  /// Reader slots that were ever taken at the same time since the lock file was made.
  package var readers: Int
  package var maxReaders: Int
  /// The number of the last committed write transaction.
  package var lastTransaction: Int
  package var pageSize: Int
}

/// The shape of one table. `mdb_stat`.
package struct TableStatistics: Hashable, Sendable {
  package var entries: Int
  package var branchPages: Int
  package var leafPages: Int
  package var overflowPages: Int
  package var depth: Int
}
