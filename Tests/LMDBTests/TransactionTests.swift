import LMDB
import Testing

struct `A transaction` {
  @Test func `commits when its body returns`() throws {
    let store = try Fixture()
    try store.environment.put(store.table, 7, [1, 2, 3])
    #expect(try store.environment.get(store.table, 7) == [1, 2, 3])
    #expect(try store.environment.get(store.table, 8) == nil)
  }

  @Test func `aborts when its body throws, and the error arrives as it is`() throws {
    struct Refusal: StorageFailure, Equatable {
      var reason = "refused"
      init() {}
      init(storage: LMDBError) { reason = storage.description }
    }
    let store = try Fixture()
    #expect(throws: Refusal()) {
      try store.environment.write { (transaction) throws(Refusal) in
        let value: [UInt8] = [1]
        do throws(LMDBError) {
          try transaction.put(store.table, 1, value.span.bytes)
        } catch {
          throw Refusal(storage: error)
        }
        throw Refusal()
      }
    }
    #expect(try store.environment.count(store.table) == 0)
  }

  @Test func `stores an empty value, which is not the same as none`() throws {
    let store = try Fixture()
    try store.environment.put(store.table, 1, [])
    #expect(try store.environment.get(store.table, 1) == [])
  }

  @Test func `reads its own writes through the reading view`() throws {
    let store = try Fixture()
    try store.environment.write { (transaction) throws(LMDBError) in
      let value: [UInt8] = [9]
      try transaction.put(store.table, 3, value.span.bytes)
      #expect(try transaction.reading.get(store.table, 3)?.array == [9])
      #expect(try transaction.reading.count(store.table) == 1)
      let last = try transaction.reading.withCursor(store.table) { (cursor) throws(LMDBError) in
        try cursor.last() ? cursor.integerKey : 0
      }
      #expect(last == 3)
      #expect(try transaction.delete(store.table, 3))
      #expect(try transaction.delete(store.table, 3) == false)
    }
  }

  @Test func `refuses to append a key that is not greater than the last`() throws {
    let store = try Fixture()
    let value: [UInt8] = [1]
    try store.environment.write { (transaction) throws(LMDBError) in
      try transaction.append(store.table, 5, value.span.bytes)
      #expect(code { try transaction.append(store.table, 5, value.span.bytes) } == .keyExist)
      #expect(code { try transaction.append(store.table, 4, value.span.bytes) } == .keyExist)
      try transaction.append(store.table, 6, value.span.bytes)
    }
    #expect(try store.environment.count(store.table) == 2)
  }

  @Test func `refuses keys of no byte and of more than 511 bytes`() throws {
    let store = try Fixture(.bytes)
    let value: [UInt8] = [1]
    for length in [0, 512, 70_000] {
      let key = [UInt8](repeating: 1, count: length)
      let put = code {
        try store.environment.write { (transaction) throws(LMDBError) in
          try transaction.put(store.table, bytes: key.span.bytes, value.span.bytes)
        }
      }
      let get = code {
        _ = try store.environment.read { (transaction) throws(LMDBError) in
          try transaction.get(store.table, bytes: key.span.bytes)?.byteCount
        }
      }
      #expect(put == .badValueSize)
      #expect(get == .badValueSize)
    }
    let longest = [UInt8](repeating: 1, count: 511)
    try store.environment.write { (transaction) throws(LMDBError) in
      try transaction.append(store.table, bytes: longest.span.bytes, value.span.bytes)
      #expect(try transaction.delete(store.table, bytes: longest.span.bytes))
    }
  }

  @Test func `empties a table and keeps it`() throws {
    let store = try Fixture()
    try store.environment.fill(store.table, 0..<500)
    let before = try store.environment.read { (transaction) throws(LMDBError) in
      try transaction.statistics(store.table)
    }
    #expect(before.entries == 500 && before.overflowPages == 500 && before.leafPages > 1 && before.depth == 2)
    try store.environment.write { (transaction) throws(LMDBError) in try transaction.removeAll(store.table) }
    #expect(try store.environment.count(store.table) == 0)
    try store.environment.put(store.table, 1, [1])
  }

  @Test func `can be two readers on one thread, each with its own snapshot`() throws {
    let store = try Fixture()
    try store.environment.read { (outer) throws(LMDBError) in
      try store.environment.put(store.table, 1, [1])
      try store.environment.read { (inner) throws(LMDBError) in
        #expect(try inner.get(store.table, 1)?.array == [1])
      }
      #expect(try outer.get(store.table, 1)?.array == nil)
    }
  }

  @Test func `refuses a second writer on the same thread instead of waiting for itself`() throws {
    let store = try Fixture()
    try store.environment.write { (_: inout WriteTransaction) throws(LMDBError) in
      #expect(code { try store.environment.put(store.table, 1, [1]) } == .wouldDeadlock)
      #expect(code { try store.environment.copy(to: "/nowhere", compact: false) } == .wouldDeadlock)
    }
  }

  @Test func `is refused when all reader slots are taken`() throws {
    let store = try Fixture(.integer, options { $0.maxReaders = 2 })
    let environment = store.environment
    try environment.read { (_) throws(LMDBError) in
      try environment.read { (_) throws(LMDBError) in
        #expect(code { _ = try environment.count(store.table) } == .readersFull)
      }
    }
    #expect(try environment.count(store.table) == 0)
  }

  /// Without the second look at a begin, LMDB sometimes shows a commit, and then the state before it.
  @Test func `never goes back in time, on several threads while one thread writes`() throws {
    let store = try Fixture()
    let environment = store.environment
    let table = store.table
    let wrong = Notes<String>()
    let commits = 2_000
    let readers = (0..<8).map { _ in
      BackgroundThread {
        var seen = 0
        do {
          while seen < commits {
            let count = try environment.count(table)
            if count < seen { wrong.add("\(count) after \(seen)") }
            seen = count
          }
        } catch {
          wrong.add("\(error)")
        }
      }
    }
    for key in 0..<commits { try environment.put(table, UInt64(key), [1]) }
    for reader in readers { reader.join() }
    #expect(wrong.all == [])
  }
}
