import Ledger
import LedgerTestSupport
import WorkloadModel

/// A ledger in a folder of its own, with what tests ask of it all the time.
final class TestLedger {
  let folder = TemporaryFolder()
  let ledger: Ledger
  private var batch = EventBatch()

  var path: String { folder("ledger") }

  /// An empty ledger with one project, `p`, whose member is alice.
  init() throws {
    _ = try Ledger.create(at: folder("ledger"), now: Self.time(0))
    ledger = try Ledger(path: folder("ledger"))
    var project = Proposal(.projectCreated, .command, nil, at: Self.time(0))
    project.actor = "alice"
    project.project = "p"
    try append(project)
  }

  /// The same, which nobody has open. It is there as long as its folder is.
  static func closed() throws -> (folder: TemporaryFolder, path: String) {
    let test = try TestLedger()
    return (test.folder, test.path)
  }

  static func time(_ seconds: Int64) -> Timestamp {
    Timestamp(microseconds: 1_700_000_000_000_000 + seconds * 1_000_000)
  }

  static func id(_ number: Int) -> WorkloadID { WorkloadID(high: 0x7000, low: UInt64(number)) }

  @discardableResult
  func append(_ proposals: Proposal...) throws -> [EventOutcome] { try append(proposals) }

  @discardableResult
  func append(_ proposals: [Proposal]) throws -> [EventOutcome] {
    batch.removeEvents()
    for proposal in proposals { proposal.add(to: &batch) }
    var outcomes: [EventOutcome] = []
    try ledger.append(&batch, now: Self.time(0), outcomes: &outcomes)
    return outcomes
  }

  func event(_ position: UInt64) throws -> Event? {
    var query = HistoryQuery()
    (query.from, query.to) = (position, position)
    var found: Event?
    try ledger.history(query) { event in
      found = event
      return false
    }
    return found
  }
}

extension Proposal {
  /// The creation of a workload in project `p` by alice.
  static func creation(_ id: WorkloadID, _ name: String = "train", gpu: Int64 = 0) -> Proposal {
    var proposal = Proposal(.created, .command, id, at: TestLedger.time(1))
    proposal.actor = "alice"
    proposal.owner = "alice"
    proposal.project = "p"
    proposal.type = .training
    proposal.name = name
    proposal.resources.gpuMilli = gpu
    return proposal
  }

  /// A step of a workload, wanted by alice.
  static func command(_ kind: EventKind, _ id: WorkloadID, _ seconds: Int64 = 2) -> Proposal {
    var proposal = Proposal(kind, .command, id, at: TestLedger.time(seconds))
    proposal.actor = "alice"
    if kind == .terminated { proposal.reason = "unknown" }
    return proposal
  }

  /// A step of a workload that a source reports with its number for it.
  static func fact(_ kind: EventKind, _ id: WorkloadID, _ number: UInt64, from source: String = "s")
    -> Proposal
  {
    var proposal = Proposal(kind, .observation, id, at: TestLedger.time(3))
    proposal.source = source
    proposal.identity = .number(number)
    if kind == .terminated { proposal.reason = "unknown" }
    return proposal
  }
}
