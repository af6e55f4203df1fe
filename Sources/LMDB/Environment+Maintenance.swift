internal import CLMDB
internal import Glibc

extension Environment {
  /// Writes everything to the disk; needed only without `synchronous`. `mdb_env_sync`.
  package func sync() throws(LMDBError) {
    let code = mdb_env_sync(handle, 1)
    guard code == 0 else { throw failure(code, "mdb_env_sync", path: path) }
  }

  /// `mdb_env_info`, `mdb_env_stat`.
  package func info() throws(LMDBError) -> EnvironmentInfo {
    if let refusal = gate.enter(writing: false) {
      throw failure(refusal.rawValue, "mdb_env_info", path: path)
    }
    defer { gate.leave(writing: false) }
    var info = MDB_envinfo()
    var code = mdb_env_info(handle, &info)
    guard code == 0 else { throw failure(code, "mdb_env_info", path: path) }
    var statistics = MDB_stat()
    code = mdb_env_stat(handle, &statistics)
    guard code == 0 else { throw failure(code, "mdb_env_stat", path: path) }
    var status = stat()
    guard fstatat(folder.descriptor, "data.mdb", &status, 0) == 0 else {
      throw failure(errno, "fstatat", path: path)
    }
    let pageSize = Int(statistics.ms_psize)
    return EnvironmentInfo(
      mapSize: info.me_mapsize,
      // A damaged head may name any page as the last.
      usedBytes: Int(min(UInt(bitPattern: info.me_last_pgno), UInt(info.me_mapsize / pageSize)) + 1)
        * pageSize,
      fileBytes: Int(status.st_blocks) * 512,
      readers: Int(info.me_numreaders),
      maxReaders: Int(info.me_maxreaders),
      lastTransaction: info.me_last_txnid,
      pageSize: pageSize
    )
  }

  /// Frees the slots of readers whose process died, and says how many. `mdb_reader_check`.
  package func clearStaleReaders() throws(LMDBError) -> Int {
    var cleared: Int32 = 0
    let code = mdb_reader_check(handle, &cleared)
    guard code == 0 else { throw failure(code, "mdb_reader_check", path: path) }
    return Int(cleared)
  }

  /// Writes a consistent copy into an empty folder, while others read and write. `mdb_env_copy2`.
  ///
  /// It is a long read: pages freed meanwhile are not used again. Waits once for the writer, so it is refused
  /// inside a write transaction of the same thread. The copy is on the disk when this returns.
  package func copy(to target: String, compact: Bool) throws(LMDBError) {
    for _ in 0..<64 {
      if let refusal = gate.enter(writing: true) {
        throw failure(refusal.rawValue, "mdb_env_copy2", path: path)
      }
      let code = mdb_env_copy2(handle, target, compact ? UInt32(MDB_CP_COMPACT) : 0)
      gate.leave(writing: true)
      if code == 0 { return try syncCopy(target) }
      guard code == MDB_MAP_RESIZED else { throw failure(code, "mdb_env_copy2", path: target) }
      unlink("\(target)/data.mdb")
      try adoptMapSize()
    }
    throw failure(MDB_MAP_RESIZED, "mdb_env_copy2", path: path)
  }

  /// LMDB leaves the copy to the page cache.
  private func syncCopy(_ target: String) throws(LMDBError) {
    for name in ["\(target)/data.mdb", target] {
      let descriptor = open(name, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw failure(errno, "open", path: name) }
      defer { close(descriptor) }
      guard fsync(descriptor) == 0 else { throw failure(errno, "fsync", path: name) }
    }
  }
}
