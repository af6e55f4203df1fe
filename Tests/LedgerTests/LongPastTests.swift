import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

/// A history long enough for several chunks of workloads, several blocks of changes in each, and many segments.
struct `A long past` {
  private static let now = Timestamp(microseconds: 1_900_000_000_000_000)
  private static let workloads = 9_000

  /// What happened, in the order of the log; as little of it as the test asks about.
  private struct Step {
    var position: UInt64
    var workload: Int
    var kind: EventKind
    var isApplied: Bool
    var occurredAt: Timestamp
  }

  /// Workloads one after the other, steps of mostly the newest among them, and now and then reports that come late.
  private func fill(_ test: TestLedger, _ random: inout SeededRandom) throws -> [Step] {
    let kinds: [EventKind] = [
      .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed,
    ]
    var batch: [Proposal] = []
    var number: UInt64 = 1
    for workload in 0..<Self.workloads {
      for step in 0..<4 {
        let id = step == 0 ? workload : max(0, workload - random.below(random.oneIn(9) ? 8_500 : 40))
        var fact = Proposal.fact(step == 0 ? .created : random.pick(kinds), TestLedger.id(id), number)
        let isLate = random.oneIn(200) || (20_000..<21_000).contains(number)
        fact.occurredAt = TestLedger.time(Int64(isLate ? random.below(Int(number)) : Int(number)))
        // In the beginning a clock is wrong now and then.
        if number < 4_000, random.oneIn(40) { fact.occurredAt = TestLedger.time(1_000_000) }
        if step == 0 {
          (fact.name, fact.type, fact.project) = ("w\(workload % 7)", random.pick(WorkloadType.allCases), "p")
          fact.owner = random.pick(["alice", "bob"])
        }
        batch.append(fact)
        number += 1
      }
      if batch.count >= 2_000 || workload == Self.workloads - 1 {
        try test.append(batch)
        batch.removeAll()
      }
    }
    var steps: [Step] = []
    try test.ledger.history(HistoryQuery()) { event in
      guard event.kind.isOfWorkload, let id = event.subject else { return true }
      steps.append(
        Step(
          position: event.position, workload: Int(id.low), kind: event.kind, isApplied: event.isApplied,
          occurredAt: event.occurredAt))
      return true
    }
    return steps
  }

  /// The workloads that there were at a moment, newest first, with their statuses.
  private func fold(
    _ steps: [Step], through position: UInt64, at time: Timestamp?
  ) -> [(workload: Int, status: WorkloadStatus)] {
    var states: [Int: WorkloadState] = [:]
    for step in steps where step.position <= position && step.occurredAt <= time ?? .latest {
      var fact = WorkloadFact(
        step.kind, position: step.position, occurredAt: step.occurredAt, actor: .unknown)
      fact.isApplied = step.isApplied
      if states[step.workload] != nil {
        if let before = states[step.workload] {
          var state = before
          Decider.evolve(&state, fact)
          states[step.workload] = state
        }
      } else if step.kind == .created {
        states[step.workload] = WorkloadState(
          created: fact,
          WorkloadFact.Creation(
            project: .unknown, cluster: .unknown, owner: .unknown, type: nil, resources: Resources()))
      }
    }
    return states.sorted { $0.key > $1.key }.map { ($0.key, $0.value.status) }
  }

