import Evidence
import LMDB
import Ledger
import LedgerTestSupport
import Synchronization
import Testing
import WorkloadModel

struct `Verifying a ledger` {
  private static let noViews: VerificationOptions = {
    var options = VerificationOptions()
    options.includesViews = false
    return options
  }()

  @Test func `finds nothing in a random history, with any number of workers`() throws {
    for round in 0..<testRounds(2) {
      let seed = testSeed() &+ UInt64(round)
      let sound = try SoundLedger(seed: seed)
      #expect(sound.last > 256, "a tile at least, seed \(seed)")
      for workers in [1, 2, 3, 8] {
        var options = VerificationOptions()
        options.workers = workers
        options.checkpoint = (sound.newest, sound.keys[1])
        let report = try sound.report(options)
        #expect(report.findings == [], "seed \(seed)")
        #expect(report.records == sound.last && report.root == sound.newest.checkpoint.head.root.base64)
        #expect(report.checkpoints == 4, "three kept, the newest in a file too, and the one that was named")
        #expect(report.names > 5 && (report.viewEntries ?? 0) > 50)
      }
    }
  }

  @Test func `looks at the views last, and at none that would be folded from a damaged log`() throws {
    let sound = try SoundLedger(seed: testSeed(), batches: 10)
    let differing = try sound.report { path in
      let raw = RawTables(path: path + "/views")
      var row = try #require(try raw.entries("rows", .integer).first)
      row.value[17] = 7
      try raw.put("rows", .integer, row.key, row.value)
    }
    #expect(differing.findingCount == 1 && differing.findings[0].position == nil)
    #expect(
      differing.findings[0].what.hasPrefix("1 entries of the views differ from the log, first in 'rows'"))
    let views = TemporaryFolder()
    let damaged = try sound.report { path in
      try RawTables(logOf: path).put("events", .integer, RawTables.key(5), nil)
      copyTree(path + "/views", to: views("before"))
      removeTree(path + "/views")
    }
    #expect(damaged.findings.first?.position == 5 && damaged.viewEntries == nil)
    let only = try sound.report(Self.noViews) { removeTree($0 + "/views") }
    #expect(only.findingCount == 0 && only.viewEntries == nil)
  }

  @Test func `that is open for reading only leaves the views out`() throws {
    let sound = try SoundLedger(seed: testSeed(), batches: 10)
    let report = try Ledger(verifying: sound.path, access: .readOnly).verify(VerificationOptions())
    #expect(report.findingCount == 0 && report.viewEntries == nil && report.records == sound.last)
  }

  /// More records than one worker takes at a time.
  private func long() throws -> (folder: TemporaryFolder, path: String, last: UInt64) {
    let test = try TestLedger()
    let count = 150
    try test.append((0..<count).map { .creation(TestLedger.id($0)) })
    var next = 0
    for _ in 0..<33 {
      try test.append(
        (0..<500).map { _ in
          defer { next += 1 }
          return .command(next / count % 2 == 0 ? .started : .queued, TestLedger.id(next % count))
        })
    }
    return (test.folder, test.path, try test.ledger.lastPosition())
  }

  @Test func `goes on over the borders of what a worker takes at a time`() throws {
    let (folder, path, last) = try long()
    #expect(last > 16_640, "more than one segment and one tile")
    func report(_ workers: Int, _ damage: (String) throws -> Void = { _ in }) throws -> VerificationReport {
      let copy = TemporaryFolder()
      copyTree(path, to: copy("ledger"))
      try damage(copy("ledger"))
      var options = Self.noViews
      options.workers = workers
      let seen = Mutex<[UInt64]>([])
      let report = try Ledger(path: copy("ledger")).verify(options) { done, end in
        seen.withLock { $0.append(done) }
        #expect(end == last)
      }
      #expect(seen.withLock { $0.max() } == last)
      return report
    }
    let whole = try report(1)
    #expect(whole.findingCount == 0 && whole.records == last)
    for workers in [2, 5] { #expect(try report(workers).root == whole.root) }
    // At both sides of the border, and at the ends of a tile.
    for position in [16_384, 16_385, 16_386, 16_640, 16_641, last] as [UInt64] {
      let changed = try report(2) { path in
        let raw = RawTables(logOf: path)
        var record = try raw.entries("events", .integer)[Int(position) - 1]
        // Its reporter: nothing but the hash says so.
        record.value[12] ^= 0x10
        try raw.put("events", .integer, record.key, record.value)
      }
      #expect(changed.findings.first?.position == position)
      #expect(changed.findingCount == 1, "\(changed.findings)")
      // The link and the version come from before the segment.
      for (offset, what) in [(26, "as the record before it"), (4, "its version is")] {
        let forged = try report(2) { path in
          try forge(path) { if $0 == position { $1[offset] ^= 1 } }
        }
        #expect(forged.findings.first?.position == position)
        #expect(forged.findings.first?.what.contains(what) == true, "\(forged.findings)")
      }
    }
    let missing = try report(2) {
      try RawTables(logOf: $0).put("events", .integer, RawTables.key(16_390), nil)
    }
    #expect(missing.findings.first == VerificationFinding(16_390, "it is missing") && missing.root == "")
    withExtendedLifetime(folder) {}
  }
}
