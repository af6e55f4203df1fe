import Glibc
import LMDB
import Testing

struct `A table writer` {
  @Test(arguments: 0..<4) func `changes a table as a dictionary is changed, in any order`(run: UInt64) throws
  {
    let given = getenv("WORKLEDGER_TEST_SEED").flatMap { UInt64(String(cString: $0)) }
    let seed = given ?? UInt64.random(in: 0 ... .max / 2)
    var random = SplitMix(state: seed &+ run)
    let place: Comment = "seed \(seed), run \(run)"
    let store = try Fixture(.bytes, options { $0.mapSize = 1 << 20 })
    var model: [UInt64: [UInt8]] = [:]
    for _ in 0..<30 {
      // The map is small on purpose: the body runs again after it was grown, so it begins with the old model.
      let (before, start) = (model, random)
      try store.environment.write { (transaction) throws(LMDBError) in
        (model, random) = (before, start)
        try transaction.withWriter(store.table) { (writer) throws(LMDBError) in
          for _ in 0..<Int.random(in: 0..<200, using: &random) {
            let key = UInt64.random(in: 0..<500, using: &random)
            let name = Key128(high: key / 7, low: key)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: #expect(try writer.get(name)?.array == model[key], place)
            case 1: #expect(try writer.delete(name) == (model.removeValue(forKey: key) != nil), place)
            default:
              let size = Int.random(in: 1..<1_500, using: &random)
              let value = [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)
              try writer.put(name, value.span.bytes)
              model[key] = value
            }
          }
        }
      }
      let found = try store.environment.read { (transaction) throws(LMDBError) in
        try transaction.withCursor(store.table) { (cursor) throws(LMDBError) in
          var found: [UInt64: [UInt8]] = [:]
          while try cursor.next() { found[try cursor.key128.low] = cursor.value.array }
          return found
        }
      }
      #expect(found == model, place)
    }
  }

  @Test func `lets the map grow, also when the body swallowed the error`() throws {
    let store = try Fixture(.integer, options { $0.mapSize = 1 << 20 })
    let value = page
    var runs = 0
    try store.environment.write { (transaction) throws(LMDBError) in
      runs += 1
      try transaction.withWriter(store.table) { (writer) throws(LMDBError) in
        for key in 0..<1_000 as Range<UInt64> { try? writer.put(key, value.span.bytes) }
      }
    }
    #expect(runs > 1)
    #expect(try store.environment.count(store.table) == 1_000)
  }
}
