package import EventStore
package import LMDB
package import WorkloadModel

extension ViewStore {
  /// Calls `body` for each workload of a project, in the order of creation.
  ///
  /// Rows are by stream and a project's streams only grow, so one cursor finds most of them on the page that it is on.
  package func forEachRow(
    of project: NameNumber, _ transaction: borrowing ReadTransaction,
    _ body: (Row) throws(StoreError) -> Void
  ) throws(StoreError) {
    let count = try self.project(project, transaction)?.rowCount ?? 0
    try transaction.withCursor(tables.rows) { (cursor) throws(StoreError) in
      for ordinal in 0..<count {
        let stream = try self.stream(project, ordinal, transaction)
        guard try cursor.seek(stream), cursor.integerKey == stream,
          let row = Row(cursor.value, stream: stream)
        else { throw .damaged(position: stream, why: "its row in the views is missing or can't be read") }
        try body(row)
      }
    }
  }
}
