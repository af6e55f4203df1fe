import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Blame` {
  private let id = TestLedger.id(1)

  private func blame(_ test: TestLedger) throws -> [WorkloadField: FieldOrigin] {
    let details = try test.ledger.details(id, now: TestLedger.time(100))
    return Dictionary(details.blame.map { ($0.field, $0) }) { first, _ in first }
  }

  private func fact(_ kind: EventKind, _ number: UInt64, at seconds: Int64 = 3) -> Proposal {
    var proposal = Proposal.fact(kind, id, number)
    proposal.occurredAt = TestLedger.time(seconds)
    return proposal
  }

  @Test func `the present attempt's event sets its fields, also at the same time as the one before`() throws {
    let test = try TestLedger()
    try test.append(.creation(id), fact(.queued, 1), fact(.started, 2), fact(.failed, 3))
    let first = try blame(test)
    #expect(first[.finishedAt]?.event.kind == .failed && first[.attempt]?.event.kind == .created)
    try test.append(fact(.queued, 4), fact(.started, 5))
    let second = try blame(test)
    let timeline = try test.ledger.details(id, now: TestLedger.time(100)).timeline
    #expect(second[.queuedAt]?.event == timeline[4] && second[.startedAt]?.event == timeline[5])
    #expect(second[.attempt]?.event == timeline[4] && second[.attempt]?.value == .number(2))
    #expect(second[.finishedAt] == nil, "the next attempt has not ended")
    #expect(second[.status]?.event == timeline[5] && second[.status]?.value == .text("Running"))
  }

  @Test func `a report that contact is back sets the status but not when it started`() throws {
    let test = try TestLedger()
    try test.append(.creation(id), fact(.started, 1), fact(.contactLost, 2), fact(.started, 3))
    let blame = try blame(test)
    let timeline = try test.ledger.details(id, now: TestLedger.time(100)).timeline
    #expect(blame[.startedAt]?.event == timeline[1] && blame[.status]?.event == timeline[3])
  }

  @Test func `an anomaly and a refusal set nothing but what counts them`() throws {
    let test = try TestLedger()
    try test.append(.creation(id), fact(.started, 1), fact(.completed, 2))
    let before = try blame(test)
    var repeated = fact(.failed, 3)
    repeated.reason = "a claim that contradicts"
    try test.append(repeated)
    let outcome = try test.append(.command(.completed, id))
    #expect(outcome.first.map { "\($0.verdict)".hasPrefix("refused") } == true)
    let after = try blame(test)
    let timeline = try test.ledger.details(id, now: TestLedger.time(100)).timeline
    #expect(!timeline[3].isApplied && timeline[4].kind == .actionRefused)
    #expect(after[.version]?.event == timeline[3] && after[.lastPosition]?.event == timeline[4])
    let counting: Set<WorkloadField> = [.version, .lastPosition]
    #expect(after.filter { !counting.contains($0.key) } == before.filter { !counting.contains($0.key) })
  }

  @Test func `an implied creation sets what describes the workload, by nobody known`() throws {
    let test = try TestLedger()
    var report = fact(.deleted, 1)
    report.reporter = "agent@node"
    report.project = "p"
    try test.append(report)
    let blame = try blame(test)
    #expect(blame[.name]?.event.isImplied == true && blame[.createdBy]?.value == .text("unknown"))
    #expect(blame[.createdAt] == nil, "only a bound of it is known")
    #expect(blame[.deletedBy]?.value == .text("unknown") && blame[.deletedBy]?.event.reporter == "agent@node")
    #expect(blame[.finishedAt]?.event.kind == .deleted, "the deletion ended the run")
    #expect(blame[.deleteRequestedBy] == nil && blame[.deleteRequestedAt] == nil, "nobody asked for it")
  }

  @Test func `in random histories each field is what the event that is named made it`() throws {
    for round in 0..<testRounds(3) {
      let harness = try LedgerHarness()
      var maker = HistoryMaker(seed: testSeed() &+ UInt64(round))
      for _ in 0..<150 { try harness.append(maker.batch(harness.model), now: maker.now()) }
      #expect(!harness.model.workloads.isEmpty)
      for id in harness.model.workloads.keys {
        try check(try harness.ledger.details(id, now: Timestamp(microseconds: 0)))
      }
    }
  }

  /// Holds each field's value in the stored row to the event alone that blame names.
  private func check(_ details: WorkloadDetails) throws {
    let (workload, timeline) = (details.workload, details.timeline)
    var listed: Set<WorkloadField> = []
    for origin in details.blame {
      listed.insert(origin.field)
      let isActor = [.createdBy, .deleteRequestedBy, .deletedBy].contains(origin.field)
      let stored = workload.value(of: origin.field) ?? (isActor ? .text("unknown") : nil)
      #expect(origin.value == stored)
      let given = try #require(BlameOracle.value(of: origin.field, by: origin.event, timeline))
      #expect(given == stored, "\(origin.field) of \(workload.id) by \(origin.event.position)")
      #expect(origin.event.isApplied || [.version, .lastPosition].contains(origin.field))
    }
    for field in WorkloadField.allCases where workload.value(of: field) != nil {
      #expect(listed.contains(field), "\(field) has a value")
    }
    #expect(
      BlameOracle.attemptBegins(timeline) == details.blame.first { $0.field == .attempt }?.event.position)
  }
}

