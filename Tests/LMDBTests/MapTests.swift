import Glibc
import LMDB
import Testing

struct `The map` {
  @Test func `grows when it is full, and the body runs again`() throws {
    let store = try Fixture(.integer, options { $0.mapSize = 1 << 20 })
    var runs = 0
    let value = page
    try store.environment.write { (transaction) throws(LMDBError) in
      runs += 1
      for key in 0..<1_000 as Range<UInt64> { try transaction.append(store.table, key, value.span.bytes) }
    }
    #expect(runs > 1)
    #expect(try store.environment.count(store.table) == 1_000)
    #expect(try store.environment.info().mapSize >= 4_000_000)
  }

  @Test func `grows also when the body swallowed the error`() throws {
    let store = try Fixture(.integer, options { $0.mapSize = 1 << 20 })
    let value = page
    try store.environment.write { (transaction) throws(LMDBError) in
      for key in 0..<1_000 as Range<UInt64> { try? transaction.append(store.table, key, value.span.bytes) }
    }
    #expect(try store.environment.count(store.table) == 1_000)
  }

  @Test func `grows with a table that was opened in the same transaction`() throws {
    let store = try Fixture(.integer, options { $0.mapSize = 1 << 20 })
    let value = page
    let table = try store.environment.write { (transaction) throws(LMDBError) in
      let table = try transaction.openTable("more", .integer)
      for key in 0..<1_000 as Range<UInt64> { try transaction.append(table, key, value.span.bytes) }
      return table
    }
    #expect(try store.environment.count(table) == 1_000)
    #expect(try store.environment.table("more", .integer) == table)
  }

  @Test func `waits for a reader before it grows, and lets other readers pass meanwhile`() throws {
    let store = try Fixture(.integer, options { $0.mapSize = 1 << 20 })
    let environment = store.environment
    let table = store.table
    let notes = Notes<String>()
    let isReading = Notes<Bool>()
    let long = BackgroundThread {
      do {
        try environment.read { (transaction) throws(LMDBError) in
          isReading.add(true)
          usleep(400_000)
          notes.add("long read saw \(try transaction.count(table))")
        }
      } catch {
        notes.add("\(error)")
      }
    }
    while isReading.all.isEmpty { usleep(1_000) }
    let writer = BackgroundThread {
      do {
        try environment.fill(table, 0..<1_000)
        notes.add("grown")
      } catch {
        notes.add("\(error)")
      }
    }
    usleep(100_000)
    notes.add("short read saw \(try environment.count(table))")
    long.join()
    writer.join()
    #expect(notes.all == ["short read saw 0", "long read saw 0", "grown"])
  }

  @Test func `is not grown under a reader of the same thread, and the error says so`() throws {
    let store = try Fixture(.integer, options { $0.mapSize = 1 << 20 })
    try store.environment.read { (_) throws(LMDBError) in
      #expect(code { try store.environment.fill(store.table, 0..<1_000) } == .remapBlocked)
    }
    try store.environment.fill(store.table, 0..<1_000)
  }

  @Test func `gives up growing after its patience`() throws {
    let store = try Fixture(
      .integer,
      options {
        $0.mapSize = 1 << 20
        $0.remapPatience = .milliseconds(100)
      }
    )
    let environment = store.environment
    let isReading = Notes<Bool>()
    let mayEnd = Notes<Bool>()
    let reader = BackgroundThread {
      try? environment.read { (_) throws(LMDBError) in
        isReading.add(true)
        while mayEnd.all.isEmpty { usleep(1_000) }
      }
    }
    while isReading.all.isEmpty { usleep(1_000) }
    #expect(code { try environment.fill(store.table, 0..<1_000) } == .remapBlocked)
    mayEnd.add(true)
    reader.join()
    try environment.fill(store.table, 0..<1_000)
  }

  @Test func `is not lost when the address space ends`() throws {
    let store = try Fixture()
    let refused = code {
      _ = try Environment(
        path: try store.folder.folder("other"),
        options: options { $0.mapSize = 1 << 50 }
      )
    }
    #expect(refused == .outOfMemory)
  }

  @Test func `follows another process that made the file larger`() async throws {
    let store = try Fixture(.integer, options { $0.mapSize = 1 << 20 })
    let path = store.folder.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      let environment = try Environment(path: path, options: options())
      let table = try environment.openTable("things", .integer)
      try environment.fill(table, 0..<1_000)
    }
    #expect(try store.environment.count(store.table) == 1_000)
    try store.environment.put(store.table, 5_000, [1])
    #expect(try store.environment.info().mapSize >= 4_000_000)
  }
}
