import Glibc
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Stored views` {
  private static let now = Timestamp(microseconds: 1_800_000_000_000_000)

  /// A ledger with a random history, closed for `meanwhile`, that must give all the same answers after it.
  private func reopened(
    _ seed: UInt64, closing: Bool = false, _ meanwhile: (LedgerHarness) throws -> Void
  ) throws -> LedgerHarness {
    let harness = try LedgerHarness()
    var maker = HistoryMaker(seed: seed)
    for step in 0..<40 {
      try harness.append(maker.batch(harness.model), now: maker.now())
      // What only questions about the past need comes up in steps of its own.
      if step % 7 == 3 { try harness.ledger.foldPast(upTo: harness.lastPosition / 3 * 2) }
    }
    try harness.ledger.foldPast(upTo: .max)
    try harness.reopen(closing: closing) { try meanwhile(harness) }
    return harness
  }

  private func expectSame(_ harness: LedgerHarness, _ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    try harness.compareAll(now: Self.now, &random)
    try harness.compareReplay()
  }

  private func views(_ harness: LedgerHarness) -> RawTables { RawTables(path: harness.path + "/views") }

  @Test func `are the same byte for byte, kept step by step or folded anew`() throws {
    var filled: Set<String> = []
    for round in 0..<testRounds(3) {
      let seed = testSeed() &+ UInt64(round)
      var stored: [String: [RawTables.Entry]] = [:]
      let harness = try reopened(seed) { stored = try views($0).dump() }
      let report = try harness.ledger.rebuild()
      #expect(report.wasRebuilt && report.position == harness.lastPosition)
      try harness.ledger.foldPast(upTo: .max)
      try harness.reopen(closing: true) {
        let rebuilt = try views(harness).dump()
        for (name, _) in RawTables.views {
          #expect(rebuilt[name] == stored[name], "\(name), seed \(seed)")
          if stored[name]?.isEmpty == false { filled.insert(name) }
        }
        removeTree(harness.path + "/views")
      }
      try expectSame(harness, seed)
      try harness.ledger.foldPast(upTo: .max)
      var again: [String: [RawTables.Entry]] = [:]
      try harness.reopen(closing: false) { again = try views(harness).dump() }
      #expect(again == stored)
    }
    // A single short history may leave one empty; none completes a chunk of names, which has a test of its own.
    #expect(filled == Set(RawTables.views.map(\.name)).subtracting(["chunks"]))
  }

  @Test func `that are of another schema, another boot, cut short or no views at all make themselves again`()
    throws
  {
    let seed = testSeed()
    let damages: [(String, (String) throws -> Void)] = [
      ("deleted", { removeTree($0) }),
      (
        "another schema",
        { path in
          let raw = RawTables(path: path)
          var meta = try raw.entries("meta", .integer)[0]
          meta.value[0] = 99
          try raw.put("meta", .integer, meta.key, meta.value)
        }
      ),
      ("another boot", { writeFile($0 + "/boot", Array("dirty of-another-boot\n".utf8)) }),
      ("no boot", { unlink($0 + "/boot") }),
      ("half a line of a boot", { writeFile($0 + "/boot", Array("dir".utf8)) }),
      ("an empty file", { writeFile($0 + "/data.mdb", []) }),
      ("one byte", { writeFile($0 + "/data.mdb", [0]) }),
      (
        "half a file", { writeFile($0 + "/data.mdb", Array(readFile($0 + "/data.mdb").prefix(16_384 + 100))) }
      ),
      ("two pages", { writeFile($0 + "/data.mdb", Array(readFile($0 + "/data.mdb").prefix(8192))) }),
      ("another file", { writeFile($0 + "/data.mdb", Array(repeating: 0x5A, count: 100_000)) }),
    ]
    for (name, damage) in damages {
      let harness = try reopened(seed) { try damage($0.path + "/views") }
      do { try expectSame(harness, seed) } catch { Issue.record("\(name): \(error)") }
    }
  }

  @Test func `that another boot closed cleanly are trusted`() throws {
    let seed = testSeed()
    var stored: [String: [RawTables.Entry]] = [:]
    let harness = try reopened(seed, closing: true) { harness in
      let boot = String(decoding: readFile(harness.path + "/views/boot"), as: UTF8.self)
      #expect(boot.hasPrefix("clean "))
      writeFile(harness.path + "/views/boot", Array("clean of-another-boot\n".utf8))
      stored = try views(harness).dump()
    }
    try expectSame(harness, seed)
    var again: [String: [RawTables.Entry]] = [:]
    try harness.reopen(closing: false) { again = try views(harness).dump() }
    #expect(again == stored)
  }

  @Test func `are not called clean while somebody goes on writing`() throws {
    let test = try TestLedger()
    try test.append(.creation(TestLedger.id(1)))
    try test.ledger.close()
    try test.append(.creation(TestLedger.id(2)))
    #expect(String(decoding: readFile(test.path + "/views/boot"), as: UTF8.self).hasPrefix("dirty "))
  }

  @Test func `of before a crash between the two commits are caught up`() throws {
    let seed = testSeed()
    let aside = TemporaryFolder()
    let harness = try reopened(seed) { copyTree($0.path + "/views", to: aside("views")) }
    var maker = HistoryMaker(seed: ~seed)
    for _ in 0..<5 { try harness.append(maker.batch(harness.model), now: maker.now()) }
    for isWrittenFirst in [false, true] {
      try harness.reopen(closing: false) {
        removeTree(harness.path + "/views")
        copyTree(aside("views"), to: harness.path + "/views")
      }
      // The first to come may be a writer, who decides by the views.
      if isWrittenFirst { try harness.append(maker.batch(harness.model), now: maker.now()) }
      try expectSame(harness, seed)
    }
  }

  @Test func `that are ahead of a restored log begin anew`() throws {
    let seed = testSeed()
    let aside = TemporaryFolder()
    let harness = try reopened(seed) { copyTree($0.path + "/log", to: aside("log")) }
    let (model, position) = (harness.model, harness.lastPosition)
    var maker = HistoryMaker(seed: ~seed)
    for _ in 0..<9 { try harness.append(maker.batch(harness.model), now: maker.now()) }
    try harness.reopen(closing: false) {
      removeTree(harness.path + "/log")
      copyTree(aside("log"), to: harness.path + "/log")
    }
    harness.goBack(to: model, position)
    try expectSame(harness, seed)
  }

  @Test func `with any damaged entry are named by replay and healed by rebuild`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    // A short history completes no chunk of names; those have a test of their own below.
    for (name, order) in RawTables.views where !["meta", "chunks"].contains(name) {
      for damage in ["changed", "taken away", "added"] {
        let harness = try reopened(seed) { harness in
          let raw = views(harness)
          var entry = random.pick(try raw.entries(name, order))
          switch damage {
          case "changed":
            let index = random.below(entry.value.count)
            entry.value[index] ^= 1 << UInt8(random.below(8))
            try raw.put(name, order, entry.key, entry.value)
          case "taken away": try raw.put(name, order, entry.key, nil)
          default:
            entry.key = entry.key.map { ~$0 }
            try raw.put(name, order, entry.key, entry.value)
          }
        }
        let report = try harness.ledger.replay()
        #expect(report.differenceCount == 1, "\(name) \(damage), seed \(seed)")
        #expect(report.differences.first?.view == name)
        #expect((report.differences.first?.stored == nil) == (damage == "taken away"))
        #expect((report.differences.first?.expected == nil) == (damage == "added"))
        _ = try harness.ledger.rebuild()
        try harness.compareReplay()
      }
    }
  }

  @Test func `with a damaged chunk of names are named by replay and healed by rebuild`() throws {
    let test = try TestLedger()
    let count = 2_100
    // In two batches, so that the second puts the blocks of the first together.
    for batch in [1...2_000, 2_001...count] {
      _ = try test.append(batch.map { .creation(TestLedger.id($0), "train-\($0)") })
    }
    #expect(try test.ledger.replay().differenceCount == 0)
    let (path, folder) = (test.path, test.folder)
    _ = consume test
    let raw = RawTables(path: path + "/views")
    var chunk = try #require(try raw.entries("chunks", .integer).first)
    chunk.value[chunk.value.count - 2] ^= 1
    try raw.put("chunks", .integer, chunk.key, chunk.value)
    let ledger = try Ledger(path: path)
    let report = try ledger.replay()
    #expect(report.differenceCount == 1 && report.differences.first?.view == "chunks")
    _ = try ledger.rebuild()
    #expect(try ledger.replay().differenceCount == 0)
    // Names in the chunk and behind it are found alike.
    for number in [1, 2_048, 2_049, count] {
      #expect(try ledger.find("train-\(number)", project: "p").id == TestLedger.id(number))
    }
    withExtendedLifetime(folder) {}
  }

  @Test func `name the workload, the field and both values, and heal under a running reader`() async throws {
    let test = try TestLedger()
    try test.append(
      .creation(TestLedger.id(1)), .creation(TestLedger.id(2)), .command(.started, TestLedger.id(2)))
    let path = test.path
    let folder = test.folder
    let position = try test.ledger.details(TestLedger.id(2), now: Self.now).workload.lastPosition
    _ = consume test
    let raw = RawTables(path: path + "/views")
    var row = try raw.entries("rows", .integer)[1]
    row.value[17] = Run.pending.rawValue
    try raw.put("rows", .integer, row.key, row.value)
    let ledger = try Ledger(path: path)
    let difference = try ledger.replay().differences.first
    #expect(difference?.workload == TestLedger.id(2) && difference?.view == "rows")
    #expect(
      difference?.field == "status" && difference?.stored == "Pending" && difference?.expected == "Running")
    async let pages = Task.detached {
      var seen: Set<String> = []
      for _ in 0..<300 {
        let page = try ledger.page(WorkloadQuery(project: "p"), now: Self.now)
        seen.insert(page.items.map(\.status.label).joined(separator: " "))
      }
      return seen
    }.value
    for _ in 0..<20 { _ = try ledger.rebuild() }
    #expect(try await pages.isSubset(of: ["Pending Added", "Running Added"]))
    let page = try ledger.page(WorkloadQuery(project: "p"), now: Self.now)
    #expect(page.items.map(\.status) == [.running, .added] && page.items[0].lastPosition == position)
    #expect(try ledger.replay().differenceCount == 0)
    withExtendedLifetime(folder) {}
  }
}

extension LedgerHarness {
  /// The log was restored from a copy: so is the model.
  func goBack(to model: ModelLedger, _ position: UInt64) {
    self.model = model
    lastPosition = position
  }
}