  @Test func `is the same from the stored tables as from the log, at any moment and with any filter`() throws
  {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let test = try TestLedger()
    let steps = try fill(test, &random)
    let last = try test.ledger.lastPosition()
    // When the first event of some segment happened is where it begins to matter.
    let segments = Dictionary(grouping: steps.filter(\.isApplied)) { $0.position / 2048 }
    let beginnings = segments.values.compactMap { $0.map(\.occurredAt).min() }
    // A part is folded before the rest is asked for; then the first query brings the tables up.
    try test.ledger.foldPast(upTo: last / 2)
    for round in 0..<testRounds(36) {
      let position = round == 0 ? last / 3 : random.oneIn(4) ? last : UInt64(random.below(Int(last)))
      var time: Timestamp?
      if round % 3 == 2 {
        time = TestLedger.time(Int64(random.below(4 * Self.workloads)))
        if random.oneIn(2) { time = random.pick(beginnings) }
      }
      let expected = fold(steps, through: position, at: time)
      var query = WorkloadQuery(project: "p")
      query.moment = Moment(asOf: .position(position), at: time)
      query.includesDeleted = random.oneIn(3)
      query.limit = 1000
      if random.oneIn(2) {
        query.statuses = Set((0..<1 + random.below(4)).map { _ in random.pick(WorkloadStatus.allCases) })
      }
      if random.oneIn(3) { query.name = "W3" }
      let matching = expected.filter { workload, status in
        (query.statuses.isEmpty
          ? query.includesDeleted || status != .deleted : query.statuses.contains(status))
          && (query.name == nil || workload % 7 == 3)
      }
      let page = try test.ledger.page(query, now: Self.now)
      #expect(page.total == matching.count, "\(query.moment) \(query.statuses) seed \(seed)")
      #expect(
        page.items.map { "\($0.id) \($0.status)" }
          == matching.prefix(1000).map { "\(TestLedger.id($0.workload)) \($0.status)" },
        "\(query.moment) \(query.statuses) seed \(seed)")
    }
    #expect(try test.ledger.replay().differences == [])
    let report = try test.ledger.rebuild()
    #expect(report.position == last)
    var query = WorkloadQuery(project: "p")
    query.moment.asOf = .position(last / 2)
    let before = try test.ledger.page(query, now: Self.now)
    #expect(before.total == fold(steps, through: last / 2, at: nil).count { $0.status != .deleted })
    #expect(try test.ledger.replay().differences == [])
    let (path, folder) = (test.path, test.folder)
    _ = consume test
    let meta = try RawTables(path: path + "/views").entries("meta", .integer)
    let past = try #require(meta.first { $0.key.first == 2 })
    #expect(past.value.span.bytes.u64(at: 4) == last, "that query has brought the tables up")
    withExtendedLifetime(folder) {}
  }

  @Test func `is not changed by what is appended between two pages`() throws {
    let test = try TestLedger()
    try test.append((1...30).map { .creation(TestLedger.id($0)) })
    var query = WorkloadQuery(project: "p")
    query.limit = 10
    query.moment.at = .latest
    let first = try test.ledger.page(query, now: Self.now)
    try test.append((31...60).map { .creation(TestLedger.id($0)) })
    try test.append((1...20).map { .command(.started, TestLedger.id($0)) })
    // The token alone says the moment; repeating it is fine, and so is a later "2h ago".
    for moment in [Moment(), query.moment] {
      var next = query
      next.moment = moment
      next.pageToken = first.nextPageToken
      let second = try test.ledger.page(next, now: Self.now)
      #expect(second.items.map(\.id) == (11...20).reversed().map { TestLedger.id($0) })
      #expect(second.items.allSatisfy { $0.status == .added } && second.total == 30)
      #expect(second.asOf == first.asOf && second.at == .latest)
    }
    query.moment = Moment(asOf: .recorded(.latest))
    let whole = try test.ledger.page(query, now: Self.now)
    let last = try test.ledger.lastPosition()
    #expect(whole.total == 60 && whole.asOf == last)
    query.pageToken = first.nextPageToken
    for moment in [
      Moment(asOf: .position(5)), Moment(asOf: .position(5), at: .latest), Moment(at: .earliest),
      Moment(asOf: .recorded(.earliest), at: .latest), Moment(asOf: .recorded(.latest)),
    ] {
      query.moment = moment
      let error = #expect(throws: LedgerError.self) { try test.ledger.page(query, now: Self.now) }
      #expect(error?.message.contains("another moment") == true)
    }
    // A token of now stays one of now.
    var present = WorkloadQuery(project: "p")
    present.limit = 10
    present.pageToken = try test.ledger.page(present, now: Self.now).nextPageToken
    #expect(try test.ledger.page(present, now: Self.now).asOf == nil)
    present.moment.asOf = .position(5)
    #expect(throws: LedgerError.self) { try test.ledger.page(present, now: Self.now) }
  }
}
