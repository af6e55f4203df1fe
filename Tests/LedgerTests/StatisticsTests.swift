import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Numbers over time` {
  private static let hour: Int64 = 3600
  private static let day: Int64 = 24 * hour
  /// 2023-11-15T00:00:00Z, in the seconds of `TestLedger.time`.
  private static let midnight: Int64 = 6400
  private static let later = TestLedger.time(4000 * day)

  private func statistics(
    _ ledger: Ledger, _ since: Int64, _ until: Int64, now: Timestamp = later
  ) throws -> ProjectStatistics {
    try ledger.statistics(
      StatisticsQuery(project: "p", since: TestLedger.time(since), until: TestLedger.time(until)), now: now)
  }

  @Test func `a run that was put back and started again counts each of its parts`() throws {
    let test = try TestLedger()
    let start = Self.midnight
    try test.append(
      .step(.created, 1, 1, at: start), .step(.queued, 1, 2, at: start + 60),
      .step(.started, 1, 3, at: start + Self.hour), .step(.queued, 1, 4, at: start + 3 * Self.hour),
      .step(.started, 1, 5, at: start + 4 * Self.hour),
      .step(.failed, 1, 6, at: start + 4 * Self.hour + 1800),
      .step(.started, 1, 7, at: start + 5 * Self.hour))
    let buckets = try statistics(test.ledger, start, start + 7 * Self.hour).buckets
    #expect(buckets.map(\.numbers.created) == [1, 0, 0, 0, 0, 0, 0])
    #expect(buckets.map(\.numbers.started) == [0, 1, 0, 0, 1, 1, 0])
    #expect(buckets.map(\.numbers.failed) == [0, 0, 0, 0, 1, 0, 0])
    #expect(buckets.map(\.numbers.running) == [0, 1, 1, 0, 0, 1, 1])
    #expect(buckets.map(\.numbers.waiting) == [1, 0, 0, 1, 0, 0, 0])
    #expect(buckets.map(\.numbers.gpuMilliHours) == [0, 2000, 2000, 0, 1000, 2000, 2000])
    #expect(buckets.map(\.numbers.cpuMilliHours) == [0, 500, 500, 0, 250, 500, 500])
    // The first waited since its creation, the second since it was queued again; the third did not wait.
    #expect(buckets.map { $0.numbers.wait?.p50 } == [nil, 3_600_000_000, nil, nil, 3_600_000_000, nil, nil])
  }

  @Test func `what is not known is left out, and what lasts ends now`() throws {
    let test = try TestLedger()
    let start = Self.midnight
    var bound = Proposal.step(.started, 1, 2, at: start + 60)
    bound.isBound = true
    try test.append(
      .step(.created, 1, 1, at: start), bound, .step(.completed, 1, 3, at: start + 2 * Self.hour),
      .step(.created, 2, 4, at: start), .step(.started, 2, 5, at: start + 60),
      // By its clock it ended before it began: it took no time, and no time was taken away.
      .step(.created, 3, 6, at: start), .step(.started, 3, 7, at: start + 90),
      .step(.completed, 3, 8, at: start + 30))
    let now = TestLedger.time(start + Self.hour + 1800)
    let found = try statistics(test.ledger, start, start + 3 * Self.hour, now: now)
    #expect(found.until == now && found.buckets.map(\.end) == [TestLedger.time(start + Self.hour), now])
    #expect(found.buckets.map(\.numbers.started) == [2, 0])
    #expect(found.buckets.map(\.numbers.completed) == [1, 0])
    #expect(found.buckets.map(\.numbers.running) == [1, 1])
    #expect(found.buckets.map(\.numbers.waiting) == [0, 0])
    #expect(found.buckets.map(\.numbers.gpuMilliHours) == [1967, 1000])
    #expect(
      found.buckets.first?.numbers.wait
        == Percentiles(p50: 60_000_000, p90: 90_000_000, p95: 90_000_000, p99: 90_000_000))
    #expect(try statistics(test.ledger, start + 2 * Self.hour, start + 3 * Self.hour, now: now).buckets == [])
  }

  @Test func `a deletion ends a run, and a run under deletion goes on`() throws {
    let test = try TestLedger()
    let start = Self.midnight
    try test.append(
      .step(.created, 1, 1, at: start), .step(.started, 1, 2, at: start),
      .step(.deleteRequested, 1, 3, at: start + 60), .step(.deleted, 1, 4, at: start + Self.hour + 60))
    let buckets = try statistics(test.ledger, start, start + 2 * Self.hour).buckets
    #expect(buckets.map(\.numbers.running) == [1, 0])
    #expect(buckets.map(\.numbers.deleted) == [0, 1])
    #expect(buckets.map(\.numbers.terminated) == [0, 1])
  }

  @Test(arguments: [
    (0, hour, hour, 2), (midnight, midnight + 3 * day, hour, 72), (midnight, midnight + 3 * day + 1, day, 4),
    (0, 400 * day, day, 401), (midnight, midnight + 400 * day, day, 400),
    (midnight, midnight + 401 * day, 7 * day, 58), (0, 9 * 365 * day, 14 * day, 235),
  ])
  func `a span has no more buckets than can be looked at`(
    _ since: Int64, _ until: Int64, _ width: Int64, _ count: Int
  ) throws {
    let found = try statistics(TestLedger().ledger, since, until)
    #expect(found.bucketWidth == width * 1_000_000)
    #expect(found.buckets.count == count)
    try checkLayout(found)
  }

  private func checkLayout(_ found: ProjectStatistics) throws {
    let buckets = found.buckets
    #expect(buckets.count <= 401)
    #expect(try #require(buckets.first).start == found.since && #require(buckets.last).end == found.until)
    for (before, after) in zip(buckets, buckets.dropFirst()) {
      #expect(before.end == after.start)
      // Full hours, midnights; 2023-11-13 was a Monday.
      let monday = TestLedger.time(Self.midnight - 2 * Self.day).microseconds
      let unit = min(found.bucketWidth, 7 * Self.day * 1_000_000)
      #expect((after.start.microseconds - monday) % unit == 0)
    }
    for bucket in buckets.dropFirst().dropLast() {
      #expect(bucket.end.microseconds - bucket.start.microseconds == found.bucketWidth)
    }
  }

  @Test func `are what a naive count of the events says, for any history and span`() throws {
    for round in 0..<testRounds(4) {
      let seed = testSeed() &+ UInt64(round)
      var random = SeededRandom(seed: seed)
      let test = try TestLedger()
      try test.fill(events: 700, &random)
      let naive = NaiveStatistics(try test.events().filter { $0.project == "p" })
      for _ in 0..<12 {
        let since = Int64(random.below(5_000_000)) - 500_000
        let length = random.pick([Self.hour, 20 * Self.hour, 3 * Self.day, 20 * Self.day, 900 * Self.day])
        let now = random.oneIn(3) ? TestLedger.time(since + length / 2) : Self.later
        let found = try statistics(test.ledger, since, since + length, now: now)
        #expect(found.until == min(now, TestLedger.time(since + length)))
        try checkLayout(found)
        for bucket in found.buckets {
          #expect(bucket.numbers == naive.numbers(bucket.start, bucket.end), "seed \(seed)")
        }
      }
    }
  }

  @Test func `of a span in a long history are the same, though little of it is looked at`() throws {
    for round in 0..<testRounds(2) {
      let seed = testSeed() &+ UInt64(round)
      var random = SeededRandom(seed: seed)
      let test = try TestLedger()
      let events = round % 2 == 0 ? 16_000 : 64_000
      try test.fill(events: events, inBlocks: round % 2 == 1, &random)
      let naive = NaiveStatistics(try test.events().filter { $0.project == "p" })
      for _ in 0..<40 {
        let since = Int64(events * random.below(12) * 500 + random.below(events * 500))
        let length = random.pick([Self.hour, 20 * Self.hour, 9 * Self.day])
        for bucket in try statistics(test.ledger, since, since + length).buckets {
          #expect(bucket.numbers == naive.numbers(bucket.start, bucket.end), "seed \(seed)")
        }
      }
    }
  }

  @Test func `look at no workload that had ended before the span or began behind it`() throws {
    let workloads = 6000
    let (folder, path) = try TestLedger.closed()
    let span = StatisticsQuery(project: "p", since: TestLedger.time(30_000), until: TestLedger.time(31_000))
    var all = span
    (all.since, all.until) = (TestLedger.time(0), TestLedger.time(70_000))
    let before: ProjectStatistics
    do {
      let ledger = try Ledger(path: path)
      var batch = EventBatch()
      for number in 0..<workloads {
        for (step, kind) in [EventKind.created, .started, .completed].enumerated() {
          let count = UInt64(number * 3 + step + 1)
          if kind == .completed, number == 7 { continue }
          Proposal.step(kind, number, count, at: Int64(number * 10 + step)).add(to: &batch)
        }
      }
      var outcomes: [EventOutcome] = []
      try ledger.append(&batch, now: Self.later, outcomes: &outcomes)
      before = try ledger.statistics(span, now: Self.later)
      #expect(before.buckets.reduce(0) { $0 + $1.numbers.created } == 100)
      // One runs all through it.
      #expect(before.buckets.map(\.numbers.running) == [1])
    }
    // The rows of what is long over and of what comes later are lost.
    let views = RawTables(path: path + "/views")
    let rows = try views.entries("rows", .integer)
    #expect(rows.count == workloads)
    for row in [rows[0], rows[1], rows[5998], rows[5999]] { try views.put("rows", .integer, row.key, nil) }
    let ledger = try Ledger(path: path)
    #expect(try ledger.statistics(span, now: Self.later) == before)
    #expect(throws: LedgerError.self) { try ledger.statistics(all, now: Self.later) }
    withExtendedLifetime(folder) {}
  }

  @Test func `a span that ends before it begins is refused, and so is a project that is not there`() throws {
    let test = try TestLedger()
    #expect(throws: LedgerError.self) { try statistics(test.ledger, 10, 10) }
    let query = StatisticsQuery(project: "nope", since: TestLedger.time(0), until: TestLedger.time(1))
    #expect(throws: LedgerError.notFound(kind: "project", name: "nope")) {
      try test.ledger.statistics(query, now: Self.later)
    }
  }
}
