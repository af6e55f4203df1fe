internal import CLMDB

/// A storage operation that failed: which call, on which environment, and LMDB's or the system's code.
///
/// `code` is what the C function returned (an `MDB_…` number or an `errno`), or one of the numbers of our own
/// that `Code` lists for what LMDB does not check by itself.
package struct LMDBError: Error, Hashable, Sendable {
  package var code: Int32
  /// The C function, or the check of ours, that failed.
  package var operation: String
  /// The folder of the environment; empty where the call has none.
  package var path: String

  package init(code: Int32, operation: String, path: String = "") {
    self.code = code
    self.operation = operation
    self.path = path
  }

  package init(_ name: Code, operation: String, path: String = "") {
    self.init(code: name.rawValue, operation: operation, path: path)
  }

  package var name: Code {
    Code(rawValue: code)
  }
}

/// Errors of upper layers say how a storage failure looks in them, so that one typed `throws(E)` carries both.
package protocol StorageFailure: Error {
  init(storage: LMDBError)
}

extension LMDBError: StorageFailure {
  package init(storage: LMDBError) {
    self = storage
  }
}

extension LMDBError: CustomStringConvertible {
  /// One sentence with the place and the reason, and a second one with what to do where that is known.
  package var description: String {
    guard let advice = name.advice else { return "\(fact)." }
    return "\(fact). \(advice)"
  }

  /// The place and the reason, without a full stop.
  package var fact: String {
    let place = path.isEmpty ? "" : " on \(path)"
    return "\(operation) failed\(place): \(reason) (code \(code))"
  }

  private var reason: String {
    if let ours = name.ownReason { return ours }
    guard let text = mdb_strerror(code) else { return "unknown error" }
    return String(cString: text)
  }
}

/// Kept out of line, so that the calls on the hot path hold no string work.
@inline(never)
func failure(_ code: Int32, _ operation: StaticString, path: String) -> LMDBError {
  LMDBError(code: code, operation: operation.description, path: path)
}

/// The path is asked from LMDB only when something failed. `mdb_txn_env`, `mdb_env_get_path`.
@inline(never)
func failure(_ code: Int32, _ operation: StaticString, transaction: OpaquePointer) -> LMDBError {
  var path: UnsafePointer<CChar>?
  let found = mdb_env_get_path(mdb_txn_env(transaction), &path)
  guard found == 0, let path else { return failure(code, operation, path: "") }
  return failure(code, operation, path: String(cString: path))
}
