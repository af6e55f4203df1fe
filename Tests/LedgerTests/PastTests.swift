import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `The past of a ledger` {
  private static let now = Timestamp(microseconds: 1_900_000_000_000_000)

  /// A random history and all its events.
  private func history(_ seed: UInt64, batches: Int) throws -> (LedgerHarness, [Event]) {
    let harness = try LedgerHarness()
    var maker = HistoryMaker(seed: seed)
    for _ in 0..<batches { try harness.append(maker.batch(harness.model), now: maker.now()) }
    var events: [Event] = []
    try harness.ledger.history(HistoryQuery()) { event in
      events.append(event)
      return true
    }
    return (harness, events)
  }

  private func template(_ ledger: Ledger, _ events: [Event]) throws -> Workload {
    let id = try #require(events.first { $0.kind == .created }?.subject)
    return try ledger.details(id, now: Self.now).workload
  }

  private func query(_ project: String, _ random: inout SeededRandom) -> WorkloadQuery {
    var query = WorkloadQuery(project: project)
    if random.oneIn(3) { query.name = random.pick(["TRAIN", "strasse", "é", "x", "nothing", "n-B"]) }
    if random.oneIn(3) { query.types = [random.pick(WorkloadType.allCases), .training] }
    if random.oneIn(2) {
      query.statuses = Set((0..<1 + random.below(6)).map { _ in random.pick(WorkloadStatus.allCases) })
    }
    if random.oneIn(4) { query.owner = random.pick(HistoryMaker.users + ["unknown", "nobody"]) }
    if random.oneIn(4) { query.cluster = random.pick(["c1", "c2", "c3", "unknown"]) }
    query.includesDeleted = random.oneIn(2)
    query.limit = 1 + random.below(9)
    return query
  }

  /// All pages of a query one after the other, and that each says the same total.
  private func pages(_ ledger: Ledger, _ query: WorkloadQuery) throws -> [Workload] {
    var query = query
    var found: [Workload] = []
    var totals: Set<Int> = []
    while true {
      let page = try ledger.page(query, now: Self.now)
      totals.insert(page.total)
      found += page.items
      query.pageToken = page.nextPageToken
      if query.pageToken == nil || found.count > page.total { break }
      #expect(page.items.count == query.limit)
    }
    #expect(totals == [found.count])
    return found
  }

  @Test func `as of every position is the fold of the events up to it, however much of it is folded already`()
    throws
  {
    for round in 0..<testRounds(2) {
      let seed = testSeed() &+ UInt64(round)
      var random = SeededRandom(seed: seed)
      let (harness, events) = try history(seed, batches: 70)
      let template = try template(harness.ledger, events)
      // The tables of the past come up while the positions go on, now before and now behind them.
      for position in 0...harness.lastPosition {
        if random.oneIn(40) {
          try harness.ledger.foldPast(upTo: UInt64(random.below(Int(harness.lastPosition))))
        }
        let naive = NaivePast(events, template, through: position, at: nil)
        try compare(harness.ledger, naive, Moment(asOf: .position(position)), &random, seed)
      }
      try harness.compareReplay()
    }
  }

  @Test func `at any time is the fold of what had happened by then, as far as it was known`() throws {
    for round in 0..<testRounds(2) {
      let seed = testSeed() &+ UInt64(round)
      var random = SeededRandom(seed: seed)
      let (harness, events) = try history(seed, batches: 70)
      let template = try template(harness.ledger, events)
      for step in 0..<300 {
        if step == 100 { try harness.ledger.foldPast(upTo: harness.lastPosition / 2) }
        if step == 200 { try harness.ledger.foldPast(upTo: .max) }
        let time = Timestamp(
          microseconds: random.pick(events).occurredAt.microseconds + Int64(random.below(3) - 1))
        let position =
          random.oneIn(2) ? harness.lastPosition : UInt64(random.below(Int(harness.lastPosition)))
        let moment = Moment(asOf: position == harness.lastPosition ? nil : .position(position), at: time)
        let naive = NaivePast(events, template, through: position, at: time)
        try compare(harness.ledger, naive, moment, &random, seed)
      }
    }
  }

  private func compare(
    _ ledger: Ledger, _ naive: NaivePast, _ moment: Moment, _ random: inout SeededRandom, _ seed: UInt64
  ) throws {
    let project = random.pick(HistoryMaker.projects + ["unknown"])
    guard try ledger.projects().contains(where: { $0.name == project }) else { return }
    var query = query(project, &random)
    query.moment = moment
    let found = try pages(ledger, query)
    #expect(found == naive.page(query), "\(query) seed \(seed)")
    let quotas = try ledger.quotas(project: project, owner: nil, moment: moment)
    #expect(
      quotas.map { "\($0.owner) \(($0.limits, $0.held, $0.running))" } == naive.quotas(project),
      "\(moment) seed \(seed)")
    let queue = (naive.projects[project] ?? [])
      .filter { $0.state.deletion == .requested || $0.state.deletion == .failed }
    let deletions = try ledger.deletions(project: project, moment: moment)
    #expect(
      Set(deletions.map { "\($0.workload) \($0.attempts)" })
        == Set(queue.map { "\($0.workload) \($0.state.deletionAttempts)" }), "\(moment) seed \(seed)")
    #expect(deletions.count == queue.count)
    if let entry = naive.projects[project]?.randomElement(using: &random) {
      let details = try ledger.details(entry.workload.id, moment: moment, now: Self.now)
      #expect(details.workload == entry.workload, "\(moment) seed \(seed)")
      #expect(try ledger.find(entry.workload.id.description, project: nil, moment: moment) == entry.workload)
      var history = HistoryQuery()
      history.workload = entry.workload.id
      history.moment = moment
      var events: [Event] = []
      try ledger.history(history) { event in
        events.append(event)
        return true
      }
      #expect(details.timeline == events && !events.isEmpty)
    }
  }

  @Test func `has no workload before it was created, and no other one by its name`() throws {
    let test = try TestLedger()
    try test.append(.creation(TestLedger.id(1), "twin"))
    let created = try test.ledger.lastPosition()
    try test.append(.command(.deleteRequested, TestLedger.id(1)))
    var deleted = Proposal.command(.deleted, TestLedger.id(1))
    deleted.intent = .observation
    try test.append(deleted, .creation(TestLedger.id(2), "twin"))
    let twin = try test.ledger.find("twin", project: "p", moment: Moment(asOf: .position(created)))
    #expect(twin.id == TestLedger.id(1) && twin.status == .added)
    #expect(try test.ledger.find("twin", project: "p").id == TestLedger.id(2))
    for reference in [TestLedger.id(2).description, "twin"] {
      #expect(throws: LedgerError.notFound(kind: "workload", name: reference)) {
        try test.ledger.find(reference, project: "p", moment: Moment(asOf: .position(created - 1)))
      }
    }
    #expect(throws: LedgerError.notFound(kind: "workload", name: TestLedger.id(2).description)) {
      try test.ledger.details(TestLedger.id(2), moment: Moment(asOf: .position(created)), now: Self.now)
    }
  }

  @Test func `is told as well by a ledger that may only be read, whatever of it was folded`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    for folded in [0, 2, 1] as [UInt64] {
      let (harness, events) = try history(seed, batches: 40)
      let template = try template(harness.ledger, events)
      if folded > 0 { try harness.ledger.foldPast(upTo: harness.lastPosition / folded) }
      try harness.reopen(closing: true, access: .readOnly)
      for _ in 0..<60 {
        let position = UInt64(random.below(Int(harness.lastPosition)))
        let time = random.oneIn(2) ? random.pick(events).occurredAt : nil
        let naive = NaivePast(events, template, through: position, at: time)
        try compare(harness.ledger, naive, Moment(asOf: .position(position), at: time), &random, seed)
      }
    }
  }

  @Test func `ends where the log ends`() throws {
    let test = try TestLedger()
    let last = try test.ledger.lastPosition()
    var query = WorkloadQuery(project: "p")
    query.moment.asOf = .position(last + 1)
    #expect(
      throws: LedgerError.usage("there is no position \(last + 1): the last one of the ledger is \(last)")
    ) {
      try test.ledger.page(query, now: Self.now)
    }
    #expect(try test.ledger.position(of: .recorded(.latest)) == last)
    #expect(try test.ledger.position(of: .recorded(.earliest)) == 0)
  }

  @Test func `is found by the time at which it was recorded`() throws {
    let seed = testSeed()
    let (harness, events) = try history(seed, batches: 40)
    for event in events {
      for distance in [-1, 0, 1] as [Int64] {
        let time = Timestamp(microseconds: event.recordedAt.microseconds + distance)
        let known = try harness.ledger.position(of: .recorded(time))
        // Names are registered in records of their own, which are no events: they stand before the event.
        let newest = events.last { $0.recordedAt <= time }?.position ?? 0
        let next = events.first { $0.recordedAt > time }?.position ?? .max
        #expect(known >= newest && known < next, "seed \(seed)")
      }
    }
  }
}
