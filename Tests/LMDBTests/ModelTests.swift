import Glibc
import LMDB
import Testing

/// Random work on a table and on a dictionary must give the same. A failure prints the seed; given back in
/// `WORKLEDGER_TEST_SEED` it repeats the run.
struct `A table` {
  @Test(arguments: 0..<4) func `behaves as a sorted dictionary`(run: UInt64) throws {
    let given = getenv("WORKLEDGER_TEST_SEED").flatMap { UInt64(String(cString: $0)) }
    let seed = given ?? UInt64.random(in: 0 ... .max / 2)
    var random = SplitMix(state: seed &+ run)
    let store = try Fixture(.integer, options { $0.mapSize = 1 << 20 })
    var model: [UInt64: [UInt8]] = [:]
    for _ in 0..<60 {
      let before = model
      let keeps = Int.random(in: 0..<5, using: &random) > 0
      let place: Comment = "seed \(seed), run \(run)"
      let refused = code { try step(store, keeps, &model, &random, place) }
      #expect(refused == (keeps ? nil : .notFound), place)
      if !keeps { model = before }
      try compare(store, model, place)
    }
  }

  /// The map is small on purpose: the body runs again after it was grown, so it begins with the old model.
  private func step(
    _ store: Fixture,
    _ keeps: Bool,
    _ model: inout [UInt64: [UInt8]],
    _ random: inout SplitMix,
    _ place: Comment
  ) throws(LMDBError) {
    let steps = Int.random(in: 0..<60, using: &random)
    let before = model
    let start = random
    try store.environment.write { (transaction) throws(LMDBError) in
      model = before
      random = start
      for _ in 0..<steps { try change(&transaction, store.table, &model, &random, place) }
      if !keeps { throw LMDBError(.notFound, operation: "test") }
    }
  }

  private func change(
    _ transaction: inout WriteTransaction,
    _ table: Table,
    _ model: inout [UInt64: [UInt8]],
    _ random: inout SplitMix,
    _ place: Comment
  ) throws(LMDBError) {
    let key = UInt64.random(in: 0..<200, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5:
      let length = Int.random(in: 0..<3, using: &random) == 0 ? 9_000 : 60
      let size = Int.random(in: 0...length, using: &random)
      let value = [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: size)
      try transaction.put(table, key, value.span.bytes)
      model[key] = value
    case 5..<8:
      let wasThere = try transaction.delete(table, key)
      #expect(wasThere == (model.removeValue(forKey: key) != nil), place)
    case 8:
      let found = try transaction.reading.get(table, key)?.array
      #expect(found == model[key], place)
    default:
      let found = try transaction.reading.withCursor(table) { (cursor) throws(LMDBError) in
        try cursor.seek(key) ? cursor.integerKey : nil
      }
      #expect(found == model.keys.filter { $0 >= key }.min(), place)
    }
  }

  private func compare(_ store: Fixture, _ model: [UInt64: [UInt8]], _ place: Comment) throws {
    try store.environment.read { (transaction) throws(LMDBError) in
      #expect(try transaction.count(store.table) == model.count, place)
      try transaction.withCursor(store.table) { (cursor) throws(LMDBError) in
        var keys: [UInt64] = []
        while try cursor.next() {
          keys.append(cursor.integerKey)
          #expect(cursor.value.array == model[cursor.integerKey], place)
        }
        #expect(keys == model.keys.sorted(), place)
      }
    }
  }
}

struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
