internal import CLMDB
internal import Synchronization

extension Environment {
  /// Begins a transaction, after another process made the file larger than our map if need be.
  func begin(writing: Bool) throws(LMDBError) -> OpaquePointer {
    for _ in 0..<64 {
      if let refusal = gate.enter(writing: writing) {
        throw failure(refusal.rawValue, "mdb_txn_begin", path: path)
      }
      var begun: OpaquePointer?
      let code = writing ? mdb_txn_begin(handle, nil, 0, &begun) : beginSnapshot(&begun)
      if code == 0, let begun {
        trace?(writing ? .beginWrite : .beginRead)
        return begun
      }
      gate.leave(writing: writing)
      guard code == MDB_MAP_RESIZED else { throw failure(code, "mdb_txn_begin", path: path) }
      try adoptMapSize()
    }
    throw failure(MDB_MAP_RESIZED, "mdb_txn_begin", path: path)
  }

  /// Begins a read transaction that surely shows a finished commit.
  ///
  /// LMDB takes the number of the last commit, and then copies the roots from one of the two heads of the file
  /// (`mdb_txn_renew0`). The next but one commit writes to the same head, and only afterwards syncs it and
  /// tells its number. A thread that is held up in between gets the roots of that commit: too early, perhaps
  /// before it is durable, and the next snapshot shows the state before it. So what was copied counts only if
  /// the next but one commit had not begun by then, that is, if its number was still the last one.
  private func beginSnapshot(_ begun: inout OpaquePointer?) -> Int32 {
    let code = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &begun)
    guard code == 0 else { return code }
    atomicMemoryFence(ordering: .acquiring)
    var info = MDB_envinfo()
    mdb_env_info(handle, &info)
    // No head holds a later commit: the common case, and cheap.
    if info.me_last_txnid == mdb_txn_id(begun) { return 0 }

    // A later commit is being written, or done. Only a second transaction tells which.
    for _ in 0..<1_000 {
      var later: OpaquePointer?
      let code = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &later)
      // Without a free slot, the first one has to do: it is consistent in itself.
      if code == MDB_READERS_FULL { return 0 }
      let isLast = code == 0 && mdb_txn_id(later) == mdb_txn_id(begun)
      mdb_txn_abort(isLast ? later : begun)
      if isLast { return 0 }
      begun = later
      if code != 0 { return code }
      atomicMemoryFence(ordering: .acquiring)
    }
    return 0
  }
}
