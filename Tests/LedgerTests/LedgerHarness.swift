import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

/// A ledger in a folder beside its model, and the comparison of both.
final class LedgerHarness {
  let folder = TemporaryFolder()
  private(set) var ledger: Ledger
  var model: ModelLedger
  private var batch = EventBatch()
  var lastPosition: UInt64 = 2

  var path: String { folder("ledger") }

  init() throws {
    #expect(try Ledger.create(at: folder("ledger"), now: Timestamp(microseconds: 0)))
    ledger = try Ledger(path: folder("ledger"))
    model = ModelLedger(ownSource: ledger.source, importer: "importer")
    batch.importer = batch.intern(.user, "importer")
  }

  /// Opens it again; the present one goes first, since a process may open a ledger once.
  func reopen(
    closing: Bool, access: Ledger.Access = .readWrite, meanwhile: () throws -> Void = {}
  ) throws {
    if closing { try ledger.close() }
    let parking = TemporaryFolder()
    _ = try Ledger.create(at: parking("x"), now: Timestamp(microseconds: 0))
    ledger = try Ledger(path: parking("x"))
    try meanwhile()
    ledger = try Ledger(path: path, access: access)
  }

  /// Appends a batch to both, and compares the outcomes and the new events.
  func append(_ proposals: [Proposal], now: Timestamp) throws {
    batch.removeEvents()
    for proposal in proposals { proposal.add(to: &batch) }
    var outcomes: [EventOutcome] = []
    let proposed = batch.events
    let first = model.events.count
    try ledger.append(&batch, now: now, outcomes: &outcomes)
    let expected = proposals.map { model.append($0, now: now) }
    #expect(batch.events.count == proposed.count, "the batch keeps its events")
    var query = HistoryQuery()
    query.from = lastPosition + 1
    var found: [ModelEvent] = []
    try ledger.history(query) { event in
      found.append(ModelEvent(event))
      return true
    }
    model.place(found, from: first)
    let made = model.events[first...].map(\.description)
    #expect(found.map(\.description) == made)
    try #require(found.count == made.count)
    for (index, outcome) in outcomes.enumerated() {
      let (verdict, event) = expected[index]
      #expect("\(outcome.verdict)" == "\(verdict)", "\(proposals[index])")
      if event == nil, case .conflict = verdict {
        // It claims the id of a record that is no event.
        #expect(!model.events.contains { $0.position == outcome.position }, "\(proposals[index])")
      } else {
        #expect(outcome.position == event.map { model.events[$0].position } ?? 0, "\(proposals[index])")
      }
    }
    #expect(outcomes.count == proposals.count)
    let last = try ledger.lastPosition()
    #expect(found.map(\.position) == found.map(\.position).sorted())
    if found.isEmpty { #expect(last == lastPosition, "nothing was appended, so nothing is written") }
    #expect(last >= found.last?.position ?? lastPosition)
    lastPosition = last
  }

  // MARK: Comparing everything

  func compareAll(now: Timestamp, _ random: inout SeededRandom) throws {
    try compareProjects()
    for name in model.projects.keys {
      try compareProject(name, &random)
    }
    for workload in model.workloads.values {
      let details = try ledger.details(workload.id, now: now)
      #expect(ModelWorkload.line(details.workload) == workload.line)
      #expect(
        details.timeline.map { ModelEvent($0).description }
          == model.events.filter {
            $0.stream == .workload(workload.id)
          }.map(\.description))
      #expect(
        details.timePerStatus.map { "\($0.status.label) \($0.microseconds)" } == workload.durations(at: now))
    }
    for _ in 0..<6 where !model.events.isEmpty { try compareHistory(&random) }
  }

  func compareReplay() throws {
    let report = try ledger.replay()
    #expect(report.wasCompared && report.differenceCount == 0, "\(report.differences)")
    #expect(report.position == lastPosition && report.workloads == model.workloads.count)
  }

  private func compareProjects() throws {
    let projects = try ledger.projects().map {
      "\($0.name) \($0.members) \($0.workloads) \($0.createdAt?.rfc3339 ?? "-") \($0.createdBy ?? "-")"
    }
    let expected = model.projects.filter { $0.value.exists || !$0.value.workloads.isEmpty }.map {
      name, entry in
      (
        name.isEmpty ? "unknown" : name,
        "\(entry.members.sorted()) \(entry.workloads.count) \(entry.createdAt?.rfc3339 ?? "-") "
          + "\(entry.createdBy ?? "-")"
      )
    }
    #expect(projects == expected.sorted { $0.0 < $1.0 }.map { "\($0.0) \($0.1)" })
    for user in HistoryMaker.users {
      let theirs = model.projects.filter { $0.value.members.contains(user) }.keys.sorted()
      #expect(try ledger.projects(of: user) == theirs)
    }
  }

  private func compareProject(_ name: String, _ random: inout SeededRandom) throws {
    let shown = name.isEmpty ? "unknown" : name
    let project = model.projects[name] ?? ModelProject()
    let all = project.workloads.compactMap { model.workloads[$0] }
    for _ in 0..<4 { try comparePages(shown, all, &random) }
    let queue = all.filter { $0.status == .deleteRequested || $0.status == .deleteFailed }
    let deletions = try ledger.deletions(project: shown)
    #expect(
      Set(deletions.map { "\(ModelWorkload.line($0.workload)) \($0.attempts) \($0.requestedBy ?? "-")" })
        == Set(queue.map { "\($0.line) \($0.deletionAttempts) \($0.deleteRequestedBy ?? "-")" }))
    let times = deletions.map { $0.requestedAt ?? .earliest }
    #expect(times == times.sorted() && deletions.count == queue.count)
    let running = all.filter { $0.run == "R" }
    let owners = Set(running.map { $0.owner ?? "unknown" })
      .union(project.limits.filter { $0.value != QuotaLimits() }.keys)
    let expected = owners.sorted().map { owner in
      let theirs = running.filter { $0.owner ?? "unknown" == owner }
      let held = theirs.reduce(Resources()) { $0 &+ $1.held }
      return QuotaLine(owner, project.limits[owner] ?? QuotaLimits(), held, theirs.count)
    }
    let quotas = try ledger.quotas(project: shown, owner: nil)
    #expect(quotas.map { QuotaLine($0.owner, $0.limits, $0.held, $0.running) } == expected)
  }

  private struct QuotaLine: Equatable {
    var (owner, limits, held, running): (String, QuotaLimits, Resources, Int)
    init(_ owner: String, _ limits: QuotaLimits, _ held: Resources, _ running: Int) {
      (self.owner, self.limits, self.held, self.running) = (owner, limits, held, running)
    }
    static func == (left: Self, right: Self) -> Bool {
      left.owner == right.owner && left.limits == right.limits && left.held == right.held
        && left.running == right.running
    }
  }

  /// Walks through all pages of a random query.
  private func comparePages(_ name: String, _ all: [ModelWorkload], _ random: inout SeededRandom) throws {
    var query = WorkloadQuery(project: name)
    if random.oneIn(3) { query.name = random.pick(["TRAIN", "strasse", "é", "x", "nothing", "σ", "-b"]) }
    if random.oneIn(3) {
      query.types = Set((0..<1 + random.below(7)).map { _ in random.pick(WorkloadType.allCases) })
    }
    if random.oneIn(3) {
      query.statuses = Set((0..<1 + random.below(9)).map { _ in random.pick(WorkloadStatus.allCases) })
    }
    if random.oneIn(4) { query.owner = random.pick(HistoryMaker.users + ["unknown", "nobody"]) }
    if random.oneIn(4) { query.cluster = random.pick(["c1", "c2", "c3", "unknown"]) }
    query.includesDeleted = random.oneIn(2)
    query.limit = 1 + random.below(12)
    let expected = all.reversed().filter { workload in
      let folded = workload.creation.name?.uppercased().lowercased() ?? ""
      let needle = query.name?.uppercased().lowercased() ?? ""
      return (needle.isEmpty || contains(Array(folded.utf8), Array(needle.utf8)))
        && (query.types.isEmpty || workload.creation.type.map { query.types.contains($0) } ?? false)
        && (query.statuses.isEmpty
          ? query.includesDeleted || workload.status != .deleted : query.statuses.contains(workload.status))
        && (query.owner == nil || workload.owner ?? "unknown" == query.owner)
        && (query.cluster == nil || workload.creation.cluster ?? "unknown" == query.cluster)
    }.map(\.line)
    var found: [String] = []
    while true {
      let page = try ledger.page(query, now: Timestamp(microseconds: 0))
      #expect(page.total == expected.count && page.items.count <= query.limit)
      found += page.items.map(ModelWorkload.line)
      query.pageToken = page.nextPageToken
      if query.pageToken == nil || found.count > expected.count { break }
      #expect(page.items.count == query.limit)
    }
    #expect(found == expected, "\(query)")
  }

  private func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard text.count >= part.count else { return false }
    return (0...text.count - part.count).contains { Array(text[$0..<$0 + part.count]) == part }
  }

  private func compareHistory(_ random: inout SeededRandom) throws {
    var query = HistoryQuery()
    if random.oneIn(3) { query.workload = model.workloads.keys.sorted().randomElement(using: &random) }
    if random.oneIn(3) {
      query.project = model.projects.keys.sorted().randomElement(using: &random).map {
        $0.isEmpty ? "unknown" : $0
      }
    }
    if random.oneIn(3) { query.actor = random.pick(HistoryMaker.users + ["unknown", "nobody"]) }
    let reporters = ["agent@host-0", "agent@host-1", "unknown", "nobody"]
    if random.oneIn(5) { query.reporter = random.pick(reporters) }
    query.onlyAnomalies = random.oneIn(5)
    if random.oneIn(5) { query.apart = Int64(random.below(60_000_000)) }
    if random.oneIn(3) { query.kinds = [random.pick(EventKind.allCases), random.pick(EventKind.allCases)] }
    if random.oneIn(5) { query.types = [random.pick(WorkloadType.allCases)] }
    if random.oneIn(5) { query.name = "Train" }
    if random.oneIn(4) { query.from = UInt64(random.below(Int(lastPosition) + 3)) }
    if random.oneIn(4) { query.to = UInt64(random.below(Int(lastPosition) + 3)) }
    if random.oneIn(4) { query.since = random.pick(model.events).occurredAt }
    if random.oneIn(4) { query.until = random.pick(model.events).occurredAt }
    if random.oneIn(4) { query.limit = random.below(9) }
    query.isReverse = random.oneIn(2)
    var expected = model.events.filter { matches($0, query) }.map(\.description)
    if query.isReverse { expected.reverse() }
    if let limit = query.limit { expected = Array(expected.prefix(limit)) }
    var found: [String] = []
    try ledger.history(query) { event in
      found.append(ModelEvent(event).description)
      return true
    }
    #expect(found == expected, "\(query)")
  }

  private func matches(_ event: ModelEvent, _ query: HistoryQuery) -> Bool {
    var workload: ModelWorkload?
    if case .workload(let id) = event.stream { workload = model.workloads[id] }
    if let id = query.workload, workload?.id != id { return false }
    if let project = query.project, event.project ?? "unknown" != project { return false }
    if let actor = query.actor, event.actor ?? "unknown" != actor { return false }
    if let reporter = query.reporter, event.reporter ?? "unknown" != reporter { return false }
    if query.onlyAnomalies, event.isApplied { return false }
    let distance = abs(event.recordedAt.microseconds - event.occurredAt.microseconds)
    if let apart = query.apart, distance <= apart { return false }
    if !query.kinds.isEmpty, !query.kinds.contains(event.kind) { return false }
    if !query.types.isEmpty, !(workload?.creation.type.map { query.types.contains($0) } ?? false) {
      return false
    }
    if query.name != nil, !(workload?.creation.name?.lowercased().hasPrefix("train") ?? false) {
      return false
    }
    if let since = query.since, event.occurredAt < since { return false }
    if let until = query.until, event.occurredAt >= until { return false }
    return event.position >= query.from && event.position <= query.to ?? .max
  }
}
