package import EventStore
package import LMDB
package import WorkloadModel

extension ViewStore {
  /// Calls `body`, in the order of creation, for each workload of a project that something happened to in a span of
  /// time, or that waited or ran all through it; for others as well, where that is less work than to find out. A span
  /// without a beginning is of all workloads.
  ///
  /// Rows are by stream and a project's streams only grow, so one cursor finds most of them on the page that it is on;
  /// another one finds the streams, some thousands at a time.
  package func forEachRow(
    of project: NameNumber, since: Timestamp?, until: Timestamp, _ log: EventLog,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction,
    _ body: (Row) throws(StoreError) -> Void
  ) throws(StoreError) {
    var active: ActiveRows?
    if let since {
      active = try ActiveRows(of: project, since: since, until: until, self, log, transaction, records)
    }
    try transaction.withCursor(tables.rows) { (cursor) throws(StoreError) in
      func visit(_ stream: UInt64) throws(StoreError) {
        guard try cursor.seek(stream), cursor.integerKey == stream,
          let row = Row(cursor.value, stream: stream)
        else { throw .damaged(position: stream, why: "its row in the views is missing or can't be read") }
        try body(row)
      }
      if let active { return try active.forEach(visit) }
      let rowCount = try self.project(project, transaction)?.rowCount ?? 0
      for first in stride(from: 0, to: rowCount, by: BitmapChunk.bitCount) {
        let ordinals = Array(first..<min(rowCount, first + UInt32(BitmapChunk.bitCount)))
        for stream in try streams(project, ordinals, transaction) { try visit(stream) }
      }
    }
  }

  /// When the first of a project's workloads was changed, by the sources' clocks or the bounds that they gave; nil where
  /// none ever was.
  package func earliestChange(
    of project: NameNumber, _ log: EventLog, _ transaction: borrowing ReadTransaction,
    _ records: borrowing ReadTransaction
  ) throws(StoreError) -> Timestamp? {
    let last = try position(transaction) ?? 0
    let folded = min(last, try historyPosition(transaction))
    var earliest = try spans(of: project, upTo: folded, transaction).map(\.span.earliest).min()
    try log.forEachChange(of: project, in: folded + 1..<last + 1, records) { (header) throws(StoreError) in
      earliest = min(earliest ?? header.occurredAt, header.occurredAt)
    }
    return earliest
  }
}

extension EventLog {
  /// Calls `body` for each event in a range of positions that took effect on a workload of a project.
  func forEachChange(
    of project: NameNumber, in range: Range<UInt64>, _ records: borrowing ReadTransaction,
    _ body: (RecordHeader) throws(StoreError) -> Void
  ) throws(StoreError) {
    try records.withCursor(events) { (cursor) throws(StoreError) in
      var isThere = try cursor.seek(range.lowerBound)
      while isThere, cursor.integerKey < range.upperBound {
        let position = cursor.integerKey
        guard let header = RecordHeader(cursor.value), header.stream <= position else {
          throw .damaged(position: position, why: "its header can't be read")
        }
        if header.project == project, header.kind.event?.isOfWorkload == true, header.flags.has(.applied) {
          try body(header)
        }
        isThere = try cursor.next()
      }
    }
  }
}
