import EventStore
import LMDB
import LedgerTestSupport
import ReadModels
import Testing
import WorkloadModel

struct `A page` {
  private struct Known {
    var stream: UInt64
    var name: [UInt8]
    var type: WorkloadType?
    var status: WorkloadStatus
    var owner: UInt32
    var cluster: UInt32
  }

  /// Two projects, the first with more than two chunks of workloads; names, steps and batches at random.
  private func fill(_ harness: FoldHarness, _ random: inout SeededRandom, rows: Int) throws -> [[Known]] {
    var projects: [[Known]] = [[], []]
    let parts = ["train", "EVAL", "straße", "Ünï", "job", "Σίσυφος", "x", "lora"]
    for _ in 0..<rows {
      let project = random.oneIn(9) ? 1 : 0
      var batch = EventBatch()
      let name = (0..<1 + random.below(3)).map { _ in random.pick(parts) }.joined(separator: "-")
      var event = ProposedEvent(
        .created, .observation, subject: WorkloadID(high: random.next() | 1, low: random.next()),
        occurredAt: Timestamp(microseconds: 5))
      event.name = batch.addText(name)
      event.type = random.oneIn(9) ? nil : random.pick(WorkloadType.allCases)
      var names = EventNames()
      // Some owners and clusters are rare, so that their bitmaps are sparse.
      names.owner = NameNumber(rawValue: UInt32(random.oneIn(400) ? 9 : random.below(3)))
      names.cluster = NameNumber(rawValue: UInt32(random.below(3)))
      let stream = harness.position + 1
      harness.add(event, project: UInt32(project + 1), stream: nil, names: names, batch)
      projects[project].append(
        Known(
          stream: stream, name: Array(FoldedName.fold(name).utf8), type: event.type, status: .added,
          owner: names.owner.rawValue,
          cluster: names.cluster.rawValue))
      if random.oneIn(2) {
        let place = random.oneIn(2) ? projects[project].count - 1 : random.below(projects[project].count)
        let (kind, status) = random.pick([
          (EventKind.started, WorkloadStatus.running), (.queued, .pending), (.deleted, .deleted),
          (.deleteRequested, .deleteRequested),
        ])
        if projects[project][place].status == .added {
          let known = projects[project][place]
          harness.add(
            ProposedEvent(kind, .observation, subject: .none, occurredAt: Timestamp(microseconds: 6)),
            project: UInt32(project + 1), stream: known.stream, batch)
          projects[project][place].status = status
        }
      }
      if random.oneIn(700) { try harness.flush() }
    }
    try harness.flush()
    return projects
  }

