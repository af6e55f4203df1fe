import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Numbers of groups` {
  private static let hour: Int64 = 3600
  private static let day: Int64 = 24 * hour
  /// 2023-11-15T00:00:00Z, in the seconds of `TestLedger.time`.
  private static let midnight: Int64 = 6400
  private static let later = TestLedger.time(4000 * day)

  private func statistics(
    _ test: TestLedger, by grouping: StatisticsGrouping? = nil, _ projects: [String] = ["p"],
    since: Int64? = nil, until: Int64? = nil, now: Timestamp = later
  ) throws -> GroupStatistics {
    var query = GroupStatisticsQuery(projects: projects, grouping: grouping)
    query.since = since.map(TestLedger.time)
    query.until = until.map(TestLedger.time)
    return try test.ledger.statistics(query, now: now)
  }

  /// Two of ada and one of bob in `p`, one of nobody in `q`.
  private func story() throws -> TestLedger {
    let test = try TestLedger()
    var number: UInt64 = 0
    func step(
      _ kind: EventKind, _ workload: Int, at seconds: Int64, project: String = "p", owner: String? = nil,
      type: WorkloadType? = nil
    ) -> Proposal {
      number += 1
      var step = Proposal.step(kind, workload, number, at: Self.midnight + seconds)
      (step.project, step.owner, step.type) = (project, owner, type)
      if kind == .created { step.cluster = "c\(workload)" }
      return step
    }
    try test.append(
      step(.created, 1, at: 0, owner: "ada", type: .training), step(.started, 1, at: 60),
      step(.completed, 1, at: 60 + Self.hour), step(.created, 2, at: 0, owner: "bob", type: .workspace),
      step(.started, 2, at: 120), step(.failed, 2, at: 120 + 3 * Self.hour),
      step(.created, 3, at: Self.hour, owner: "ada", type: .training), step(.queued, 3, at: Self.hour + 5),
      step(.created, 4, at: 3 * Self.day, project: "q"), step(.started, 4, at: 3 * Self.day + 10),
      step(.completed, 4, at: 3 * Self.day + 20), step(.deleted, 4, at: 4 * Self.day))
    return test
  }

  private func names(_ found: GroupStatistics) -> [String] { found.groups.map(\.name) }

  @Test func `the total has all, and no groups where none were asked for`() throws {
    let total = try statistics(story(), ["p", "q"])
    #expect(total.groups == [] && total.grouping == nil && total.since == nil && total.until == Self.later)
    #expect(total.projects == ["p", "q"] && total.position > 12)
    let numbers = total.total
    #expect([numbers.created, numbers.started, numbers.deleted] == [4, 3, 1])
    #expect([numbers.completed, numbers.failed, numbers.terminated] == [2, 1, 0])
    #expect([numbers.running, numbers.waiting] == [0, 1])
    #expect(numbers.successMillionths == 666_666)
    #expect(
      numbers.wait == Percentiles(p50: 60_000_000, p90: 120_000_000, p95: 120_000_000, p99: 120_000_000))
    #expect(numbers.runTime?.p50 == 3_600_000_000 && numbers.runTime?.p99 == 10_800_000_000)
    // Four hours and ten seconds of half a core, a GiB and two GPUs.
    #expect(numbers.cpuMilliHours == 2001 && numbers.gpuMilliHours == 8006)
    #expect(numbers.memoryMilliGiBHours == 4003)
  }

  @Test func `come by what workloads have in common, the most first and then by name`() throws {
    let test = try story()
    #expect(try names(statistics(test, by: .type)) == ["Training", "Workspace"])
    #expect(try names(statistics(test, by: .owner)) == ["ada", "bob"])
    #expect(try names(statistics(test, by: .owner, ["q", "p"])) == ["ada", "bob", "unknown"])
    #expect(try names(statistics(test, by: .type, ["q", "p"])) == ["Training", "Workspace", "unknown"])
    #expect(try names(statistics(test, by: .cluster)) == ["c1", "c2", "c3"])
    #expect(try names(statistics(test, by: .project, ["q", "p"])) == ["p", "q"])
    #expect(
      try names(statistics(test, by: .status, ["p", "q"])) == ["Complete", "Deleted", "Failed", "Pending"])
    let owners = try statistics(test, by: .owner)
    #expect(owners.groups.map(\.numbers.created) == [2, 1] && owners.total.created == 3)
    #expect(owners.groups.map(\.numbers.successMillionths) == [1_000_000, 0])
    #expect(owners.groups.map(\.numbers.waiting) == [1, 0])
    #expect(owners.groups.map(\.numbers.gpuMilliHours) == [2000, 6000] && owners.total.gpuMilliHours == 8000)
    #expect(
      try statistics(test, by: .owner, ["p", "p"]).groups == owners.groups, "a project counts once")
  }

  @Test func `count in their span alone, and groups of which nothing counts are not there`() throws {
    let test = try story()
    let start = Self.midnight + Self.hour
    let found = try statistics(test, by: .owner, since: start, until: start + Self.hour)
    #expect(found.since == TestLedger.time(start) && names(found) == ["ada", "bob"])
    #expect(found.groups.map(\.numbers.created) == [1, 0] && found.groups.map(\.numbers.started) == [0, 0])
    #expect(found.groups.map(\.numbers.running) == [0, 1])
    #expect(found.groups.map(\.numbers.completed) == [1, 0])
    #expect(found.groups.map(\.numbers.gpuMilliHours) == [33, 2000] && found.total.gpuMilliHours == 2033)
    #expect(found.groups.map(\.numbers.wait) == [nil, nil])
    #expect(found.groups.map(\.numbers.successMillionths) == [1_000_000, nil])
    #expect(try names(statistics(test, by: .owner, since: 5 * Self.day)) == ["ada"], "one still waits")
    #expect(try names(statistics(test, by: .owner, ["q"], since: 5 * Self.day)) == [])
  }

  @Test func `days are all that lie between the first and the last with something in it`() throws {
    let test = try story()
    let found = try statistics(test, by: .day, ["q"])
    #expect(names(found) == ["2023-11-18", "2023-11-19"] && found.since == nil)
    #expect(found.groups.map(\.numbers.created) == [1, 0] && found.groups.map(\.numbers.deleted) == [0, 1])
    let both = try statistics(test, by: .day, ["p", "q"], until: Self.midnight + 5 * Self.day)
    #expect(
      names(both) == ["2023-11-15", "2023-11-16", "2023-11-17", "2023-11-18", "2023-11-19"])
    #expect(both.groups.map(\.numbers.created) == [3, 0, 0, 1, 0])
    #expect(both.groups.map(\.numbers.waiting) == [1, 1, 1, 1, 1] && both.total.waiting == 1)
    #expect(both.total.created == 4 && both.total.gpuMilliHours == 8006)
    let asked = try statistics(
      test, by: .day, ["q"], since: Self.midnight + 2 * Self.day - 60, until: Self.midnight + 6 * Self.day)
    #expect(
      names(asked) == ["2023-11-16", "2023-11-17", "2023-11-18", "2023-11-19", "2023-11-20"])
    #expect(try statistics(test, by: .day, ["q"], since: 300 * Self.day).groups == [])
  }

  @Test func `there are none of projects in which nothing happened`() throws {
    let test = try TestLedger()
    for grouping in StatisticsGrouping.allCases {
      let found = try statistics(test, by: grouping)
      #expect(found.groups == [] && found.total == StatisticsNumbers(), "\(grouping)")
      #expect(try statistics(test, by: grouping, []).total == StatisticsNumbers())
    }
  }

  @Test func `a span that ends before it begins, or of more days than can be read, is refused`() throws {
    let test = try story()
    #expect(throws: LedgerError.self) { try statistics(test, since: 10, until: 10) }
    #expect(throws: LedgerError.self) { try statistics(test, since: 10, now: TestLedger.time(10)) }
    #expect(throws: LedgerError.notFound(kind: "project", name: "nope")) {
      try statistics(test, ["p", "nope"])
    }
    #expect(try statistics(test, by: .day, since: 4000 * Self.day - 36_524 * Self.day).groups.count == 36_525)
    let tooMany = #expect(throws: LedgerError.self) {
      try statistics(test, by: .day, since: 4000 * Self.day - 36_525 * Self.day)
    }
    #expect(tooMany?.message.contains("there are 36526 days") == true, "\(String(describing: tooMany))")
    // The time of a clock that was never set.
    var never = Proposal.step(.created, 9, 99, at: 0)
    never.occurredAt = .earliest
    try test.append(never)
    #expect(throws: LedgerError.self) { try statistics(test, by: .day) }
    #expect(try statistics(test, by: .type).total.created == 4)
  }

  // MARK: Against a naive count

  /// What a workload is grouped by, from its creation.
  private func groups(
    _ events: [Event], by grouping: StatisticsGrouping, _ test: TestLedger
  ) throws -> [String: Set<WorkloadID>] {
    var groups: [String: Set<WorkloadID>] = [:]
    for event in events where event.isApplied {
      guard let id = event.subject, case .created(let creation) = event.detail else { continue }
      let name: String? =
        switch grouping {
        case .type: creation.type?.label
        case .owner: creation.owner
        case .cluster: creation.cluster
        case .project: event.project
        case .status: try test.ledger.find(id.description, project: nil).status.label
        case .day: nil
        }
      groups[name ?? "unknown", default: []].insert(id)
    }
    return groups
  }

  @Test func `are what a naive count of the events says, for any history, span and grouping`() throws {
    for round in 0..<testRounds(3) {
      let seed = testSeed() &+ UInt64(round)
      var random = SeededRandom(seed: seed)
      let test = try TestLedger()
      try test.fill(events: 600, &random)
      let events = try test.events()
      for grouping in StatisticsGrouping.allCases where grouping != .day {
        let groups = try groups(events, by: grouping, test)
        for _ in 0..<3 {
          let since = random.oneIn(3) ? nil : Int64(random.below(4_000_000)) - 500_000
          let length = random.pick([Self.hour, Self.day, 20 * Self.day, 900 * Self.day])
          let until = random.oneIn(3) ? nil : (since ?? 0) + length
          let found = try statistics(test, by: grouping, ["p", "q"], since: since, until: until)
          let (start, end) = (found.since ?? .earliest, found.until)
          let expected = groups.mapValues { ids in
            NaiveStatistics(events.filter { $0.subject.map(ids.contains) ?? false }).numbers(start, end)
          }.filter { $0.value != StatisticsNumbers() }
          let sorted = expected.sorted {
            $0.value.created == $1.value.created ? $0.key < $1.key : $0.value.created > $1.value.created
          }
          #expect(names(found) == sorted.map(\.key), "seed \(seed), by \(grouping)")
          #expect(found.groups.map(\.numbers) == sorted.map(\.value), "seed \(seed), by \(grouping)")
          #expect(found.total == NaiveStatistics(events).numbers(start, end), "seed \(seed), by \(grouping)")
        }
      }
    }
  }

  @Test func `of days are what a naive count of each day says`() throws {
    for round in 0..<testRounds(3) {
      let seed = testSeed() &+ UInt64(round)
      var random = SeededRandom(seed: seed)
      let test = try TestLedger()
      try test.fill(events: 400, &random)
      let naive = NaiveStatistics(try test.events())
      for _ in 0..<3 {
        let since = random.oneIn(2) ? nil : Int64(random.below(4_000_000)) - 500_000
        let until = random.oneIn(2) ? nil : (since ?? 0) + Int64(random.below(60)) * Self.day + 1
        let now = TestLedger.time(Int64(random.below(9_000_000)))
        if TestLedger.time(since ?? until.map { $0 - 1 } ?? 0) >= now { continue }
        let found = try statistics(test, by: .day, ["p", "q"], since: since, until: until, now: now)
        #expect(found.total == naive.numbers(found.since ?? .earliest, found.until), "seed \(seed)")
        var days: [GroupStatistics.Group] = []
        for day in Self.days(from: found.since ?? TestLedger.time(-30_000_000), until: found.until) {
          days.append(
            .init(name: String(day.start.rfc3339.prefix(10)), numbers: naive.numbers(day.start, day.end)))
        }
        if since == nil { days = Array(days.drop { $0.numbers == StatisticsNumbers() }) }
        while until == nil, days.last?.numbers == StatisticsNumbers() { days.removeLast() }
        #expect(found.groups == days, "seed \(seed)")
      }
    }
  }

  @Test func `the first day is found in a long history too, most of which the tables of the past have`()
    throws
  {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let test = try TestLedger()
    try test.fill(events: 7_000, &random)
    // One that is reported last was the first, by five days.
    try test.append(.step(.created, 9_999, 9_999, at: -10 * Self.day))
    for projects in [["p"], ["q"], ["p", "q"]] {
      let found = try statistics(test, by: .day, projects).groups
      let asked = try statistics(test, by: .day, projects, since: -40 * Self.day).groups
      #expect(found == Array(asked.drop { $0.numbers == StatisticsNumbers() }), "seed \(seed), \(projects)")
      #expect(
        found.count > 400 && (found.first?.name == "2023-11-04") == projects.contains("p"), "seed \(seed)")
    }
  }

  /// The days of a span, the first and the last cut to it.
  private static func days(from start: Timestamp, until end: Timestamp) -> [(
    start: Timestamp, end: Timestamp
  )] {
    var days: [(start: Timestamp, end: Timestamp)] = []
    var start = start
    while start < end {
      let next = (start.microseconds / 86_400_000_000 + 1) * 86_400_000_000
      let stop = min(end, Timestamp(microseconds: next))
      days.append((start, stop))
      start = stop
    }
    return days
  }
}
