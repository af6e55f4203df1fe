import Foundation
import LedgerTestSupport

/// A call of the system that the program made about the files of its ledger, as `faults.c` wrote it down.
struct SystemCall {
  var name: String
  /// Whether it changes something on the disk.
  var isChange: Bool
  var path: String

  init?(line: Substring) {
    let parts = line.split(separator: " ", maxSplits: 2)
    guard parts.count == 3 else { return nil }
    (name, isChange, path) = (String(parts[0]), parts[1] == "1", String(parts[2]))
  }

  /// How it can fail; 0 is half of the work done, which only a write can say.
  private var codes: [Int32] {
    switch name {
    case "write": [EIO, ENOSPC, EINTR, 0]
    case "fsync", "fdatasync", "ftruncate", "fallocate": [EIO, ENOSPC, EINTR]
    case "create": [EIO, ENOSPC, EINTR, EMFILE]
    case "open": [EIO, EINTR, EMFILE]
    case "rename", "mkdir": [EIO, ENOSPC]
    case "read": [EIO, EINTR]
    case "mmap": [ENOMEM]
    default: [EIO]
    }
  }

  /// All faults of this call, the `number`th of its run. Nothing is interrupted for ever.
  func faults(_ number: Int) -> [Fault] {
    codes.flatMap { code in
      (isChange && code != EINTR ? [false, true] : [false]).map {
        Fault(number: number, code: code, lasts: $0, call: "\(name) of \(path)")
      }
    }
  }
}

/// That one call fails, or that one and all behind it that change something.
struct Fault: CustomStringConvertible {
  var number: Int
  var code: Int32
  var lasts = false
  var call: String

  /// Not an error: the program is told that a write was done, and nothing was. No program can see that.
  static let lie: Int32 = -1

  var variable: String { "\(number) \(code) \(lasts ? 1 : 0)" }

  var reason: String {
    switch code {
    case Self.lie: "a lie"
    case 0: "half of it"
    default: String(cString: strerror(code))
    }
  }

  var description: String { "\(reason)\(lasts ? ", for good," : "") at call \(number), \(call)" }
}

/// A command that the real program carries out in a ledger, the same one as often as it is asked to.
struct FaultStage: Sendable {
  var words: [String]
  var input = ""
  /// What follows, and must find a ledger that is as good as any.
  var next: [[String]]
  /// Where the ledger is as it was before.
  let before = TemporaryFolder()
  fileprivate(set) var calls: [SystemCall] = []
  /// How many records the log has before and after.
  fileprivate(set) var (recordsBefore, recordsAfter): (UInt64, UInt64) = (0, 0)
  /// The root of the hash tree before.
  fileprivate(set) var rootBefore = ""

  var summary: String { words.joined(separator: " ") }

  fileprivate init(_ words: [String], next: [[String]] = [["project", "create", "more"]]) {
    (self.words, self.next) = (words, next)
    if words == RecordedRun.importing { input = RecordedRun.events(1) }
  }
}

/// Commands one after the other, each of which can be repeated with a fault.
struct FaultStages {
  private(set) var all: [FaultStage]
  private let library: String
  private let folder = TemporaryFolder()

  static let person = RecordedRun.person
  private static let backup = ["backup", "@/backup"]
  private static let check = ["restore", "@/backup", "--dry-run"]

  /// Runs all of it without a fault; nil where there is no compiler.
  init?() throws {
    guard let library = try RecordedRun.preload("faults", in: folder) else { return nil }
    self.library = library
    all = [
      FaultStage(["init"], next: [["init"], ["checkpoint"]]),
      FaultStage(["project", "create", "vision"]),
      FaultStage(RecordedRun.creation("bert")),
      FaultStage(["project", "add-member", "vision", Self.person]),
      FaultStage(["token", "issue", Self.person]),
      FaultStage(["checkpoint"], next: [["checkpoint"]]),
      FaultStage(RecordedRun.importing),
      FaultStage(
        ["redact", Self.person, "--reason", "request 4711", "--yes"], next: [["redact", "--scrub"]]),
      FaultStage(["checkpoint", "--new-key"], next: [["checkpoint"]]),
      FaultStage(Self.backup, next: [Self.backup, Self.check]),
      FaultStage(
        RecordedRun.creation("gpt"), next: [["project", "create", "more"], Self.backup, Self.check]),
      FaultStage(Self.backup, next: [Self.check, Self.backup, Self.check]),
      FaultStage(["restore", "@/backup", "--ledger", "@/copy"]),
      FaultStage(["replay", "--rebuild"]),
      FaultStage(["replay"]),
      FaultStage(["verify"]),
    ]
    let home = folder("home")
    mkdir(home, 0o700)
    for index in all.indices {
      copyTree(home, to: all[index].before.path)
      all[index].recordsBefore = index == 0 ? 0 : all[index - 1].recordsAfter
      let (result, calls) = try run(all[index], in: home, nil)
      guard result.status == 0 else { throw StageError(what: "\(all[index].words): \(result.errors)") }
      all[index].calls = calls
      let copy = TemporaryFolder()
      copyTree(home, to: copy("home"))
      let roots = try RecordedRun.treeRoots(copy("home/ledger"))
      all[index].recordsAfter = UInt64(roots.count - 1)
      all[index].rootBefore = roots[Int(all[index].recordsBefore)]
    }
  }

  struct StageError: Error { var what: String }

  /// The words with the folder, which is another one each time, for `@`.
  static func words(_ words: [String], in home: String) -> [String] {
    words.map { $0.hasPrefix("@/") ? home + $0.dropFirst() : $0 }
  }

  /// Carries out a command in a folder that is as the one before it was.
  func run(
    _ stage: FaultStage, in home: String, _ fault: Fault?
  ) throws -> (result: OtherProgram, calls: [SystemCall]) {
    let files = TemporaryFolder()
    writeFile(files("calls"), [])
    var environment = [
      "LD_PRELOAD": library, "WORKLEDGER_FAULT_ROOT": home, "WORKLEDGER_FAULT_FILE": files("calls"),
    ]
    environment["WORKLEDGER_FAULT"] = fault?.variable
    let result = try RecordedRun.program(
      Self.words(stage.words, in: home), in: home, input: stage.input, environment)
    let lines = String(decoding: readFile(files("calls")), as: UTF8.self)
    return (result, lines.split(separator: "\n").compactMap { SystemCall(line: $0) })
  }
}
