import Foundation
import LedgerTestSupport
import Synchronization
import Testing

/// The real program is recorded while it works. Then, for every moment at which something was about to be flushed or
/// renamed, the power fails: of what was not flushed the disk has nothing, all, or any part, and the ledger that is left
/// must be whole and have everything that the program had answered for.
struct `A power loss` {
  /// A ledger that the power loss left, and what must be in it.
  private struct Image {
    var number: Int
    var folder = TemporaryFolder()
    /// Nothing where the ledger itself was not answered for.
    var answered: RecordedRun.Phase?
    var what: String
  }

  @Test(.timeLimit(.minutes(5)))
  func `at any moment loses nothing that was answered for, and leaves a ledger that holds`() throws {
    let seed = testSeed()
    guard let run = try RecordedRun() else { return }
    for round in 0..<testRounds(1) {
      let seed = seed &+ UInt64(round)
      for flaw in flaws(of: run, on: SimulatedDisk(), seed) { Issue.record("\(flaw), seed \(seed)") }
    }
  }

  /// Of `boot` only the name must be flushed: an empty one says that the views are not to be trusted.
  @Test(.timeLimit(.minutes(5)))
  func `is noticed where something is not flushed that must be`() throws {
    guard let run = try RecordedRun() else { return }
    let seed = testSeed()
    for path in [
      "", "/ledger", "/ledger/log/new", "/ledger/log/new/data.mdb", "/ledger/log/data.mdb", "/ledger/views",
      "/ledger/views/data.mdb", "/ledger/checkpoint.", "/ledger/signing-key.next.", "/backup", "/backup/.new",
      "/backup/.new/names.ndjson", "/backup/checkpoint.new", "/backup/private", "/copy", "/copy/restoring",
      "/copy/restoring/log", "/copy/restoring/log/data.mdb", "/copy/restoring/signing-key.",
    ] {
      var disk = SimulatedDisk()
      disk.forgotten = run.root + path
      #expect((0..<9).contains { !flaws(of: run, on: disk, seed &+ $0).isEmpty }, "\(path)")
    }
  }

  /// What is wrong with the ledgers that the power leaves when it fails at any moment of a run.
  private func flaws(of run: RecordedRun, on disk: SimulatedDisk, _ seed: UInt64) -> [String] {
    var random = SeededRandom(seed: seed)
    var disk = disk
    var answered: RecordedRun.Phase?
    var (flaws, count): ([String], Int) = ([], 0)
    for phase in run.phases {
      var images: [Image] = []
      func fail(_ luck: SimulatedDisk.Luck, during step: Recording.Step?, _ what: String) {
        // Nothing can be noticed yet.
        if disk.forgotten != nil, !disk.hasForgotten { return }
        let image = Image(number: count, answered: answered, what: "image \(count), \(luck) \(what)")
        disk.image(luck, during: step, &random, of: run.root, at: image.folder.path)
        images.append(image)
        count += 1
      }
      for (index, step) in phase.steps.enumerated() {
        for luck in Self.lucks(during: step, &random) {
          fail(luck, during: step, "of step \(index) of '\(phase.words)', \(step.summary)")
        }
        disk.apply(step)
      }
      answered = phase
      fail(.nothing, during: nil, "after '\(phase.words)'")
      flaws += self.flaws(of: images, run.treeRoots)
      if disk.forgotten != nil, !flaws.isEmpty { return flaws }
    }
    print("\(count) images, \(flaws.count) flaws")
    // The recording is whole: it leads to the files that are there.
    for (path, bytes) in disk.whole() where bytes != readFile(path) {
      flaws.append("\(path) is not as recorded")
    }
    if disk.whole().count < 5 { flaws.append("too little was recorded: \(disk.whole().keys)") }
    return flaws
  }

  /// With how much luck the power is to fail while a step is under way.
  private static func lucks(
    during step: Recording.Step, _ random: inout SeededRandom
  ) -> [SimulatedDisk.Luck] {
    switch step {
    case .flush, .write(_, _, _, isDurable: true): [.nothing, .wholeWrites, .tornWrites, .tornWrites]
    case .rename, .remove, .makeFolder, .create: [.everything, .wholeWrites]
    case .write, .resize: random.oneIn(8) ? [.tornWrites] : []
    }
  }

