/// A named table of an environment. `MDB_dbi`.
///
/// Valid as long as its environment, if the transaction that opened it was committed. A transaction can use
/// the tables that were open when it began, and those that it opened itself: open all of them at the start.
package struct Table: Hashable, Sendable {
  let dbi: UInt32
  package let name: String
  package let order: KeyOrder
}

/// How the keys of a table sort.
package enum KeyOrder: Sendable {
  /// Eight bytes as an unsigned number in the order of the machine. `MDB_INTEGERKEY`.
  case integer
  /// 1 to 511 bytes, compared as `memcmp` does.
  case bytes
}
