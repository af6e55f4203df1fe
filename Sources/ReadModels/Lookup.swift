package import EventStore
package import LMDB
package import WorkloadModel

/// Finding single workloads.
extension ViewStore {
  /// A workload's row by its stream.
  package func row(_ stream: UInt64, _ transaction: borrowing ReadTransaction) throws(StoreError) -> Row? {
    guard let stored = try transaction.get(tables.rows, stream) else { return nil }
    return try Self.row(stored, stream)
  }

  /// The rows of a page, in its order. They are neighbours mostly, which a cursor finds without descending anew.
  package func rows(
    _ streams: [UInt64], _ transaction: borrowing ReadTransaction, _ body: (Row) throws(StoreError) -> Void
  ) throws(StoreError) {
    try transaction.withCursor(tables.rows) { (cursor) throws(StoreError) in
      for stream in streams {
        guard try cursor.find(stream) else {
          throw .damaged(position: stream, why: "its row is missing in the views")
        }
        try body(try Self.row(cursor.value, stream))
      }
    }
  }

  private static func row(_ stored: RawSpan, _ stream: UInt64) throws(StoreError) -> Row {
    guard let row = Row(stored, stream: stream) else {
      throw .damaged(position: stream, why: "its row in the views can't be read")
    }
    return row
  }

  /// The stream of a workload by its id.
  package func stream(
    of id: WorkloadID, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> UInt64? {
    guard let found = try transaction.get(tables.ids, Key128(high: id.high, low: id.low)),
      found.byteCount == 8
    else { return nil }
    return found.u64(at: 0)
  }

  /// The first streams, `limit` at most, whose id begins with a prefix.
  package func streams(
    with prefix: WorkloadIDPrefix, limit: Int, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [UInt64] {
    try transaction.withCursor(tables.ids) { (cursor) throws(StoreError) in
      var found: [UInt64] = []
      let last = Key128(high: prefix.highest.high, low: prefix.highest.low)
      var isThere = try cursor.seek(Key128(high: prefix.lowest.high, low: prefix.lowest.low))
      while isThere, found.count < limit, try cursor.key128 <= last {
        if cursor.value.byteCount == 8 { found.append(cursor.value.u64(at: 0)) }
        isThere = try cursor.next()
      }
      return found
    }
  }

  /// A project's entry; nil where nothing ever happened in it.
  package func project(
    _ number: NameNumber, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> ProjectEntry? {
    guard let stored = try transaction.get(tables.projects, UInt64(number.rawValue)) else { return nil }
    guard let entry = ProjectEntry(stored) else {
      throw .damaged(position: 0, why: "the row of project #\(number.rawValue) in the views can't be read")
    }
    return entry
  }

  /// All projects.
  package func projects(
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [(number: NameNumber, entry: ProjectEntry)] {
    try transaction.withCursor(tables.projects) { (cursor) throws(StoreError) in
      var found: [(number: NameNumber, entry: ProjectEntry)] = []
      var isThere = try cursor.first()
      while isThere {
        if let entry = ProjectEntry(cursor.value) {
          found.append((NameNumber(rawValue: UInt32(truncatingIfNeeded: cursor.integerKey)), entry))
        }
        isThere = try cursor.next()
      }
      return found
    }
  }

  /// The members of a project, by number.
  package func members(
    of project: NameNumber, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [NameNumber] {
    try seconds(of: project.rawValue, in: tables.membersByProject, transaction)
  }

  /// The projects that a user is a member of, by number.
  package func projects(
    of user: NameNumber, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [NameNumber] {
    try seconds(of: user.rawValue, in: tables.membersByUser, transaction)
  }

  /// The quotas and holdings of a project, by owner.
  package func holdings(
    of project: NameNumber, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [(owner: NameNumber, holding: Holding)] {
    try transaction.withCursor(tables.holdings) { (cursor) throws(StoreError) in
      var found: [(owner: NameNumber, holding: Holding)] = []
      var isThere = try cursor.seek(pairKey(project.rawValue, 0))
      while isThere, cursor.integerKey >> 32 == UInt64(project.rawValue) {
        if let holding = Holding(cursor.value) {
          found.append((NameNumber(rawValue: UInt32(truncatingIfNeeded: cursor.integerKey)), holding))
        }
        isThere = try cursor.next()
      }
      return found
    }
  }

  private func seconds(
    of first: UInt32, in table: Table, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [NameNumber] {
    try transaction.withCursor(table) { (cursor) throws(StoreError) in
      var found: [NameNumber] = []
      var isThere = try cursor.seek(pairKey(first, 0))
      while isThere, cursor.integerKey >> 32 == UInt64(first) {
        found.append(NameNumber(rawValue: UInt32(truncatingIfNeeded: cursor.integerKey)))
        isThere = try cursor.next()
      }
      return found
    }
  }
}
