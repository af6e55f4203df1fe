package import EventStore
package import LMDB
package import WorkloadModel

extension ViewStore {
  /// Calls `body`, in the order of creation, for each workload of a project that something happened to in a span of
  /// time, or that waited or ran all through it; for others as well, where that is less work than to find out.
  ///
  /// Rows are by stream and a project's streams only grow, so one cursor finds most of them on the page that it is on.
  package func forEachRow(
    of project: NameNumber, since: Timestamp, until: Timestamp, _ log: EventLog,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction,
    _ body: (Row) throws(StoreError) -> Void
  ) throws(StoreError) {
    let active = try ActiveRows(
      of: project, since: since, until: until, self, log, transaction, records)
    try transaction.withCursor(tables.rows) { (cursor) throws(StoreError) in
      func visit(_ stream: UInt64) throws(StoreError) {
        guard try cursor.seek(stream), cursor.integerKey == stream,
          let row = Row(cursor.value, stream: stream)
        else { throw .damaged(position: stream, why: "its row in the views is missing or can't be read") }
        try body(row)
      }
      if let active { return try active.forEach(visit) }
      for ordinal in 0..<(try self.project(project, transaction)?.rowCount ?? 0) {
        try visit(try self.stream(project, ordinal, transaction))
      }
    }
  }
}