  @Test func `shows what a naive filter shows, for every combination of filters and at any depth`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let harness = try FoldHarness()
    let projects = try fill(harness, &random, rows: 19_000)
    let store = harness.store
    for combination in 0..<testRounds(1) * 64 {
      let project = combination % 5 == 4 ? 1 : 0
      var filter = PageFilter(project: NameNumber(rawValue: UInt32(project + 1)))
      if combination & 1 != 0 { filter.types = UInt16(random.below(256)) }
      if combination & 2 != 0 { filter.statuses = UInt16(random.below(1024)) }
      if combination & 4 != 0 { filter.owner = NameNumber(rawValue: random.pick([0, 1, 2, 9, 77])) }
      if combination & 8 != 0 { filter.cluster = NameNumber(rawValue: random.pick([0, 1, 2, 77])) }
      let part =
        combination & 16 != 0 ? random.pick(["TRAIN", "strasse", "σ", "x-x", "e", "lora-LORA", "none"]) : nil
      let isWhole = combination & 32 != 0 && part != nil
      let folded = part.map { Array(FoldedName.fold($0).utf8) } ?? []
      var expected: [UInt64] = []
      var ordinals: [Int] = []
      for (ordinal, known) in projects[project].enumerated().reversed() {
        guard filter.types & 1 << UInt16(known.type?.rawValue ?? 0) != 0,
          filter.statuses & 1 << UInt16(known.status.rawValue) != 0,
          filter.owner == nil || filter.owner?.rawValue == known.owner,
          filter.cluster == nil || filter.cluster?.rawValue == known.cluster
        else { continue }
        guard isWhole ? known.name == folded : folded.isEmpty || contains(known.name, folded) else {
          continue
        }
        expected.append(known.stream)
        ordinals.append(ordinal)
      }
      let limit = random.pick([1, 7, 50, 1000])
      var found: [UInt64] = []
      var bound: UInt32?
      // Walk some pages from the top, then jump deep.
      for _ in 0..<6 {
        let scan = try scan(store, filter, part, isWhole, bound, limit)
        #expect(scan.total == expected.count, "\(filter) \(part ?? "") seed \(seed)")
        found += scan.streams
        #expect(scan.streams == Array(expected.dropFirst(found.count - scan.streams.count).prefix(limit)))
        #expect(scan.hasMore == (found.count < expected.count))
        if !scan.hasMore { break }
        bound = scan.lastOrdinal
      }
      let deep = UInt32(random.below(projects[project].count + 2))
      let below = zip(expected, ordinals).filter { $0.1 < Int(deep) }.map(\.0)
      let scan = try scan(store, filter, part, isWhole, deep, limit)
      #expect(scan.streams == Array(below.prefix(limit)) && scan.hasMore == (below.count > limit))
    }
  }

  private func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard text.count >= part.count else { return false }
    return (0...text.count - part.count).contains { start in
      part.indices.allSatisfy { text[start + $0] == part[$0] }
    }
  }

  private func scan(
    _ store: ViewStore, _ filter: PageFilter, _ part: String?, _ isWhole: Bool, _ bound: UInt32?, _ limit: Int
  ) throws -> PageScan {
    try store.environment.read { (transaction) throws(LMDBError) in
      if let part, let needle = Needle(part) {
        return try store.scan(
          filter, named: needle, isWhole: isWhole, below: bound, limit: limit, transaction)
      }
      return try store.scan(filter, below: bound, limit: limit, transaction)
    }
  }

  @Test func `of names is not misled by a zero byte in what is searched for`() throws {
    let harness = try FoldHarness()
    var random = SeededRandom(seed: 1)
    _ = try fill(harness, &random, rows: 200)
    for part in ["\u{0}", "n\u{0}", "\u{0}train", "train\u{0}eval"] {
      let filter = PageFilter(project: NameNumber(rawValue: 1))
      #expect(try scan(harness.store, filter, part, false, nil, 9).total == 0, "\(part.utf8.map { $0 })")
    }
  }

  @Test func `of a project that is not there is empty`() throws {
    let harness = try FoldHarness()
    try harness.flush()
    let filter = PageFilter(project: NameNumber(rawValue: 5))
    #expect(try scan(harness.store, filter, nil, false, nil, 9).total == 0)
    #expect(try scan(harness.store, filter, "x", false, nil, 9).total == 0)
  }
}

struct `Runs of numbered events` {
  @Test func `find each event where it is, in whatever order the numbers came`() throws {
    for round in 0..<testRounds(12) {
      let seed = testSeed() &+ UInt64(round)
      var random = SeededRandom(seed: seed)
      let harness = try FoldHarness()
      var known: [UInt64: UInt64] = [:]
      var next: UInt64 = 50
      var event = ProposedEvent(
        .projectCreated, .observation, subject: .none, occurredAt: Timestamp(microseconds: 1))
      for _ in 0..<400 {
        var number = next
        switch random.below(6) {
        case 0: number = UInt64(1 + random.below(Int(next) + 20))
        case 1: number = next + UInt64(random.below(9))
        case 2: number = random.oneIn(9) ? UInt64(Int64.max) - UInt64(random.below(5)) : next
        default: break
        }
        if known[number] != nil { continue }
        if number < 1 << 40 { next = max(next, number + 1) }
        event.identity = .number(number)
        var names = EventNames()
        names.source = NameNumber(rawValue: 7)
        known[number] = harness.position + 1
        harness.add(event, project: 1, stream: 1, names: names, EventBatch())
        if random.oneIn(12) { try expect(harness, known, next, &random, seed) }
      }
      try expect(harness, known, next, &random, seed)
    }
  }

  private func expect(
    _ harness: FoldHarness, _ known: [UInt64: UInt64], _ next: UInt64, _ random: inout SeededRandom,
    _ seed: UInt64
  ) throws {
    let numbers =
      Array(known.keys) + (0..<20).map { _ in UInt64(1 + random.below(Int(next) + 30)) } + [UInt64(Int64.max)]
    for isStored in [false, true] {
      try harness.flush { (projection, transaction) throws(LMDBError) in
        for number in numbers {
          let found = try projection.position(ofNumber: number, from: NameNumber(rawValue: 7), transaction)
          #expect(found == known[number], "\(number), stored: \(isStored), seed \(seed)")
          let other = try projection.position(ofNumber: number, from: NameNumber(rawValue: 8), transaction)
          #expect(other == nil)
        }
      }
    }
  }
}
