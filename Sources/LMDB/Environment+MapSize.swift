internal import CLMDB
internal import Glibc

extension Environment {
  /// Only inside the gate.
  var mapSize: Int {
    var info = MDB_envinfo()
    let code = mdb_env_info(handle, &info)
    precondition(code == 0, "mdb_env_info fails without an environment only")
    return info.me_mapsize
  }

  /// Doubles the map, unless another thread has done so since `size` was full. `mdb_env_set_mapsize`.
  func grow(beyond size: Int) throws(LMDBError) {
    try gate.alone(within: options.remapPatience, path: path) { () throws(LMDBError) in
      guard mapSize <= size else { return .mapped }
      return try setMapSize(mapSize + min(mapSize, 64 << 30))
    }
  }

  /// Takes over the size that another process has given the file. `mdb_env_set_mapsize` with 0.
  func adoptMapSize() throws(LMDBError) {
    try gate.alone(within: options.remapPatience, path: path) { () throws(LMDBError) in
      try setMapSize(0)
    }
  }

  /// LMDB unmaps before it maps, and is left without a map if that fails. So the address space is tried
  /// first, and an environment that still lost its map lets no transaction in any more.
  private func setMapSize(_ size: Int) throws(LMDBError) -> MapState {
    if size > 0 {
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
      guard let probe = mmap(nil, size, PROT_NONE, flags, -1, 0), probe != MAP_FAILED else {
        throw failure(errno, "mmap", path: path)
      }
      munmap(probe, size)
    }
    let code = mdb_env_set_mapsize(handle, size)
    return code == 0 ? .mapped : .lost
  }
}
