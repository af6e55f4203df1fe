import Glibc
import LMDB
import Ledger
import LedgerTestSupport
import Synchronization
import Testing
import WorkloadModel

struct `Several threads` {
  @Test func `share commits, and each gets its own answers`() throws {
    let (folder, path) = try TestLedger.closed()
    let before = try RawTables(path: path + "/log").lastTransaction()
    let wrong = Mutex(0)
    do {
      let ledger = try Ledger(path: path)
      let threads = 48
      let appends = 20
      onThreads(threads) { thread in
        var batch = EventBatch()
        var outcomes: [EventOutcome] = []
        for round in 0..<appends {
          batch.removeEvents()
          let id = TestLedger.id(thread * 1000 + round)
          Proposal.creation(id, "thread \(thread)").add(to: &batch)
          Proposal.command(.started, id).add(to: &batch)
          do {
            try ledger.append(&batch, now: TestLedger.time(0), outcomes: &outcomes)
            let workload = try ledger.details(id, now: TestLedger.time(9)).workload
            if outcomes.map({ "\($0.verdict)" }) != ["appended", "appended"] || workload.status != .running
              || workload.lastPosition != outcomes[1].position
            {
              wrong.withLock { $0 += 1 }
            }
          } catch { wrong.withLock { $0 += 1 } }
        }
      }
      #expect(wrong.withLock { $0 } == 0)
      #expect(
        try ledger.page(WorkloadQuery(project: "p"), now: TestLedger.time(9)).total == threads * appends)
      #expect(try ledger.replay().differenceCount == 0)
    }
    let commits = try RawTables(path: path + "/log").lastTransaction() - before
    print("960 appends of concurrent threads took \(commits) commits")
    #expect(commits < 480)
    withExtendedLifetime(folder) {}
  }

  @Test func `with a bad batch among theirs fail alone`() throws {
    let test = try TestLedger()
    let ledger = test.ledger
    let results = Mutex<[Int: String]>([:])
    onThreads(32) { thread in
      var batch = EventBatch()
      var outcomes: [EventOutcome] = []
      for round in 0..<10 {
        batch.removeEvents()
        let id = TestLedger.id(thread * 1000 + round)
        var creation = Proposal.creation(id)
        if thread % 4 == 0 { creation.name = nil }
        creation.add(to: &batch)
        do {
          try ledger.append(&batch, now: TestLedger.time(0), outcomes: &outcomes)
          results.withLock { $0[thread * 1000 + round] = "\(outcomes[0].verdict)" }
        } catch {
          results.withLock { $0[thread * 1000 + round] = "error" }
        }
      }
    }
    for (number, result) in results.withLock({ $0 }) {
      #expect(result == (number / 1000 % 4 == 0 ? "error" : "appended"))
    }
    #expect(try ledger.page(WorkloadQuery(project: "p"), now: TestLedger.time(9)).total == 240)
  }

  @Test func `may replay and read at the same time as others write`() throws {
    let test = try TestLedger()
    let ledger = test.ledger
    let errors = Mutex<[String]>([])
    onThreads(6) { thread in
      do {
        for round in 0..<15 {
          if thread < 3 {
            var batch = EventBatch()
            var outcomes: [EventOutcome] = []
            Proposal.creation(TestLedger.id(thread * 100 + round)).add(to: &batch)
            try ledger.append(&batch, now: TestLedger.time(0), outcomes: &outcomes)
          } else if thread < 5 {
            let report = try ledger.replay()
            if report.differenceCount != 0 { errors.withLock { $0.append("\(report.differences)") } }
          } else {
            let page = try ledger.page(WorkloadQuery(project: "p"), now: TestLedger.time(9))
            if page.total != page.items.count { errors.withLock { $0.append("\(page.total)") } }
          }
        }
      } catch { errors.withLock { $0.append("\(error)") } }
    }
    #expect(errors.withLock { $0 } == [])
    // What a replay left behind whose process is gone: no process has this number.
    let abandoned = test.path + "/replay.\(Int32.max).1"
    mkdir(abandoned, 0o700)
    writeFile(abandoned + "/data.mdb", [1])
    _ = try ledger.replay()
    #expect(access(abandoned, F_OK) != 0)
  }

  @Test func `may make and remove ledgers, whose folders get each other's inodes`() throws {
    let errors = Mutex<[String]>([])
    onThreads(8) { _ in
      for _ in 0..<20 {
        do { _ = try TestLedger() } catch { errors.withLock { $0.append("\(error)") } }
      }
    }
    #expect(errors.withLock { $0 } == [])
  }
}
