import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `The tables of the past` {
  private func number(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  @Test func `hold the bytes that the description of the format gives`() throws {
    let test = try TestLedger()
    let (path, folder) = (test.path, test.folder)
    let project = try #require(try test.event(try test.ledger.lastPosition())?.project)
    #expect(project == "p")
    try test.append(.creation(TestLedger.id(1)), .creation(TestLedger.id(2)))
    try test.append(.command(.started, TestLedger.id(2), 5))
    let started = try test.ledger.lastPosition()
    // A refusal stands between two changes.
    try test.append(.command(.started, TestLedger.id(2), 6))
    try test.append(.command(.contactLost, TestLedger.id(2), 7), .command(.failed, TestLedger.id(1), 4))
    let last = try test.ledger.lastPosition()
    try test.ledger.foldPast(upTo: .max)
    _ = consume test
    let raw = RawTables(path: path + "/views")
    let statuses = try raw.entries("statuses", .bytes)
    #expect(statuses.count == 1)
    #expect(Array(statuses[0].key.dropFirst(4)) == [0, 0, 0, 0] + number(started).reversed())
    #expect(
      statuses[0].value == [0]
        // Workload 1, counted from 0, is Running (2).
        + [0] + number(UInt16(1 | 1 << 13))
        // Unknown (9) has a byte of its own; the record between is a refusal.
        + [2] + number(UInt16(1 | 7 << 13)) + [9]
        + [1] + number(UInt16(0 | 3 << 13)))
    let spans = try raw.entries("spans", .bytes)
    #expect(spans.count == 1)
    let times = [1, 7].map { number(UInt64(TestLedger.time($0).microseconds)) }
    #expect(spans[0].key.suffix(8) == [0, 0, 0, 0, 0, 0, 0, 0] && spans[0].value == times[0] + times[1])
    let meta = try raw.entries("meta", .integer)
    #expect(meta[1].key == number(UInt64(2)) && meta[1].value == number(UInt32(1)) + number(last))
    withExtendedLifetime(folder) {}
  }

  @Test func `of another version, or without a position, are folded anew`() throws {
    let seed = testSeed()
    for value in [nil, [2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0]] as [[UInt8]?] {
      let harness = try LedgerHarness()
      var maker = HistoryMaker(seed: seed)
      for _ in 0..<30 { try harness.append(maker.batch(harness.model), now: maker.now()) }
      try harness.ledger.foldPast(upTo: .max)
      try harness.reopen(closing: true) {
        let raw = RawTables(path: harness.path + "/views")
        let meta = try raw.entries("meta", .integer)[1]
        try raw.put("meta", .integer, meta.key, value)
        // What is in them now must not be read.
        let entry = try raw.entries("statuses", .bytes)[0]
        try raw.put("statuses", .bytes, entry.key.map { $0 | 1 }, [7, 7])
      }
      try harness.ledger.foldPast(upTo: .max)
      #expect(try harness.ledger.replay().differences == [])
      try harness.reopen(closing: true) {
        let meta = try RawTables(path: harness.path + "/views").entries("meta", .integer)
        #expect(meta.count == 2, "\(String(describing: value))")
      }
    }
  }
}
