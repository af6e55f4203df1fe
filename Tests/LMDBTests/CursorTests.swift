import LMDB
import Testing

struct `A cursor` {
  @Test func `walks forwards and backwards`() throws {
    let store = try Fixture()
    for key in [3, 1, 2] as [UInt64] { try store.environment.put(store.table, key, [UInt8(key)]) }
    try store.environment.read { (transaction) throws(LMDBError) in
      try transaction.withCursor(store.table) { (cursor) throws(LMDBError) in
        var forwards: [UInt64] = []
        while try cursor.next() { forwards.append(cursor.integerKey) }
        #expect(forwards == [1, 2, 3])
        var backwards: [UInt8] = []
        var more = try cursor.last()
        while more {
          backwards += cursor.value.array
          more = try cursor.previous()
        }
        #expect(backwards == [3, 2, 1])
      }
    }
  }

  @Test func `finds an exact key, and seeks the next one`() throws {
    let store = try Fixture()
    for key in [10, 20, 300] as [UInt64] { try store.environment.put(store.table, key, [1]) }
    try store.environment.read { (transaction) throws(LMDBError) in
      try transaction.withCursor(store.table) { (cursor) throws(LMDBError) in
        #expect(try cursor.find(20) && cursor.integerKey == 20)
        #expect(try cursor.find(21) == false)
        #expect(try cursor.seek(21) && cursor.integerKey == 300)
        #expect(try cursor.seek(0) && cursor.integerKey == 10)
        #expect(try cursor.seek(301) == false)
      }
    }
  }

  @Test func `knows no entry in an empty table`() throws {
    let store = try Fixture()
    try store.environment.read { (transaction) throws(LMDBError) in
      try transaction.withCursor(store.table) { (cursor) throws(LMDBError) in
        #expect(try cursor.first() == false)
        #expect(try cursor.last() == false)
        #expect(try cursor.next() == false)
        #expect(try cursor.previous() == false)
        #expect(try cursor.seek(0) == false)
      }
    }
  }

  @Test func `sorts integer keys as numbers, not as bytes`() throws {
    let store = try Fixture()
    let keys: [UInt64] = [0, 1, 255, 256, 65_536, .max / 2, .max]
    for key in keys.reversed() { try store.environment.put(store.table, key, []) }
    #expect(try walk(store) { $0.integerKey } == keys)
  }

  @Test func `sorts keys of sixteen bytes as two numbers`() throws {
    let store = try Fixture(.bytes)
    let numbers: [UInt64] = [0, 1, 255, 256, 1 << 40, .max]
    let keys = numbers.flatMap { high in numbers.map { Key128(high: high, low: $0) } }
    #expect(keys == keys.sorted())
    let value: [UInt8] = [1]
    try store.environment.write { (transaction) throws(LMDBError) in
      for key in keys.reversed() { try transaction.put(store.table, key, value.span.bytes) }
      #expect(try transaction.reading.get(store.table, keys[3])?.byteCount == 1)
      #expect(try transaction.delete(store.table, keys[3]))
      #expect(try transaction.reading.get(store.table, keys[3])?.array == nil)
      #expect(code { try transaction.append(store.table, keys[3], value.span.bytes) } == .keyExist)
    }
    let walked = try walk(store) { (cursor) throws(LMDBError) in try cursor.key128 }
    #expect(walked == keys.filter { $0 != keys[3] })
    try store.environment.read { (transaction) throws(LMDBError) in
      try transaction.withCursor(store.table) { (cursor) throws(LMDBError) in
        #expect(try cursor.find(keys[3]) == false)
        #expect(try cursor.seek(keys[3]))
        #expect(try cursor.key128 == keys[4])
      }
    }
  }

  @Test func `sorts byte keys as memcmp does`() throws {
    let store = try Fixture(.bytes)
    let keys: [[UInt8]] = [[0], [0, 0], [1], [1, 0], [1, 255], [2], [255]]
    try store.environment.write { (transaction) throws(LMDBError) in
      for key in keys.reversed() {
        try transaction.put(store.table, bytes: key.span.bytes, key.span.bytes)
      }
    }
    #expect(try walk(store) { $0.key.array } == keys)
    let between: [UInt8] = [1, 1]
    try store.environment.read { (transaction) throws(LMDBError) in
      try transaction.withCursor(store.table) { (cursor) throws(LMDBError) in
        #expect(try cursor.seek(bytes: between.span.bytes) && cursor.value.array == [1, 255])
        #expect(try cursor.find(bytes: between.span.bytes) == false)
      }
    }
  }

  @Test func `hands out bytes that last for the transaction, beyond its own moves`() throws {
    let store = try Fixture()
    for key in 0..<3 as Range<UInt64> { try store.environment.put(store.table, key, [UInt8(key)]) }
    try store.environment.read { (transaction) throws(LMDBError) in
      try transaction.withCursor(store.table) { (cursor) throws(LMDBError) in
        _ = try cursor.first()
        let first = cursor.value
        _ = try cursor.last()
        #expect(first.array == [0])
      }
    }
  }

  private func walk<R>(_ store: Fixture, _ entry: (borrowing Cursor) throws(LMDBError) -> R) throws -> [R] {
    try store.environment.read { (transaction) throws(LMDBError) in
      try transaction.withCursor(store.table) { (cursor) throws(LMDBError) in
        var entries: [R] = []
        while try cursor.next() { entries.append(try entry(cursor)) }
        return entries
      }
    }
  }
}
