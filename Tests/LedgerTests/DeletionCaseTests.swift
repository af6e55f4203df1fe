import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Deletions with their results` {
  private let id = TestLedger.id(1)

  private func cases(
    _ ledger: Ledger, _ scope: DeletionCaseQuery.Scope, _ change: (inout DeletionCaseQuery) -> Void = { _ in }
  ) throws -> [DeletionCase] {
    var query = DeletionCaseQuery(scope)
    change(&query)
    var found: [DeletionCase] = []
    try ledger.deletionCases(query) { found.append($0) }
    return found
  }

  private func fact(_ kind: EventKind, _ number: UInt64, at seconds: Int64) -> Proposal {
    var proposal = Proposal.fact(kind, id, number)
    proposal.occurredAt = TestLedger.time(seconds)
    return proposal
  }

  @Test func `a request that failed, was asked for again and was cleaned by hand tells its story`() throws {
    let test = try TestLedger()
    try test.append(
      .creation(id), fact(.deleteRequested, 1, at: 10), fact(.deleteFailed, 2, at: 17),
      fact(.deleteRequested, 3, at: 20), fact(.deleteFailed, 4, at: 21), fact(.deleted, 5, at: 50),
      fact(.deleted, 6, at: 60))
    let found = try cases(test.ledger, .workload(id))
    #expect(found.map { $0.request?.occurredAt } == [10, 20, 20].map { TestLedger.time($0) })
    #expect(found.map { $0.result?.kind } == [.deleteFailed, .deleteFailed, .deleted])
    #expect(found.map(\.duration) == [7_000_000, 1_000_000, 30_000_000])
    #expect(found.allSatisfy { $0.name == "train" && $0.id == id })
    #expect(try cases(test.ledger, .project("p")) == found)
  }

  @Test func `what is missing stays missing, and a bound gives no duration`() throws {
    let test = try TestLedger()
    try test.append(.creation(id), .fact(.deleted, id, 1))
    let unasked = try cases(test.ledger, .project("p")) { $0.isWithoutRequest = true }
    #expect(unasked.count == 1 && unasked[0].request == nil && unasked[0].duration == nil)
    #expect(try cases(test.ledger, .project("p")) { $0.isWithoutResult = true }.isEmpty)
    let other = TestLedger.id(2)
    var bound = Proposal.fact(.deleteRequested, other, 2)
    bound.isBound = true
    try test.append(.creation(other), bound)
    let open = try cases(test.ledger, .project("p")) { $0.isWithoutResult = true }
    #expect(open.map(\.id) == [other] && open[0].result == nil)
    #expect(try cases(test.ledger, .project("p")) { $0.requestedBefore = TestLedger.time(3) }.isEmpty)
    #expect(try cases(test.ledger, .project("p")) { $0.requestedBefore = TestLedger.time(4) } == open)
    try test.append(.fact(.deleted, other, 3))
    #expect(try cases(test.ledger, .workload(other)).map(\.duration) == [nil])
  }

  @Test func `a result that is dated before its request took no time`() throws {
    let test = try TestLedger()
    try test.append(.creation(id), fact(.deleteRequested, 1, at: 10), fact(.deleted, 2, at: 4))
    #expect(try cases(test.ledger, .workload(id)).map(\.duration) == [0])
  }

  @Test func `in random histories requests and results are found together`() throws {
    for round in 0..<testRounds(3) {
      let harness = try LedgerHarness()
      var maker = HistoryMaker(seed: testSeed() &+ UInt64(round))
      for _ in 0..<150 { try harness.append(maker.batch(harness.model), now: maker.now()) }
      for (name, project) in harness.model.projects where project.exists || !project.workloads.isEmpty {
        let found = try cases(harness.ledger, .project(name.isEmpty ? "unknown" : name))
        let expected = pairs(harness.model.events.filter { $0.project ?? "" == name })
        #expect(found.map(text) == expected)
        for id in project.workloads {
          #expect(
            try cases(harness.ledger, .workload(id)).map(text)
              == expected.filter { $0.hasPrefix("\(id) ") })
        }
      }
    }
  }

  private func text(_ found: DeletionCase) -> String {
    "\(found.id) \(found.request?.position ?? 0) \(found.result?.position ?? 0)"
  }

  /// By looking back from each result for the newest request before it.
  private func pairs(_ events: [ModelEvent]) -> [String] {
    let applied = events.filter { $0.isApplied }
    let results = applied.filter { $0.kind == .deleted || $0.kind == .deleteFailed }
    var answered: Set<UInt64> = []
    var lines = results.map { result in
      let request = applied.last {
        $0.kind == .deleteRequested && $0.subject == result.subject && $0.position < result.position
      }
      answered.insert(request?.position ?? 0)
      return "\(result.subject ?? .none) \(request?.position ?? 0) \(result.position)"
    }
    for request in applied where request.kind == .deleteRequested && !answered.contains(request.position) {
      lines.append("\(request.subject ?? .none) \(request.position) 0")
    }
    return lines
  }
}
