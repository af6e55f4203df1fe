internal import CLMDB
internal import Glibc

extension Environment {
  /// `mdb_env_create`, `mdb_env_open`, `mdb_reader_check`; closes by itself what it cannot give back.
  static func openHandle(
    path: String,
    options: EnvironmentOptions,
    folder: OpenFolder
  ) throws(LMDBError) -> OpaquePointer {
    if options.readOnly { try requireDataFile(path) }
    guard try DataFile.hasPageSize(path: path) else {
      throw failure(LMDBError.Code.invalid.rawValue, "mdb_env_open", path: path)
    }
    try reserveLockFile(path: path, options: options)
    var created: OpaquePointer?
    let code = mdb_env_create(&created)
    guard code == 0, let handle = created else { throw failure(code, "mdb_env_create", path: path) }
    DamageReport.watch(handle)
    do {
      try configure(handle, path: path, options: options)
      try requirePages(of: handle, path: path, all: options.checksPages)
      if !options.readOnly && options.synchronous { try folder.sync(path: path) }
    } catch {
      mdb_env_close(handle)
      throw error
    }
    return handle
  }

  private static func configure(
    _ handle: OpaquePointer,
    path: String,
    options: EnvironmentOptions
  ) throws(LMDBError) {
    func check(_ code: Int32, _ operation: StaticString) throws(LMDBError) {
      guard code == 0 else { throw failure(code, operation, path: path) }
    }
    try check(mdb_env_set_mapsize(handle, options.mapSize), "mdb_env_set_mapsize")
    try check(mdb_env_set_maxdbs(handle, options.maxTables), "mdb_env_set_maxdbs")
    try check(mdb_env_set_maxreaders(handle, options.maxReaders), "mdb_env_set_maxreaders")
    var flags = MDB_NOTLS
    if options.readOnly { flags |= MDB_RDONLY }
    if !options.synchronous { flags |= MDB_NOSYNC }
    let code = mdb_env_open(handle, path, UInt32(flags), 0o640)
    if code == ENOMEM, DataFile.endsEarly(path: path) {
      throw failure(LMDBError.Code.truncated.rawValue, "mdb_env_open", path: path)
    }
    try check(code, "mdb_env_open")
    var cleared: Int32 = 0
    try check(mdb_reader_check(handle, &cleared), "mdb_reader_check")
  }

  /// Without this, LMDB would leave a lock file in a folder that holds no environment.
  private static func requireDataFile(_ path: String) throws(LMDBError) {
    var status = stat()
    guard stat("\(path)/data.mdb", &status) == 0 else { throw failure(errno, "mdb_env_open", path: path) }
  }

  /// What is damaged in the file is no error to LMDB, but stops the process with a signal when it is touched. So what
  /// all else hangs on is looked at here, and, where it is asked for, every page.
  ///
  /// The length of the file alone tells nothing. LMDB does not write pages that a transaction took at the end of the file
  /// and gave back, so a sound file may be shorter than its last page number says. Then, too, all pages are walked.
  private static func requirePages(
    of handle: OpaquePointer, path: String, all: Bool
  ) throws(LMDBError) {
    var info = MDB_envinfo()
    var statistics = MDB_stat()
    mdb_env_info(handle, &info)
    mdb_env_stat(handle, &statistics)
    var file = try DataFile(path: path, pageSize: Int(statistics.ms_psize))
    let isLongEnough = file.holds(lastPage: info.me_last_pgno)
    var transaction: OpaquePointer?
    var code = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction)
    if code == MDB_MAP_RESIZED {
      // Another process has made the file larger since it was mapped.
      code = mdb_env_set_mapsize(handle, 0)
      if code == 0 { code = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction) }
      // Or its last page is one that no map has room for.
      if code == MDB_MAP_RESIZED { code = LMDBError.Code.truncated.rawValue }
    }
    guard code == 0 else { throw failure(code, "mdb_txn_begin", path: path) }
    defer { mdb_txn_abort(transaction) }
    let damage: LMDBError.Code = isLongEnough ? .corrupted : .truncated
    guard let head = try file.soundHead() else { throw failure(damage.rawValue, "mdb_env_open", path: path) }
    try file.measure()
    var check = PageCheck(file, head: head, all || !isLongEnough ? .everything : .tables)
    guard try check.isSound() else { throw failure(damage.rawValue, "mdb_env_open", path: path) }
  }

  /// LMDB maps its lock file without blocks on the disk: the first access would stop the process with a
  /// signal if the disk is full. The size of the file is left for LMDB to decide. No lock can be lost by the
  /// closing here, as this process has the environment not open yet.
  private static func reserveLockFile(
    path: String,
    options: EnvironmentOptions
  ) throws(LMDBError) {
    let descriptor = open("\(path)/lock.mdb", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let keepSize: Int32 = 1  // FALLOC_FL_KEEP_SIZE
    let length = off_t(options.maxReaders) * 64 + 4_096
    if fallocate(descriptor, keepSize, 0, length) != 0 && errno == ENOSPC {
      throw failure(ENOSPC, "fallocate", path: path)
    }
  }
}
