import LedgerTestSupport
import WorkloadModel

/// Makes up what people and importers send: sensible steps, nonsense, retries and forgeries.
struct HistoryMaker {
  var random: SeededRandom
  private var clock: Int64 = 1_700_000_000_000_000
  private var nextNumber: [String: UInt64] = [:]
  private var ids: [WorkloadID] = []
  /// What was sent with an identity, to be sent again.
  private var sent: [Proposal] = []

  static let users = ["alice", "bob", "carol", "dörte", "unknown-one"]
  static let projects = ["vision", "speech", "prøjekt Ω", "p"]
  static let sources = ["openb", "urn:other"]
  static let names = [
    "train-a", "Train-B", "Straße", "STRASSE 2", "résumé", "x", "train-a", "ΣΟΦΟΣ", "İzmir",
  ]

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// A batch, of one event mostly.
  mutating func batch(_ model: ModelLedger) -> [Proposal] {
    let count = random.oneIn(3) ? 1 + random.below(30) : 1
    return (0..<count).map { _ in proposal(model, isAlone: count == 1) }
  }

  /// The clock of the ledger; it goes back now and then.
  mutating func now() -> Timestamp {
    Timestamp(microseconds: clock + Int64(random.below(1000)) - (random.oneIn(10) ? 50_000_000 : 0))
  }

  private mutating func proposal(_ model: ModelLedger, isAlone: Bool) -> Proposal {
    if !sent.isEmpty, random.oneIn(8) { return again() }
    // The model gives events their positions only after a batch.
    if isAlone, !model.events.isEmpty, random.oneIn(8) { return export(random.pick(model.events), model) }
    let proposal = random.oneIn(6) ? projectEvent() : workloadEvent()
    if proposal.identity != .ledger { sent.append(proposal) }
    return proposal
  }

  /// Something that was sent before: as it was, or forged.
  private mutating func again() -> Proposal {
    var proposal = random.pick(sent)
    switch random.below(6) {
    case 0: proposal.actor = random.pick(Self.users + ["mallory"])
    case 1: proposal.reason = "another reason"
    case 2 where proposal.identity != .content:
      proposal.occurredAt.microseconds += 1
    case 3: proposal.reporter = "somebody@else"
    case 4 where proposal.identity != .content && !ids.isEmpty:
      proposal.subject = proposal.subject.map { _ in random.pick(ids) }
    case 5: proposal.expectedVersion = UInt32(random.below(3))
    default: break
    }
    return proposal
  }

  /// An event of this ledger's own export, or one that says it is.
  private mutating func export(_ event: ModelEvent, _ model: ModelLedger) -> Proposal {
    var proposal = Proposal(event.kind, .observation, event.subject, at: event.occurredAt)
    proposal.isBound = event.isBound
    proposal.isImplied = event.isImplied
    proposal.source = model.ownSource
    proposal.identity = .number(
      random.oneIn(5) ? UInt64(1 + random.below(2 * model.events.count)) : max(1, event.position))
    proposal.actor = event.actor
    if let original = event.proposal {
      (proposal.project, proposal.cluster, proposal.owner) = (
        original.project, original.cluster, original.owner
      )
      (proposal.type, proposal.resources, proposal.name) = (original.type, original.resources, original.name)
      (proposal.url, proposal.sourceID, proposal.labels) = (original.url, original.sourceID, original.labels)
      proposal.refusedKind = original.refusedKind
    }
    proposal.reason = event.reason ?? (event.kind == .terminated ? "unknown" : nil)
    return proposal
  }