  // MARK: Looking at what is left

  private func flaws(of images: [Image], _ treeRoots: [String]) -> [String] {
    let next = Atomic(0)
    let found = Mutex<[String]>([])
    onThreads(2) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= images.count { return }
        do {
          guard let flaw = try flaw(of: images[index], treeRoots) else { continue }
          found.withLock { $0.append("\(images[index].what): \(flaw)") }
        } catch { found.withLock { $0.append("\(images[index].what): \(error)") } }
      }
    }
    return found.withLock { $0 }
  }

  /// What is wrong with what the power loss left; nil where nothing is.
  private func flaw(of image: Image, _ treeRoots: [String]) throws -> String? {
    let folder = image.folder.path
    let (result, records, root) = try Self.verify(folder)
    if result.wasKilled { return "signal \(result.status): \(result.errors)" }
    let isOurs = records < treeRoots.count && treeRoots[records] == root
    guard let answered = image.answered else {
      // It may be there, in part, or not at all; asked for again it must be there.
      if result.status == 0, !isOurs { return "another history" }
      return try flaw(ofGoingOnIn: folder, [["init"], ["checkpoint"]], records)
    }
    if result.status != 0 { return "status \(result.status): \(result.errors)\(result.output)" }
    if records < Int(answered.lastPosition) {
      return "\(records) records, and \(answered.lastPosition) were answered for"
    }
    if !isOurs { return "\(records) records of another history" }
    let log = readFile(folder + "/ledger/log/data.mdb")
    if answered.isRedacted, log.firstRange(of: Array(RecordedRun.person.utf8)) != nil {
      return "the name that was destroyed is there again"
    }
    if let flaw = try Self.flaw(ofBackupIn: folder, answered) { return flaw }
    // And it can go on.
    if !image.number.isMultiple(of: 3) { return nil }
    return try flaw(ofGoingOnIn: folder, [["checkpoint"], ["project", "create", "more"]], records)
  }

  /// A backup that was answered for must hold, and what was put back from it; and what is there without it, too.
  private static func flaw(ofBackupIn folder: String, _ answered: RecordedRun.Phase) throws -> String? {
    let backup = folder + "/backup"
    if answered.backupSize > 0 || !readFile(backup + "/checkpoint").isEmpty {
      let result = try RecordedRun.program(["restore", backup, "--dry-run", "-o", "json"], in: folder)
      let json = try? JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      if result.status != 0 { return "the backup is lost: \(result.errors)" }
      let records = json?["records"] as? Int ?? 0
      if records < Int(answered.backupSize) { return "the backup has only \(records) records" }
    }
    let copy = folder + "/copy"
    if answered.isRestored || !readFile(copy + "/log/data.mdb").isEmpty {
      let result = try RecordedRun.program(["verify", "--ledger", copy], in: folder, boot: "after")
      if result.status != 0 { return "what was put back is lost: \(result.errors)\(result.output)" }
      if readFile(copy + "/signing-key") != readFile(folder + "/ledger/signing-key") {
        return "the key of what was put back is lost"
      }
    }
    return nil
  }

  private func flaw(ofGoingOnIn folder: String, _ commands: [[String]], _ records: Int) throws -> String? {
    for words in commands {
      let result = try RecordedRun.program(words, in: folder, boot: "after")
      if result.status != 0 { return "\(words) fails: \(result.errors)" }
    }
    let after = try Self.verify(folder)
    return after.result.status == 0 && after.records >= max(records, 2)
      ? nil : "it does not go on: \(after.result.errors)\(after.result.output)"
  }

  /// What the program says of a ledger after the machine was started again.
  private static func verify(_ folder: String) throws -> (result: OtherProgram, records: Int, root: String) {
    let result = try RecordedRun.program(["verify", "-o", "json"], in: folder, boot: "after")
    let json = try? JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    return (result, json?["records"] as? Int ?? 0, json?["root"] as? String ?? "")
  }
}
