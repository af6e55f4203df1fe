import Evidence
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Damage to a table of the log` {
  private static let rest: [(name: String, order: KeyOrder)] = [
    ("names", .integer), ("nameIndex", .bytes), ("tiles", .integer), ("subtrees", .integer),
    ("checkpoints", .integer), ("keys", .integer), ("meta", .integer),
  ]

  @Test func `is named by the first record that does not hold`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let sound = try SoundLedger(seed: seed)
    // The first, the last of a tile, which has no short hash, and the newest.
    let places =
      [1, 2, 255, 256, 257, sound.last]
      + (0..<testRounds(20)).map { _ in
        1 + UInt64(random.below(Int(sound.last)))
      }
    for position in places {
      let report = try sound.report {
        let raw = RawTables(logOf: $0)
        try raw.flip("events", .integer, try raw.entries("events", .integer)[Int(position) - 1], &random)
      }
      #expect(report.findings.first?.position == position, "seed \(seed): \(report.findings)")
      guard position < sound.last else { continue }
      let missing = try sound.report {
        try RawTables(logOf: $0).put("events", .integer, RawTables.key(position), nil)
      }
      #expect(missing.findings.first == VerificationFinding(position, "it is missing"), "seed \(seed)")
    }
    let cut = try sound.report {
      try RawTables(logOf: $0).put("events", .integer, RawTables.key(sound.last), nil)
    }
    #expect(cut.findingCount > 0, "the newest record is missing")
  }

  @Test func `by a record too many is found, wherever it stands`() throws {
    let sound = try SoundLedger(seed: testSeed(), batches: 10)
    for position in [0, sound.last + 1, sound.last + 2, 1 << 40, .max] as [UInt64] {
      let report = try sound.report {
        let raw = RawTables(logOf: $0)
        let record = try raw.entries("events", .integer)[3]
        try raw.put("events", .integer, RawTables.key(position), record.value)
      }
      #expect(report.findingCount > 0)
      let first = report.findings.first
      switch position {
      case 0: #expect(first?.what == "a record stands at position 0, where none can be")
      case sound.last + 1: #expect(first?.position == position, "\(report.findings)")
      default: #expect(first == VerificationFinding(sound.last + 1, "it is missing"))
      }
    }
  }

  @Test func `other than that of the records is found, be it changed, taken away or added`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let sound = try SoundLedger(seed: seed)
    for (name, order) in Self.rest {
      let entries = try RawTables(logOf: sound.path).entries(name, order)
      #expect(!entries.isEmpty, "\(name) is empty")
      for _ in 0..<testRounds(25) {
        let entry = random.pick(entries)
        let changed = try sound.verified { try RawTables(logOf: $0).flip(name, order, entry, &random) }
        #expect(changed?.findingCount != 0, "\(name), seed \(seed)")
      }
      // Of the kept checkpoints only the newest stands in the file beside the log, too.
      for entry in name == "checkpoints" ? entries.suffix(1) : entries[...] {
        let taken = try sound.verified { try RawTables(logOf: $0).put(name, order, entry.key, nil) }
        #expect(taken?.findingCount != 0, "\(entry.key) of \(name), seed \(seed)")
      }
      // `meta` may get more entries from a newer program.
      guard name != "meta" else { continue }
      let model = random.pick(entries)
      let key = order == .integer ? RawTables.key(.max - 5) : model.key + [7]
      let added = try sound.verified { try RawTables(logOf: $0).put(name, order, key, model.value) }
      #expect(added?.findingCount != 0, "\(name), seed \(seed)")
      guard order == .integer, let last = entries.last else { continue }
      let next = RawTables.key(last.key.span.bytes.u64(at: 0) + 1)
      let appended = try sound.verified { try RawTables(logOf: $0).put(name, order, next, last.value) }
      #expect(appended?.findingCount != 0, "\(name), seed \(seed)")
    }
  }

  @Test func `of the open tile is found bit by bit`() throws {
    let seed = testSeed()
    let sound = try SoundLedger(seed: seed, batches: 4)
    let entry = try #require(try RawTables(logOf: sound.path).entries("subtrees", .integer).first)
    for bit in 0..<entry.value.count * 8 where bit < 200 || bit % 11 == 0 {
      let report = try sound.report {
        var value = entry.value
        value[bit / 8] ^= 1 << UInt8(bit % 8)
        try RawTables(logOf: $0).put("subtrees", .integer, entry.key, value)
      }
      #expect(report.findingCount == 1, "bit \(bit), seed \(seed): \(report.findings)")
    }
    for value in [[], [1], entry.value + [0], Array(entry.value.dropLast())] as [[UInt8]] {
      let report = try sound.report { try RawTables(logOf: $0).put("subtrees", .integer, entry.key, value) }
      #expect(report.findings.map(\.what) == ["the open tile of the hash tree can't be read"])
    }
  }

  @Test func `that swaps names is found, also where each is registered`() throws {
    let sound = try SoundLedger(seed: testSeed(), batches: 10)
    let report = try sound.report {
      let raw = RawTables(logOf: $0)
      let entries = try raw.entries("names", .integer)
      try raw.put("names", .integer, entries[0].key, entries[1].value)
      try raw.put("names", .integer, entries[1].key, entries[0].value)
    }
    #expect(report.findingCount >= 2 && report.findings[0].what.hasPrefix("name #1: record"))
    let gone = try sound.report {
      let raw = RawTables(logOf: $0)
      let entry = try raw.entries("names", .integer)[0]
      try raw.put("names", .integer, entry.key, Array(entry.value.prefix(23)))
    }
    #expect(gone.findings.first?.what == "name #1: its text is gone and its salt is not")
    let destroyed = try sound.report {
      let raw = RawTables(logOf: $0)
      let entry = try raw.entries("names", .integer)[0]
      let salt = [UInt8](repeating: 0, count: 16)
      try raw.put("nameIndex", .bytes, [entry.value[0]] + entry.value[23...], nil)
      try raw.put("names", .integer, entry.key, [entry.value[0]] + salt + entry.value[17..<23])
    }
    #expect(
      destroyed.findings.map(\.what) == [
        "name #1: its text is gone, and no record says that it was destroyed"
      ])
  }

  @Test func `of a checkpoint kept for another size is found`() throws {
    let sound = try SoundLedger(seed: testSeed(), batches: 10)
    let report = try sound.report {
      let raw = RawTables(logOf: $0)
      let entries = try raw.entries("checkpoints", .integer)
      try raw.put("checkpoints", .integer, RawTables.key(3), entries[0].value)
    }
    let first = try #require(try sound.kept().first).checkpoint.head.size
    #expect(report.findings.map(\.what) == ["the checkpoint that is kept for 3 records is of \(first)"])
  }

  @Test func `to what was destroyed is found: a name that came back, a redaction that nothing leads to`()
    throws
  {
    let sound = try SoundLedger(seed: testSeed())
    let entries = try RawTables(logOf: sound.path).entries("names", .integer)
    let alice = try #require(
      entries.first { $0.value[0] == 1 && $0.value[23...].elementsEqual("alice".utf8) })
    let number = alice.key.span.bytes.u64(at: 0)
    func redact(_ path: String) throws {
      let ledger = try Ledger(path: path)
      _ = try ledger.redact("alice", reason: "asked to", by: "ops", reporter: "host", now: .latest)
    }
    #expect(try sound.report { try redact($0) }.findings == [], "all old checkpoints hold")
    let back = try sound.report {
      try redact($0)
      let raw = RawTables(logOf: $0)
      try raw.put("names", .integer, alice.key, alice.value)
      try raw.put("nameIndex", .bytes, [1] + Array("alice".utf8), Array(alice.key.prefix(4)))
    }
    #expect(
      back.findings.map(\.what) == [
        "name #\(number): a record says that it was destroyed, and its text is there"
      ])
    let hidden = try sound.report {
      try redact($0)
      try RawTables(logOf: $0).put("meta", .integer, RawTables.key(35), nil)
    }
    #expect(
      hidden.findings.map(\.what) == [
        "name #\(number): its text is gone, and no record says that it was destroyed",
        "the table 'meta' leads to 0 records of kind 35, and 1 are there",
      ])
  }
}
