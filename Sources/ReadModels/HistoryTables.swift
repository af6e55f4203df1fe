package import EventStore
package import LMDB
import WorkloadModel

/// The tables that only questions about the past need: which statuses a project's workloads had at any position.
///
/// They trail the log, so that appending pays nothing for them: whoever asks brings them up in bulk
/// (`StatusHistoryFold`), and what is behind them is read from the log. They have a position of their own in
/// `meta` of the views, which goes with that table when the views are emptied.
package struct HistoryTables: Sendable {
  /// Project and chunk, and the position of the first change in it → a block of changes (`StatusBlock`).
  package let statuses: Table
  /// Project and segment → the earliest and the latest time of the segment's events (`TimeSpan`).
  package let spans: Table

  /// In the order of `schemas/storage.md`.
  package var all: [Table] { [statuses, spans] }

  package init(openingIn transaction: inout WriteTransaction) throws(LMDBError) {
    statuses = try transaction.openTable("statuses", .bytes)
    spans = try transaction.openTable("spans", .bytes)
  }

  /// nil where a table is missing.
  package init?(_ environment: Environment) throws(LMDBError) {
    guard let statuses = try environment.table("statuses", .bytes),
      let spans = try environment.table("spans", .bytes)
    else { return nil }
    (self.statuses, self.spans) = (statuses, spans)
  }

  /// Version of the contents. Tables of another one are folded anew.
  static let version: UInt32 = 1
  /// The entry of `meta`: u32 version, u64 position.
  static let positionKey: UInt64 = 2

  /// The key of the blocks of a chunk; `first` is the position of the block's first change.
  static func statusKey(_ project: NameNumber, chunk: UInt32, first: UInt64) -> Key128 {
    Key128(high: pairKey(project.rawValue, chunk), low: first)
  }
}

extension ViewStore {
  /// All tables, those that trail the log too.
  package var allTables: [Table] { tables.all + (history?.all ?? []) }

  /// How far the tables of the past were folded; 0 where there is nothing of use in them.
  package func historyPosition(_ transaction: borrowing ReadTransaction) throws(StoreError) -> UInt64 {
    guard history != nil, let meta = try transaction.get(tables.meta, HistoryTables.positionKey),
      meta.byteCount == 12, meta.u32(at: 0) == HistoryTables.version
    else { return 0 }
    return meta.u64(at: 4)
  }

  /// The number of a workload in its project, from its row.
  func ordinal(
    ofStream stream: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> UInt32 {
    guard let row = try transaction.get(tables.rows, stream), row.byteCount == Row.byteCount else {
      throw .damaged(position: stream, why: "its row in the views is missing or can't be read")
    }
    return row.u32(at: Row.ordinalOffset)
  }
}
