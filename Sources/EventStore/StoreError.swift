package import LMDB

/// What can go wrong between the log and its bytes: LMDB's errors, and those of the formats above it.
///
/// One type for both, since typed throws do not convert: almost every line here can fail in LMDB.
package typealias StoreError = LMDBError

extension LMDBError.Code {
  /// The environment is not a ledger's.
  package static let foreign = Self(rawValue: -31_101)
  /// Written by a newer program.
  package static let newerFormat = Self(rawValue: -31_102)
  /// A record or row that does not hold together.
  package static let damaged = Self(rawValue: -31_103)
}

extension LMDBError {
  /// The environment is not a ledger's, and why.
  package static func foreign(path: String, why: String) -> LMDBError {
    LMDBError(.foreign, operation: why, path: path)
  }

  /// The environment was written by a newer program.
  package static func newerFormat(path: String, found: UInt32, known: UInt32) -> LMDBError {
    LMDBError(
      .newerFormat,
      operation: "its format is \(found) and this program knows \(known): use a newer workledger",
      path: path)
  }

  /// A record (0: a row of the views) does not hold together, and why.
  @inline(never)
  package static func damaged(position: UInt64, why: String) -> LMDBError {
    LMDBError(.damaged, operation: position == 0 ? why : "record \(position): \(why)")
  }
}
