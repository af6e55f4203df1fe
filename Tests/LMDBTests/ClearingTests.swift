import LMDB
import LedgerTestSupport
import Testing

struct `Clearing what is not used` {
  private static let secret = Array("a secret that must go".utf8)

  /// A value with or without the secret in its middle; some are so large that they get pages of their own.
  private func value(_ random: inout SeededRandom, isSecret: Bool) -> [UInt8] {
    let edge = random.oneIn(8) ? 3000 + random.below(9000) : random.below(300)
    let filling = [UInt8](repeating: UInt8(1 + random.below(255)), count: edge)
    return filling + (isSecret ? Self.secret : []) + filling.prefix(40)
  }

  @Test func `leaves nothing of deleted values in the file, and every other value as it was`() throws {
    let first = testSeed()
    for round in 0..<testRounds(3) {
      let seed = first &+ UInt64(round)
      var random = SeededRandom(seed: seed)
      let fixture = try Fixture()
      var model: [UInt64: [UInt8]] = [:]
      var secrets: Set<UInt64> = []
      for _ in 0..<25 {
        let (before, secretsBefore) = (model, secrets)
        try fixture.environment.write { (transaction) throws(LMDBError) in
          (model, secrets) = (before, secretsBefore)
          for _ in 0..<1 + random.below(60) {
            let key = UInt64(random.below(200))
            if random.oneIn(4) {
              try transaction.delete(fixture.table, key)
              model[key] = nil
              secrets.remove(key)
            } else {
              let isSecret = random.oneIn(3)
              let value = value(&random, isSecret: isSecret)
              try transaction.put(fixture.table, key, value.span.bytes)
              model[key] = value
              if isSecret { secrets.insert(key) } else { secrets.remove(key) }
            }
          }
        }
      }
      try fixture.environment.write { (transaction) throws(LMDBError) in
        for key in secrets { try transaction.delete(fixture.table, key) }
      }
      for key in secrets { model[key] = nil }
      #expect(try fixture.environment.occurrences(of: [Self.secret])[0] > 0, "seed \(seed)")
      let report = try fixture.environment.clearUnused(patience: .zero)
      #expect(report.freePages > 0 && report.waitingPages == 0, "seed \(seed)")
      #expect(try fixture.environment.occurrences(of: [Self.secret]) == [0], "seed \(seed)")
      for key in 0..<UInt64(200) {
        #expect(try fixture.environment.get(fixture.table, key) == model[key], "seed \(seed)")
      }
      let again = try fixture.environment.clearUnused(patience: .zero)
      #expect(again.freePages == 0 && again.gaps == 0 && again.waitingPages == 0, "nothing is left to clear")
      // LMDB goes on with the cleared pages as it would have without.
      for key in 0..<UInt64(200) { try fixture.environment.put(fixture.table, key, Self.secret) }
      #expect(try fixture.environment.get(fixture.table, 7) == Self.secret)
    }
  }

  @Test func `leaves the pages that a reader still sees, and clears them when it has ended`() throws {
    let fixture = try Fixture()
    try fixture.environment.put(fixture.table, 1, Self.secret)
    try fixture.environment.read { (transaction) throws(LMDBError) in
      let thread = BackgroundThread {
        do {
          try fixture.environment.write { (transaction) throws(LMDBError) in
            _ = try transaction.delete(fixture.table, 1)
          }
          let report = try fixture.environment.clearUnused(patience: .milliseconds(50))
          #expect(report.waitingPages > 0 && report.readers.count == 1)
        } catch { Issue.record("\(error)") }
      }
      thread.join()
      let seen = try transaction.get(fixture.table, 1)?.withUnsafeBytes { Array($0) }
      #expect(seen == Self.secret)
    }
    #expect(try fixture.environment.occurrences(of: [Self.secret])[0] > 0)
    let report = try fixture.environment.clearUnused(patience: .zero)
    #expect(report.waitingPages == 0 && report.readers.isEmpty)
    #expect(try fixture.environment.occurrences(of: [Self.secret]) == [0])
  }

  @Test func `counts a text wherever it stands, also over the border of what is read at once`() throws {
    let fixture = try Fixture()
    // Values of their own pages lie in the file as they are.
    var value = [UInt8](repeating: 0x2E, count: 3 << 20)
    let places = [100, (1 << 20) - 5, (1 << 20) + 4000, 2 << 20, (3 << 20) - Self.secret.count]
    for place in places { value.replaceSubrange(place..<place + Self.secret.count, with: Self.secret) }
    for shift in 0..<3 {
      var shifted = value
      shifted.removeFirst(shift * 9)
      try fixture.environment.put(fixture.table, UInt64(shift), shifted)
    }
    #expect(try fixture.environment.occurrences(of: [Self.secret, [0, 1, 2, 3, 4]])[0] == 15)
  }
}
