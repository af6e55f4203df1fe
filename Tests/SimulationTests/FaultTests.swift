import EventStore
import Evidence
import Foundation
import LMDB
import Ledger
import LedgerTestSupport
import Synchronization
import Testing

/// Every call of the system that the real program makes about its files fails once. The command must say so, or have done
/// its work; and the ledger that is left must be whole, as it was before or as it would be after, and go on.
struct `A fault of one system call` {
  @Test(.timeLimit(.minutes(10)))
  func `is said and leaves a ledger that holds and goes on, whichever call it is`() throws {
    let seed = testSeed()
    guard let stages = try FaultStages() else { return }
    let takesAll = testRounds(1) > 1
    var cases: [Case] = []
    for stage in stages.all {
      for (number, call) in stage.calls.enumerated() {
        var random = SeededRandom(seed: seed ^ UInt64(number) << 48)
        let faults = call.faults(number)
        cases += (takesAll ? faults : [random.pick(faults)]).map { Case(stage: stage, fault: $0) }
      }
    }
    let flaws = flaws(of: cases, stages)
    print("\(cases.count) faults, \(flaws.count) flaws")
    for flaw in flaws { Issue.record("\(flaw), seed \(seed)") }
    #expect(cases.count > 300)
  }

  @Test func `is noticed where a write is lost and the program can't know`() throws {
    guard let stages = try FaultStages(), let stage = stages.all.first(where: { $0.words[0] == "create" })
    else { return }
    for (number, call) in stage.calls.enumerated() where call.name == "write" && call.path.contains("/log/") {
      let fault = Fault(number: number, code: Fault.lie, call: call.path)
      #expect(!flaws(of: [Case(stage: stage, fault: fault)], stages).isEmpty, "\(fault)")
    }
  }

  private struct Case {
    var stage: FaultStage
    var fault: Fault
  }

  private func flaws(of cases: [Case], _ stages: FaultStages) -> [String] {
    let next = Atomic(0)
    let found = Mutex<[String]>([])
    onThreads(2) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= cases.count { return }
        let (stage, fault) = (cases[index].stage, cases[index].fault)
        let flaw: String?
        do { flaw = try self.flaw(of: fault, in: stage, stages) } catch { flaw = "\(error)" }
        if let flaw { found.withLock { $0.append("'\(stage.summary)', \(fault): \(flaw)") } }
      }
    }
    return found.withLock { $0 }
  }

  /// What is wrong with what the program says and leaves behind; nil where nothing is.
  private func flaw(of fault: Fault, in stage: FaultStage, _ stages: FaultStages) throws -> String? {
    let folder = TemporaryFolder()
    let home = folder("home")
    copyTree(stage.before.path, to: home)
    let (result, calls) = try stages.run(stage, in: home, fault)
    if calls.count <= fault.number { return nil }
    if result.wasKilled { return "signal \(result.status): \(result.errors)" }
    if result.status != 0, let flaw = Self.flaw(ofMessage: result, fault, home) { return flaw }

    let said = "status \(result.status), '\(result.errors)'"
    if stage.recordsBefore > 0 {
      let left = try Left(home, sizeBefore: stage.recordsBefore)
      if let flaw = left.flaw { return "\(flaw) after \(said)" }
      if left.rootBefore != stage.rootBefore { return "another history after \(said)" }
      let isKept = left.records == stage.recordsAfter
      if !isKept, left.records != stage.recordsBefore || result.status == 0 {
        return "\(left.records) records after \(said)"
      }
      if let flaw = Self.flaw(ofFilesIn: home, result, isKept: isKept, stage) {
        return "\(flaw) after \(said)"
      }
    }
    // What was written aside may stay where nothing can be removed.
    let aside = fault.lasts ? nil : Self.fileAside(in: home + "/ledger")
    if let aside { return "\(aside) is left after \(said)" }
    return try flaw(ofGoingOnIn: home, stage, said)
  }

  /// What stands beside the environments must be what was answered for.
  private static func flaw(
    ofFilesIn home: String, _ result: OtherProgram, isKept: Bool, _ stage: FaultStage
  ) -> String? {
    func text(_ name: String) -> String {
      String(decoding: readFile("\(home)/ledger/\(name)"), as: UTF8.self)
    }
    let hasToken = text("tokens").contains(FaultStages.person)
    switch stage.words[0] {
    case "checkpoint" where result.status == 0 && text("checkpoint") != result.output:
      return "another checkpoint"
    case "token" where result.status == 0 && !hasToken: return "no token"
    case "redact" where isKept && hasToken: return "a token of who is forgotten"
    default: return nil
    }
  }

  private static func fileAside(in folder: String) -> String? {
    FileManager.default.subpaths(atPath: folder)?.first {
      $0.split(separator: ".").last.flatMap { Int($0) } != nil
    }
  }

  /// A message must name the file and say what is wrong with it.
  private static func flaw(ofMessage result: OtherProgram, _ fault: Fault, _ home: String) -> String? {
    let says = result.errors
    let reasons = [fault.reason, "No space left", "Input/output error", "disk is full"]
    return result.status == 1 && says.contains(home) && reasons.contains { says.contains($0) }
      ? nil : "status \(result.status) says '\(says)'"
  }

  private func flaw(ofGoingOnIn home: String, _ stage: FaultStage, _ said: String) throws -> String? {
    for words in stage.next {
      let result = try RecordedRun.program(FaultStages.words(words, in: home), in: home)
      if result.status != 0 { return "then \(words) fails: '\(result.errors)' after \(said)" }
    }
    if stage.words[0] == "restore" {
      // There is no ledger, and it can be put back, or there is a whole one.
      if !FileManager.default.fileExists(atPath: home + "/copy/log/data.mdb") {
        let result = try RecordedRun.program(FaultStages.words(stage.words, in: home), in: home)
        if result.status != 0 { return "then it can't be put back: '\(result.errors)' after \(said)" }
      }
      let result = try RecordedRun.program(["verify", "--ledger", home + "/copy"], in: home)
      if result.status != 0 { return "what was put back does not hold: '\(result.output)' after \(said)" }
    }
    let left = try Left(home, sizeBefore: stage.recordsBefore)
    if let flaw = left.flaw { return "\(flaw), after going on, after \(said)" }
    let isDestroyed = stage.words[0] == "redact" && left.records == stage.recordsAfter
    let log = readFile(home + "/ledger/log/data.mdb")
    if isDestroyed, log.firstRange(of: Array(FaultStages.person.utf8)) != nil {
      return "the name is there after \(said)"
    }
    return nil
  }

  /// What is left of a ledger.
  private struct Left {
    var flaw: String?
    var records: UInt64
    /// The root of the hash tree over the records that were there before.
    var rootBefore: String

    init(_ home: String, sizeBefore: UInt64) throws {
      let ledger = try Ledger(verifying: home + "/ledger", access: .readWrite)
      // The views are left to the replay.
      var options = VerificationOptions()
      options.includesViews = false
      let report = try ledger.verify(options)
      let replay = try ledger.replay()
      records = report.records
      rootBefore = try ledger.log.environment.read { (records) throws(StoreError) in
        try ledger.log.tree.head(min(sizeBefore, report.records), records).root.base64
      }
      let differences = replay.differences.map { "\($0)" }
      let found = report.findings.map(\.what) + differences
      if !found.isEmpty { flaw = "\(found)" }
    }
  }
}
