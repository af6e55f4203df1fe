import Foundation
import Glibc
import LedgerTestSupport
import Testing

/// Backups of which something was taken away, changed, swapped, or put in.
struct `A damaged backup` {
  private let fixture: BackupFixture
  private let files: [String: [UInt8]]
  private let seed = testSeed()

  init() throws {
    var fixture = try BackupFixture()
    var random = SeededRandom(seed: seed)
    try fixture.run.fill(600)
    try fixture.live(&random, steps: 4)
    try fixture.ok("project", "add-member", "vision", "gone")
    try fixture.ok("redact", "gone", "--reason", "request", "--yes")
    try fixture.ok("token", "issue", "bob")
    try fixture.ok("checkpoint", "--new-key")
    try fixture.ok("backup", fixture.backup)
    self.fixture = fixture
    files = try CommandLineRun.files(fixture.backup)
  }

  /// That a backup with other bytes in some files (nil: without them) is refused, in words that name one of them, and that
  /// nothing is made; and puts the files back.
  private func expectRefused(_ changes: [String: [UInt8]?], _ what: String) throws {
    for (path, bytes) in changes {
      if let bytes {
        writeFile(fixture.backup + "/" + path, bytes)
      } else {
        unlink(fixture.backup + "/" + path)
      }
    }
    let result = try fixture.restore("copy")
    #expect(result.status == 6, "\(what): status \(result.status), '\(result.errors)', seed \(seed)")
    let names = Set(changes.keys).union(["private/state"])
    #expect(
      names.contains { result.errors.contains($0) } || changes.keys.contains("checkpoint"),
      "\(what): \(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: fixture.run.folder + "/copy"), "\(what)")
    for path in changes.keys { writeFile(fixture.backup + "/" + path, files[path] ?? []) }
  }

