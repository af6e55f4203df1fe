import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `A diff` {
  private static let now = Timestamp(microseconds: 1_900_000_000_000_000)

  /// A workload by what never changes in it, and the fields that do.
  private struct Shown: Hashable {
    var constant: String
    var fields: [WorkloadField: WorkloadField.Value]

    init(_ workload: Workload) {
      constant =
        "\(workload.name) \(String(describing: workload.type)) \(workload.project) \(workload.cluster ?? "-") "
        + "\(workload.owner ?? "-") \(workload.resources) \(workload.url ?? "-") \(workload.labels) "
        + "\(workload.sourceID ?? "-") \(workload.createdAt?.rfc3339 ?? "-") \(workload.createdBy ?? "-")"
      fields = [:]
      for field in WorkloadDiff.changingFields { fields[field] = workload.value(of: field) }
    }
  }

  /// All workloads of some projects as of a position.
  private func state(
    _ ledger: Ledger, _ position: UInt64, _ projects: [String]
  ) throws -> [WorkloadID: Shown] {
    var all: [WorkloadID: Shown] = [:]
    for project in projects {
      var query = WorkloadQuery(project: project)
      query.includesDeleted = true
      query.limit = 1000
      query.moment.asOf = .position(position)
      for workload in try ledger.page(query, now: Self.now).items { all[workload.id] = Shown(workload) }
    }
    return all
  }

  @Test func `applied to the first state gives the second, and names the events that did it`() throws {
    for round in 0..<testRounds(2) {
      let seed = testSeed() &+ UInt64(round)
      var random = SeededRandom(seed: seed)
      let harness = try LedgerHarness()
      var maker = HistoryMaker(seed: seed)
      for _ in 0..<60 { try harness.append(maker.batch(harness.model), now: maker.now()) }
      let ledger = harness.ledger
      let projects = try ledger.projects().map(\.name)
      for _ in 0..<60 {
        let ends = [0, 1].map { _ in UInt64(random.below(Int(harness.lastPosition) + 1)) }.sorted()
        let project = random.oneIn(2) ? random.pick(projects) : nil
        var query = DiffQuery(from: .position(ends[0]), to: .position(ends[1]))
        query.project = project
        let shown = project.map { [$0] } ?? projects
        var state = try state(ledger, ends[0], shown)
        var seen: Set<WorkloadID> = []
        try ledger.diff(query) { diff in
          #expect(seen.insert(diff.after.id).inserted, "a workload is told of once")
          do { try apply(diff, to: &state, ends, ledger) } catch { Issue.record("\(error)") }
          return true
        }
        #expect(try state == self.state(ledger, ends[1], shown), "\(ends) \(project ?? "all"), seed \(seed)")
      }
    }
  }

  private func apply(
    _ diff: WorkloadDiff, to state: inout [WorkloadID: Shown], _ ends: [UInt64], _ ledger: Ledger
  ) throws {
    let id = diff.after.id
    guard let before = diff.before else {
      #expect(state[id] == nil && diff.stream > ends[0] && diff.stream <= ends[1] && diff.fields.isEmpty)
      #expect(diff.kind == (diff.after.status == .deleted ? .createdAndDeleted : .created))
      state[id] = Shown(diff.after)
      return
    }
    let isDeleted = before.status != .deleted && diff.after.status == .deleted
    #expect(diff.kind == (isDeleted ? .deleted : .changed))
    for change in diff.fields {
      #expect(state[id]?.fields[change.field] == change.from && change.from != change.to)
      state[id]?.fields[change.field] = change.to
      var query = HistoryQuery()
      (query.from, query.to) = (change.position, change.position)
      var event: Event?
      try ledger.history(query) { found in
        event = found
        return false
      }
      #expect(event?.subject == id && event?.actor == change.by)
      #expect(change.position > ends[0] && change.position <= ends[1])
    }
  }

  @Test func `says which event was the last to change a field, and nothing of what was changed back`() throws
  {
    let test = try TestLedger()
    let id = TestLedger.id(1)
    try test.append(.creation(id), .command(.started, id, 2))
    let from = try test.ledger.lastPosition()
    var requeued = Proposal.command(.queued, id, 3)
    requeued.actor = nil
    requeued.intent = .observation
    try test.append(requeued)
    try test.append(.command(.started, id, 4), .creation(TestLedger.id(2)))
    let to = try test.ledger.lastPosition()
    var diffs: [WorkloadDiff] = []
    try test.ledger.diff(DiffQuery(from: .position(from), to: .position(to))) { diff in
      diffs.append(diff)
      return true
    }
    #expect(diffs.map(\.kind) == [.changed, .created])
    #expect(diffs[0].fields.map(\.field) == [.attempt, .version, .queuedAt, .startedAt, .lastPosition])
    let attempt = try #require(diffs[0].fields.first)
    #expect(attempt.from == .number(1) && attempt.to == .number(2) && attempt.by == nil)
    #expect(diffs[0].fields[3].by == "alice" && diffs[0].fields[3].position > attempt.position)
    #expect(diffs[1].after.id == TestLedger.id(2) && diffs[1].stream == to)
    let none = try test.ledger.diff(DiffQuery(from: .position(to), to: .recorded(.latest))) { _ in false }
    #expect(none == (to, to))
    #expect(throws: LedgerError.usage("a diff goes forward: position \(to) to \(from) goes back")) {
      try test.ledger.diff(DiffQuery(from: .position(to), to: .position(from))) { _ in true }
    }
  }
}