/// What an event alone says that a field is, told without folding.
private enum BlameOracle {
  static func value(of field: WorkloadField, by event: Event, _ timeline: [Event]) -> WorkloadField.Value? {
    func time(_ kinds: EventKind...) -> WorkloadField.Value? {
      kinds.contains(event.kind) && !event.timeIsBound ? .time(event.occurredAt) : nil
    }
    func actor(_ kind: EventKind) -> WorkloadField.Value? {
      event.kind == kind ? .text(event.actor ?? "unknown") : nil
    }
    switch field {
    case .createdAt: return time(.created)
    case .queuedAt: return time(.queued)
    case .startedAt: return time(.started)
    case .finishedAt: return time(.completed, .failed, .terminated, .deleted)
    case .deleteRequestedAt: return time(.deleteRequested)
    case .deletedAt: return time(.deleted)
    case .createdBy: return actor(.created)
    case .deleteRequestedBy: return actor(.deleteRequested)
    case .deletedBy: return actor(.deleted)
    case .statusReason: return event.reason.map { .text($0) }
    case .statusSince: return event.timeIsBound ? nil : .time(event.occurredAt)
    case .version: return .number(UInt64(event.version))
    case .lastPosition: return .number(event.position)
    case .attempt: return .number(UInt64(attempts(timeline, upTo: event.position)))
    case .status: return status(event, timeline).map { .text($0) }
    case .id: return event.subject.map { .text($0.description) }
    case .project: return .text(event.project ?? "unknown")
    case .name, .type, .cluster, .owner, .resources, .url, .labels, .sourceID:
      guard case .created(let creation) = event.detail else { return nil }
      return described(field, creation)
    }
  }

  private static func described(_ field: WorkloadField, _ creation: Event.Creation) -> WorkloadField.Value? {
    switch field {
    case .name: .text(creation.name)
    case .type: creation.type.map { .text($0.label) }
    case .cluster: creation.cluster.map { .text($0) }
    case .owner: creation.owner.map { .text($0) }
    case .resources: .resources(creation.resources)
    case .url: creation.url.map { .text($0) }
    case .labels: .labels(creation.labels)
    default: creation.sourceID.map { .text($0) }
    }
  }

  /// The word that the event's kind gives the status; a report of the run that brings contact back counts too.
  private static func status(_ event: Event, _ timeline: [Event]) -> String? {
    switch event.kind {
    case .created: "Added"
    case .queued: "Pending"
    case .started: "Running"
    case .completed: "Complete"
    case .failed: "Failed"
    case .terminated: "Terminated"
    case .contactLost: "Unknown"
    case .deleteRequested: "Delete Requested"
    case .deleteFailed: "Delete Failed"
    case .deleted: "Deleted"
    default: nil
    }
  }

  /// The letter of the run after each applied event, as the table of transitions writes it.
  private static func runs(_ timeline: [Event]) -> [(position: UInt64, before: Character, kind: EventKind)] {
    var run: Character = "A"
    return timeline.filter(\.isApplied).map { event in
      let before = run
      switch event.kind {
      case .queued: run = "P"
      case .started: run = "R"
      case .completed, .failed, .terminated: run = "C"
      case .deleted: run = "C"
      default: break
      }
      return (event.position, before, event.kind)
    }
  }

  private static func begins(_ timeline: [Event]) -> [UInt64] {
    runs(timeline).filter {
      $0.kind == .created || $0.kind == .queued && "RC".contains($0.before)
        || $0.kind == .started && $0.before == "C"
    }.map(\.position)
  }

  private static func attempts(_ timeline: [Event], upTo position: UInt64) -> Int {
    begins(timeline).count { $0 <= position }
  }

  /// The event with which the present attempt began.
  static func attemptBegins(_ timeline: [Event]) -> UInt64? { begins(timeline).last }
}
