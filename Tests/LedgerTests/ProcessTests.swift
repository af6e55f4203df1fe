import Glibc
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Several processes` {
  @Test(.timeLimit(.minutes(5)))
  func `that are killed at any moment lose nothing that was acknowledged, and no half batch`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let folder = TemporaryFolder()
    let path = folder("ledger")
    _ = try Ledger.create(at: path, now: TestLedger.time(0))
    var acknowledged = 0
    for round in 0..<testRounds(12) {
      let child = try ChildProcess("append", path: path, acks: folder("acks"), seed: seed &+ UInt64(round))
      // Wait for its first answer, or a while: it may also die before.
      for _ in 0..<400 where readFile(folder("acks")).count < acknowledged + 10 { usleep(5000) }
      usleep(UInt32(random.below(60_000)))
      child.kill()
      let acks = AckFile.read(folder("acks"))
      #expect(readFile(folder("acks")).count > acknowledged, "the child appended nothing: see its output")
      acknowledged = readFile(folder("acks")).count
      do {
        let ledger = try Ledger(path: path)
        for ack in acks.suffix(200) {
          let position = UInt64(ack[0]) ?? 0
          let id = try #require(WorkloadID(ack[1]))
          let details = try ledger.details(id, now: TestLedger.time(9))
          #expect(details.timeline.first?.position == position)
        }
        try expectWholeBatches(ledger, acks)
        let report = try ledger.replay()
        #expect(report.differenceCount == 0, "\(report.differences)")
        #expect(report.position == (try ledger.lastPosition()))
      }
      let positions = try RawTables(path: path + "/log").entries("events", .integer).map {
        $0.key.span.bytes.u64(at: 0)
      }
      #expect(positions == Array(1...UInt64(positions.count)), "positions have no gaps")
    }
  }

  private func expectWholeBatches(_ ledger: Ledger, _ acks: [[String]]) throws {
    var expected: (count: Int, next: Int) = (0, 0)
    var created: Set<UInt64> = []
    try ledger.history(HistoryQuery()) { event in
      guard case .created(let creation) = event.detail else { return true }
      created.insert(event.position)
      let words = creation.name.split(separator: " ").map { $0.filter(\.isNumber) }
      guard words.count == 4, let count = Int(words[2]), let index = Int(words[3]) else { return true }
      if expected.next < expected.count {
        #expect(count == expected.count && index == expected.next, "half a batch before \(event.position)")
      } else {
        #expect(index == 0, "half a batch at \(event.position)")
      }
      expected = (count, index + 1)
      return true
    }
    #expect(expected.next == expected.count, "the last batch is whole")
    for ack in acks { #expect(created.contains(UInt64(ack[0]) ?? 0), "\(ack)") }
  }

  @Test(.timeLimit(.minutes(5)))
  func `that write at once by expected versions take turns without a gap or a stale success`() throws {
    let seed = testSeed()
    let folder = TemporaryFolder()
    let path = folder("ledger")
    _ = try Ledger.create(at: path, now: TestLedger.time(0))
    do {
      let ledger = try Ledger(path: path)
      var batch = EventBatch()
      var project = Proposal(.projectCreated, .command, nil, at: TestLedger.time(0))
      (project.actor, project.project) = ("alice", "p")
      for proposal in [project, .creation(TestLedger.id(1)), .creation(TestLedger.id(2))] {
        proposal.add(to: &batch)
      }
      var outcomes: [EventOutcome] = []
      try ledger.append(&batch, now: TestLedger.time(0), outcomes: &outcomes)
    }
    let names = ["a", "b", "c"]
    let children = try names.enumerated().map { index, name in
      try ChildProcess("compete", path: path, acks: folder(name), seed: seed &+ UInt64(index))
    }
    for child in children { #expect(child.wait() == 0) }
    let acks = names.flatMap { AckFile.read(folder($0)) }
    #expect(acks.count == 450)
    let ledger = try Ledger(path: path)
    for number in 1...2 {
      let id = TestLedger.id(number)
      let theirs = acks.filter { $0[0] == id.description }
      let versions = theirs.compactMap { UInt32($0[1]) }.sorted()
      #expect(versions == Array(2...UInt32(versions.count + 1)), "each version was given once")
      let timeline = try ledger.details(id, now: TestLedger.time(9)).timeline
      #expect(timeline.count == versions.count + 1)
      let inOrder = theirs.sorted { (UInt32($0[1]) ?? 0) < (UInt32($1[1]) ?? 0) }.compactMap { UInt64($0[2]) }
      #expect(inOrder == timeline.dropFirst().map(\.position))
    }
    #expect(try ledger.replay().differenceCount == 0)
  }
}