  @Test(.timeLimit(.minutes(5)))
  func `is refused whichever byte of which file was changed, left out or put in`() throws {
    var random = SeededRandom(seed: seed ^ 1)
    for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
      try expectRefused([path: [UInt8]?.none], "\(path) is missing")
      try expectRefused([path: []], "\(path) is empty")
      for _ in 0..<testRounds(3) {
        let place = random.below(bytes.count)
        var changed = bytes
        changed[place] ^= 1 << random.below(8)
        try expectRefused([path: changed], "\(path), byte \(place) changed")
        try expectRefused([path: Array(bytes[..<place])], "\(path) cut off at \(place)")
        var longer = bytes
        longer.insert(UInt8(random.below(256)), at: random.below(bytes.count + 1))
        if longer != bytes { try expectRefused([path: longer], "\(path) with one byte more") }
      }
      try expectRefused([path: bytes + [0x0A]], "\(path) with one line more")
    }
    #expect(try fixture.restore("copy").status == 0, "the backup itself is sound")
  }

  @Test func `is refused where two of its files were swapped, with their hashes or without`() throws {
    func swapped(_ pairs: [(String, String)]) -> [String: [UInt8]?] {
      var changes: [String: [UInt8]?] = [:]
      for (left, right) in pairs {
        changes[left] = files[right]
        changes[right] = files[left]
      }
      return changes
    }
    let bundles = ("tile/entries/000", "tile/entries/001")
    try expectRefused(swapped([bundles]), "bundles")
    try expectRefused(swapped([("tile/0/000", "tile/0/001")]), "hashes")
    try expectRefused(swapped([bundles, ("tile/0/000", "tile/0/001")]), "both")
  }

  @Test func `is refused where a part of it is of another moment`() throws {
    let old = fixture.run.folder + "/old"
    copyTree(fixture.backup, to: old)
    try fixture.run.fill(100, from: 600_000)
    try fixture.ok("backup", fixture.backup)
    let new = try CommandLineRun.files(fixture.backup)
    let before = try CommandLineRun.files(old)
    let (size, newSize) = (try size(before), try size(new))
    // Today's checkpoint over yesterday's files, and the other way round.
    writeFile(old + "/checkpoint", try #require(new["checkpoint"]))
    let ahead = try fixture.restore("copy", from: old)
    #expect(
      ahead.status == 6 && ahead.errors.contains("private/state-\(newSize) is missing"), "\(ahead.errors)")
    for name in ["state-\(newSize)", "names-\(newSize).ndjson"] {
      writeFile(old + "/private/" + name, try #require(new["private/" + name]))
    }
    let short = try fixture.restore("copy", from: old)
    #expect(short.status == 6 && short.errors.contains("is missing"), "\(short.errors)")
    writeFile(fixture.backup + "/checkpoint", try #require(before["checkpoint"]))
    let behind = try fixture.restore("copy")
    #expect(
      behind.status == 6 && behind.errors.contains("private/state-\(size) is missing"), "\(behind.errors)")
    // The secrets of another ledger.
    let other = try BackupFixture(backedUp: 600)
    let theirs = try CommandLineRun.files(other.backup)
    let state = try #require(theirs.first { $0.key.hasPrefix("private/state-") }?.value)
    writeFile(fixture.backup + "/checkpoint", try #require(new["checkpoint"]))
    writeFile(fixture.backup + "/private/state-\(newSize)", state)
    let mixed = try fixture.restore("copy")
    #expect(mixed.status == 6 && mixed.errors.contains("its last checkpoint is not the one in"))
    #expect(!FileManager.default.fileExists(atPath: fixture.run.folder + "/copy"))
  }

  private func size(_ files: [String: [UInt8]]) throws -> Int {
    let lines = String(decoding: files["checkpoint"] ?? [], as: UTF8.self).split(separator: "\n")
    return try #require(Int(lines[1]))
  }
}

/// Commands that are killed at any moment.
struct `A kill -9` {
  private let seed = testSeed()

  /// Runs the program and kills it after a while; whether it was killed before its end.
  private func kill(_ run: CommandLineRun, _ words: [String], after microseconds: Int) throws -> Bool {
    let process = try run.process(words)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    usleep(UInt32(microseconds))
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
  }

  @Test(.timeLimit(.minutes(5)))
  func `of a restoration leaves no ledger or a whole one, and it can be repeated`() throws {
    var random = SeededRandom(seed: seed)
    let fixture = try BackupFixture()
    try fixture.run.fill(6000)
    try fixture.ok("token", "issue", "bob")
    try fixture.ok("backup", fixture.backup)
    let wanted = try fixture.everything(fixture.ledger)
    let start = ContinuousClock.now
    #expect(try fixture.restore("whole").status == 0)
    let length = Int((ContinuousClock.now - start) / .microseconds(1))
    let copy = fixture.run.folder + "/copy"
    var killed = 0
    for round in 0..<testRounds(15) {
      let words = ["restore", fixture.backup, "--ledger", copy]
      if try kill(fixture.run, words, after: random.below(max(1, length))) { killed += 1 }
      if !FileManager.default.fileExists(atPath: copy + "/log/data.mdb") {
        // None, and nobody takes what is left for one or makes another there.
        let none = try fixture.run.run("verify", "--ledger", copy)
        #expect(none.status == 1 && none.errors.contains("there is no ledger"), "\(none.errors)")
        if FileManager.default.fileExists(atPath: copy + "/restoring") {
          let made = try fixture.run.run("init", "--ledger", copy)
          #expect(made.status == 1 && made.errors.contains("which was interrupted"), "\(made.errors)")
        }
        // Killed again and again, or at last not.
        if random.oneIn(2) { continue }
        let again = try fixture.restore("copy")
        #expect(again.status == 0, "round \(round), seed \(seed): \(again.errors)")
      }
      #expect(try fixture.everything(copy) == wanted, "round \(round), seed \(seed)")
      let verified = try fixture.run.run("verify", "--ledger", copy)
      #expect(verified.status == 0, "\(verified.output)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: copy + "/log").sorted() == [
          "data.mdb", "lock.mdb",
        ])
      removeTree(copy)
    }
    #expect(killed > 3, "most were killed before their end")
  }

  @Test(.timeLimit(.minutes(5)))
  func `of a backup leaves the one before it, and it can be repeated`() throws {
    var random = SeededRandom(seed: seed)
    let fixture = try BackupFixture()
    try fixture.run.fill(2000)
    let start = ContinuousClock.now
    try fixture.ok("backup", fixture.backup)
    let length = Int((ContinuousClock.now - start) / .microseconds(1))
    var killed = 0
    for round in 0..<testRounds(15) {
      try fixture.run.fill(300, from: 10_000 + 300 * round)
      if round % 3 == 0 {
        try fixture.ok("project", "add-member", "vision", "gone\(round)")
        try fixture.ok("redact", "gone\(round)", "--reason", "request", "--yes")
      }
      if try kill(fixture.run, ["backup", fixture.backup], after: random.below(max(1, length / 2))) {
        killed += 1
      }
      let checked = try fixture.run.run("restore", fixture.backup, "--dry-run")
      #expect(checked.status == 0, "round \(round), seed \(seed): \(checked.errors)")
      if random.oneIn(3) { try fixture.ok("backup", fixture.backup) }
    }
    #expect(killed > 3, "most were killed before their end")
    try fixture.ok("backup", fixture.backup)
    let whole = fixture.run.folder + "/whole"
    try fixture.ok("backup", whole)
    let (left, right) = (try CommandLineRun.files(fixture.backup), try CommandLineRun.files(whole))
    #expect(left.keys.sorted() == right.keys.sorted(), "nothing is left of what was killed")
    for (path, bytes) in right { #expect(left[path] == bytes, "\(path)") }
  }
}