  private mutating func workloadEvent() -> Proposal {
    clock += Int64(random.below(5_000_000))
    let isNew = ids.isEmpty || random.oneIn(5)
    if isNew { ids.append(WorkloadID(high: (random.next() & 0xF << 60) | 7, low: random.next())) }
    let id = isNew ? ids[ids.count - 1] : ids[max(0, ids.count - 1 - random.below(12))]
    let kinds: [EventKind] = [
      .queued, .started, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed, .created,
    ]
    let kind = isNew && !random.oneIn(4) ? .created : random.pick(kinds)
    let intent: Intent = random.oneIn(2) ? .command : .observation
    var proposal = Proposal(kind, intent, id, at: time())
    identify(&proposal)
    proposal.actor = random.oneIn(7) ? nil : random.pick(Self.users)
    proposal.reporter = random.oneIn(3) ? nil : "agent@host-\(random.below(3))"
    if kind == .created || random.oneIn(3) {
      proposal.project = random.oneIn(9) ? nil : random.pick(Self.projects)
      proposal.cluster = random.oneIn(4) ? nil : random.pick(["c1", "c2"])
      proposal.owner = random.oneIn(5) ? nil : random.pick(Self.users)
      proposal.type = random.oneIn(6) ? nil : random.pick(WorkloadType.allCases)
      if random.oneIn(3) { proposal.sourceID = "job-\(random.below(100))" }
    }
    if kind == .created {
      proposal.name = random.pick(Self.names)
      proposal.resources = Resources(
        cpuMillicores: Int64(random.below(9)) * 500, memoryBytes: Int64(random.below(3)) << 30,
        gpuMilli: Int64(random.below(4)) * 1000)
      if random.oneIn(3) { proposal.url = "https://ws.example/\(random.below(9))" }
      if random.oneIn(3) { proposal.labels = ["team": "red", "α": ""] }
    }
    if kind == .terminated || random.oneIn(3) { proposal.reason = "because \(random.below(20))\nof that" }
    proposal.isBound = intent == .observation && random.oneIn(12)
    if random.oneIn(6) { proposal.expectedVersion = UInt32(random.below(5)) }
    return proposal
  }

  private mutating func projectEvent() -> Proposal {
    let kinds: [EventKind] = [
      .projectCreated, .memberAdded, .memberAdded, .memberRemoved, .quotaSet, .quotaSet, .actionRefused,
    ]
    let kind = random.pick(kinds)
    let isRefusal = kind == .actionRefused
    let subject = isRefusal && random.oneIn(2) && !ids.isEmpty ? random.pick(ids) : nil
    let isFact = isRefusal || random.oneIn(2)
    var proposal = Proposal(kind, isFact ? .observation : .command, subject, at: time())
    identify(&proposal)
    // Without an id, only what happens to a workload can be told from what it repeats.
    if proposal.identity == .content { (proposal.identity, proposal.source) = (.ledger, nil) }
    proposal.actor = random.oneIn(7) ? nil : random.pick(Self.users)
    proposal.project = random.pick(Self.projects)
    if random.oneIn(6) { proposal.expectedVersion = UInt32(random.below(6)) }
    if isRefusal {
      if subject != nil { proposal.project = nil }
      proposal.refusedKind = .started
      proposal.reason = "told so elsewhere"
      return proposal
    }
    if kind == .projectCreated { return proposal }
    proposal.owner = random.pick(Self.users)
    guard kind == .quotaSet else { return proposal }
    func limit() -> Int64 { random.oneIn(3) ? -1 : Int64(random.below(6)) * 1000 }
    proposal.resources = Resources(cpuMillicores: limit(), memoryBytes: -1, gpuMilli: limit())
    return proposal
  }

  private mutating func time() -> Timestamp {
    Timestamp(microseconds: clock - (random.oneIn(8) ? Int64(random.below(60_000_000)) : 0))
  }

  private mutating func identify(_ proposal: inout Proposal) {
    let isForeign = proposal.intent == .observation ? !random.oneIn(3) : random.oneIn(5)
    guard isForeign else { return }
    let source = random.pick(Self.sources)
    proposal.source = source
    switch random.below(3) {
    case 0: proposal.identity = .content
    case 1: proposal.identity = .text("id-\(random.next() >> 20)")
    default:
      let next = nextNumber[source, default: 1000]
      let isStray = random.oneIn(5)
      nextNumber[source] = next + (random.oneIn(4) ? 10 : 1)
      proposal.identity = .number(isStray ? UInt64(1 + random.below(2000)) : next)
    }
  }
}
