import Ledger
import LedgerTestSupport
import WorkloadModel

extension Proposal {
  /// A step of a workload of project `p` that a source reports with its number for it. It asks for half a core, a GiB and
  /// two GPUs.
  static func step(_ kind: EventKind, _ workload: Int, _ number: UInt64, at seconds: Int64) -> Proposal {
    var fact = Proposal.fact(kind, TestLedger.id(workload), number)
    fact.occurredAt = TestLedger.time(seconds)
    (fact.name, fact.project) = (kind == .created ? "train" : nil, "p")
    fact.resources = Resources(cpuMillicores: 500, memoryBytes: 1 << 30, gpuMilli: 2000)
    return fact
  }
}

extension TestLedger {
  /// Workloads with any steps at all, times that go back, times that are bounds, reports before the creation.
  /// Where `inBlocks`, some thousands are of a time behind all others, and some of one before them.
  func fill(events: Int, inBlocks: Bool = false, _ random: inout SeededRandom) throws {
    let kinds: [EventKind] = [
      .queued, .queued, .started, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested,
      .deleted, .deleteFailed,
    ]
    var batch: [Proposal] = []
    for number in 1...events {
      let isNew = random.oneIn(4)
      let kind = isNew && !random.oneIn(6) ? .created : random.pick(kinds)
      let workload = isNew ? number : max(1, number - random.below(random.oneIn(9) ? 3_000 : 40))
      var jitter = random.oneIn(6) ? Int64(random.below(400_000)) : 0
      // A report that comes much too late, or of a clock that is far ahead.
      if inBlocks {
        if (4_000..<7_000).contains(number) { jitter = Int64(events) * -6_000 }
        if (20_000..<26_000).contains(number) { jitter = Int64(events) * 6_000 }
      } else if random.oneIn(300) {
        jitter = Int64(random.below(number * 12_000)) - Int64(number) * 6_000
      }
      var fact = Proposal.step(kind, workload, UInt64(number), at: Int64(number) * 6_000 - jitter)
      fact.isBound = random.oneIn(6)
      fact.project = random.oneIn(9) ? "q" : "p"
      fact.owner = random.oneIn(9) ? nil : random.pick(["ada", "bob", "eve"])
      fact.cluster = random.oneIn(9) ? nil : random.pick(["c1", "c2"])
      fact.type = random.oneIn(9) ? nil : random.pick(WorkloadType.allCases)
      fact.resources = Resources(
        cpuMillicores: Int64(random.below(9)) * 500, memoryBytes: Int64(random.below(9)) << 29,
        gpuMilli: Int64(random.below(4)) * 500)
      batch.append(fact)
    }
    try append(batch)
  }

  /// All events.
  func events() throws -> [Event] {
    var events: [Event] = []
    try ledger.history(HistoryQuery()) { event in
      events.append(event)
      return true
    }
    return events
  }
}
