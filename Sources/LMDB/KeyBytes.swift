internal import CLMDB

// A key lies on the stack for the length of one C call. LMDB copies what it stores.

/// The longest key of LMDB as it is compiled by default. `mdb_env_get_maxkeysize`.
let longestKey = 511

@inline(__always)
func withKey(_ key: UInt64, of table: borrowing Table, _ call: (inout MDB_val) -> Int32) -> Int32 {
  precondition(table.order == .integer, "a number is the key of a table of integer keys only")
  return withUnsafeBytes(of: key) { bytes in
    var value = MDB_val(bytes)
    return call(&value)
  }
}

@inline(__always)
func withKey(_ key: Key128, of table: borrowing Table, _ call: (inout MDB_val) -> Int32) -> Int32 {
  precondition(table.order == .bytes, "sixteen bytes are the key of a table of byte keys only")
  return withUnsafeBytes(of: (key.high.bigEndian, key.low.bigEndian)) { bytes in
    var value = MDB_val(bytes)
    return call(&value)
  }
}

/// Answers `MDB_BAD_VALSIZE` by itself: for an empty or a long key LMDB does so on some calls only.
@inline(__always)
func withKey(_ key: RawSpan, of table: borrowing Table, _ call: (inout MDB_val) -> Int32) -> Int32 {
  precondition(table.order == .bytes, "bytes are the key of a table of byte keys only")
  guard (1...longestKey).contains(key.byteCount) else { return MDB_BAD_VALSIZE }
  return key.withUnsafeBytes { bytes in
    var value = MDB_val(bytes)
    return call(&value)
  }
}

extension MDB_val {
  /// LMDB takes mutable pointers, but does not write through those of a key or a value that it is given.
  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }

  /// The bytes in the map. The caller ties them to its transaction.
  @inline(__always)
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: mv_data, count: mv_size)
  }
}
