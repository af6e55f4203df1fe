import LMDB
import Testing

/// Optimised builds once closed the environment before the transaction in it ended. These must run in release.
struct `What begins inside an environment` {
  @Test func `ends before what it lies in, for a reader with a cursor`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let notes = Notes<Lifecycle>()
    let seen = try useOnce(path, notes)
    #expect(seen == [5])
    #expect(
      notes.all == [
        .open, .beginWrite, .commit, .beginRead, .openCursor, .closeCursor, .endRead, .close,
      ]
    )
  }

  @Test func `ends before what it lies in, when the body throws`() throws {
    let folder = try TemporaryFolder()
    let notes = Notes<Lifecycle>()
    let path = folder.path
    #expect(throws: LMDBError.self) {
      let environment = try Environment(path: path, options: options { $0.trace = { notes.add($0) } })
      try environment.write { (transaction) throws(LMDBError) in
        let table = try transaction.openTable("things", .integer)
        try transaction.reading.withCursor(table) { (cursor) throws(LMDBError) in
          if try !cursor.first() { throw LMDBError(.notFound, operation: "test") }
        }
      }
    }
    #expect(notes.all == [.open, .beginWrite, .openCursor, .closeCursor, .abort, .close])
  }

  /// The only reference to the environment ends in this function, as early as the optimiser likes.
  private func useOnce(_ path: String, _ notes: Notes<Lifecycle>) throws(LMDBError) -> [UInt8] {
    let environment = try Environment(path: path, options: options { $0.trace = { notes.add($0) } })
    let table = try environment.write { (transaction) throws(LMDBError) in
      let table = try transaction.openTable("things", .integer)
      let value: [UInt8] = [5]
      try transaction.put(table, 1, value.span.bytes)
      return table
    }
    return try environment.read { (transaction) throws(LMDBError) in
      guard let value = try transaction.get(table, 1) else { return [] }
      return try transaction.withCursor(table) { (cursor) throws(LMDBError) in
        _ = try cursor.first()
        return cursor.value.byteCount == value.byteCount ? value.array : []
      }
    }
  }
}
