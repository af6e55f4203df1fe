import LMDB
import Testing

struct `Opening a table` {
  @Test func `answers nil for one that nobody created`() throws {
    let store = try Fixture()
    #expect(try store.environment.table("nothing", .bytes) == nil)
    #expect(try store.environment.table("things", .integer) == store.table)
  }

  @Test func `finds the tables of an earlier process`() throws {
    let folder = try TemporaryFolder()
    do {
      let environment = try Environment(path: folder.path, options: options())
      try environment.put(environment.openTable("things", .integer), 1, [4])
    }
    let environment = try Environment(path: folder.path, options: options { $0.readOnly = true })
    let table = try #require(try environment.table("things", .integer))
    #expect(try environment.get(table, 1) == [4])
    #expect(code { try environment.put(table, 1, [5]) } == .accessDenied)
  }

  @Test func `refuses another order of keys than it was created with`() throws {
    let folder = try TemporaryFolder()
    do {
      let environment = try Environment(path: folder.path, options: options())
      _ = try environment.openTable("things", .integer)
      #expect(code { _ = try environment.openTable("things", .bytes) } == .incompatible)
      #expect(code { _ = try environment.table("things", .bytes) } == .incompatible)
    }
    let environment = try Environment(path: folder.path, options: options())
    #expect(code { _ = try environment.table("things", .bytes) } == .incompatible)
    #expect(code { _ = try environment.openTable("things", .bytes) } == .incompatible)
    _ = try environment.openTable("things", .integer)
  }

  @Test func `leaves nothing behind when its transaction aborts`() throws {
    let store = try Fixture()
    #expect(throws: LMDBError.self) {
      try store.environment.write { (transaction) throws(LMDBError) in
        _ = try transaction.openTable("aborted", .bytes)
        throw LMDBError(.notFound, operation: "test")
      }
    }
    #expect(try store.environment.table("aborted", .bytes) == nil)
    _ = try store.environment.openTable("aborted", .integer)
  }

  @Test func `is refused beyond the number of tables of the environment`() throws {
    let store = try Fixture(.integer, options { $0.maxTables = 1 })
    #expect(code { _ = try store.environment.openTable("more", .bytes) } == .tablesFull)
  }

  /// LMDB would give both the same number, and one table would show the other's entries.
  @Test func `gives two tables two numbers when transactions open them side by side`() throws {
    let folder = try TemporaryFolder()
    do {
      let environment = try Environment(path: folder.path, options: options())
      for (name, value) in [("first", 1), ("second", 2)] as [(String, UInt8)] {
        try environment.put(environment.openTable(name, .integer), 1, [value])
      }
    }
    let environment = try Environment(path: folder.path, options: options())
    var runs = 0
    let tables = try environment.write { (transaction) throws(LMDBError) in
      runs += 1
      let first = try environment.table("first", .integer)
      return (first, try transaction.openTable("second", .integer))
    }
    #expect(runs == 2)
    let first = try #require(tables.0)
    #expect(try environment.get(first, 1) == [1])
    #expect(try environment.get(tables.1, 1) == [2])
  }

  @Test func `is refused inside a write transaction that opens another one`() throws {
    let store = try Fixture()
    try store.environment.write { (transaction) throws(LMDBError) in
      _ = try transaction.openTable("new", .bytes)
      #expect(code { _ = try store.environment.table("other", .bytes) } == .wouldDeadlock)
    }
  }
}
