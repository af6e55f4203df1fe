import Glibc
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `A full disk` {
  /// A small file system of its own; nil where this user may not mount one.
  private final class SmallDisk {
    let folder = TemporaryFolder()
    var path: String { folder.path }
    init?(megabytes: Int) {
      guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
        print("SKIPPED: the full disk can't be tested, since mount says errno \(errno)")
        return nil
      }
    }
    deinit { umount2(folder.path, Int32(MNT_DETACH)) }
  }

  private func fill(_ path: String, leaving kilobytes: Int) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return }
    let free = Int(status.f_bavail) * Int(status.f_bsize) - kilobytes * 1024
    if free > 0 { writeFile(path + "/ballast", [UInt8](repeating: 1, count: free)) }
  }

  @Test func `refuses with a typed error, keeps nothing of the write and works again when there is space`()
    throws
  {
    guard let disk = SmallDisk(megabytes: 12) else { return }
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let path = disk.path + "/ledger"
    _ = try Ledger.create(at: path, now: TestLedger.time(0))
    let ledger = try Ledger(path: path)
    var batch = EventBatch()
    var outcomes: [EventOutcome] = []
    var count = 0
    func append(_ size: Int) throws {
      batch.removeEvents()
      for _ in 0..<size {
        var creation = Proposal.creation(TestLedger.id(count), "workload \(count)")
        creation.intent = .observation
        creation.reason = String(repeating: "r", count: 300)
        creation.add(to: &batch)
        count += 1
      }
      do { try ledger.append(&batch, now: TestLedger.time(0), outcomes: &outcomes) } catch {
        count -= size
        throw error
      }
    }
    try append(100)
    for leaving in [0, 20, 60, 100, 300, 700] {
      fill(disk.path, leaving: leaving)
      var failure: LedgerError?
      for _ in 0..<2000 {
        let last = try ledger.lastPosition()
        do { try append(1 + random.below(30)) } catch {
          failure = error as? LedgerError
          #expect(try ledger.lastPosition() == last, "nothing of the write is kept")
          break
        }
      }
      guard case .diskFull = failure else {
        Issue.record("leaving \(leaving) KiB: \(String(describing: failure)), seed \(seed)")
        return
      }
      let page = try? ledger.page(WorkloadQuery(project: "p"), now: TestLedger.time(9))
      if let page { #expect(page.total == count) }
      unlink(disk.path + "/ballast")
      try append(5)
      #expect(try ledger.page(WorkloadQuery(project: "p"), now: TestLedger.time(9)).total == count)
      #expect(try ledger.replay().differenceCount == 0)
    }
  }
}
