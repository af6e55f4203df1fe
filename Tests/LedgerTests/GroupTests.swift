import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Several batches of one caller` {
  private static func request(_ proposals: Proposal...) -> AppendRequest {
    var request = AppendRequest(batch: EventBatch(), now: TestLedger.time(0))
    for proposal in proposals { proposal.add(to: &request.batch) }
    return request
  }

  private static func verdicts(_ request: AppendRequest) -> [String] {
    switch request.result {
    case .success(let outcomes): outcomes.map { "\($0.verdict)" }
    case .failure(let error): [error.message]
    }
  }

  @Test func `share one commit, each sees what the one before it left, and each gets its answers`()
    throws
  {
    let (folder, path) = try TestLedger.closed()
    let before = try RawTables(path: path + "/log").lastTransaction()
    let id = TestLedger.id(1)
    var requests = [
      Self.request(.creation(id), .command(.started, id)),
      Self.request(.command(.completed, id)),
      Self.request(.command(.started, TestLedger.id(2))),
      Self.request(),
    ]
    do {
      let ledger = try Ledger(path: path)
      ledger.append(&requests)
      #expect(
        requests.map(Self.verdicts) == [["appended", "appended"], ["appended"], ["notFound"], []])
      #expect(try ledger.details(id, now: TestLedger.time(9)).workload.status == .complete)
    }
    #expect(try RawTables(path: path + "/log").lastTransaction() == before + 1)
    withExtendedLifetime(folder) {}
  }

  @Test func `with a bad one among them lose only that`() throws {
    let test = try TestLedger()
    var nameless = Proposal.creation(TestLedger.id(2))
    nameless.name = nil
    var requests = [
      Self.request(.creation(TestLedger.id(1))), Self.request(nameless),
      Self.request(.creation(TestLedger.id(3))),
    ]
    test.ledger.append(&requests)
    #expect(
      requests.map(Self.verdicts) == [
        ["appended"], ["event 1 (workload.created): the workload has no name"], ["appended"],
      ])
    #expect(try test.ledger.page(WorkloadQuery(project: "p"), now: TestLedger.time(9)).total == 2)
  }

  @Test func `come back to be used again`() throws {
    let test = try TestLedger()
    var requests = [Self.request(.creation(TestLedger.id(1))), Self.request(.creation(TestLedger.id(2)))]
    for round in 0..<3 {
      test.ledger.append(&requests)
      for index in requests.indices {
        #expect(Self.verdicts(requests[index]) == ["appended"])
        #expect(requests[index].batch.events.count == 1)
        requests[index].batch.removeEvents()
        Proposal.creation(TestLedger.id(10 + 2 * round + index)).add(to: &requests[index].batch)
      }
    }
    #expect(try test.ledger.page(WorkloadQuery(project: "p"), now: TestLedger.time(9)).total == 6)
  }

  @Test func `for a ledger that can't be written all say so`() throws {
    let (folder, path) = try TestLedger.closed()
    let ledger = try Ledger(path: path, access: .readOnly)
    var requests = [Self.request(.creation(TestLedger.id(1))), Self.request(.creation(TestLedger.id(2)))]
    ledger.append(&requests)
    let refusal = LedgerError.readOnly(path: path).message
    #expect(requests.map(Self.verdicts) == [[refusal], [refusal]])
    withExtendedLifetime(folder) {}
  }
}
