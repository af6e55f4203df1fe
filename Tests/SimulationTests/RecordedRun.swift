import EventStore
import Evidence
import Foundation
import LMDB
import Ledger
import LedgerTestSupport
import Testing

/// What the real program did to its files while it carried out some commands.
struct RecordedRun {
  /// A command, and what must be in the ledger when the program has answered.
  struct Phase {
    var words: String
    var steps: [Recording.Step] = []
    var lastPosition: UInt64 = 0
    var isRedacted = false
    /// How many records the backup has, and whether it was put back.
    var backupSize: UInt64 = 0
    var isRestored = false
  }

  /// The folder that was recorded; the ledger is in it.
  let root: String
  private(set) var phases: [Phase] = []
  /// The roots of the log's hash tree in the end, by its size.
  let treeRoots: [String]
  private let folder = TemporaryFolder()

  /// Whose name is destroyed.
  static let person = "Wilhelmina Nobody"
  /// An import closes the views cleanly, and what comes behind it happens in another boot.
  static let importing = ["import", "-", "--format", "cloudevents"]
  private static let backup = ["backup", "@/backup"]
  private static let commands: [[String]] = [
    ["init"], ["project", "create", "vision"], creation("bert"), ["start", "bert"],
    ["project", "add-member", "vision", person], creation("gpt") + ["--as", person], ["checkpoint"],
    importing,
    ["complete", "bert"], ["start", "gpt", "--as", person], importing, ["delete", "bert", "--yes"],
    backup, ["redact", person, "--reason", "request 4711", "--yes"], ["checkpoint", "--new-key"], backup,
    ["restore", "@/backup", "--ledger", "@/copy"],
    ["terminate", "gpt", "--reason", "unknown"], importing, creation("last"), ["checkpoint"],
  ]

  static func creation(_ name: String) -> [String] {
    ["create", name, "--type", "training", "--cluster", "c1"]
  }

  /// Runs all of it; nil where there is no compiler for the recorder.
  init?() throws {
    guard let recorder = try Self.preload("recorder", in: folder) else { return nil }
    root = folder("home")
    mkdir(root, 0o700)
    var recording = Recording(folder("recording"))
    let preload = [
      "LD_PRELOAD": recorder, "WORKLEDGER_RECORD_ROOT": root, "WORKLEDGER_RECORD_FILE": folder("recording"),
    ]
    var (boot, isRedacted, backupSize, isRestored) = (1, false, UInt64(0), false)
    for (number, words) in Self.commands.enumerated() {
      let isImport = words == Self.importing
      let result = try Self.program(
        FaultStages.words(words, in: root), in: root, boot: "boot \(boot)",
        input: isImport ? Self.events(number) : "", preload)
      try #require(result.status == 0, "\(words): \(result.errors)")
      if isImport { boot += 1 }
      let last = try Self.lastPosition(root + "/ledger")
      if words[0] == "redact" { isRedacted = true }
      if words[0] == "backup" { backupSize = last }
      if words[0] == "restore" { isRestored = true }
      phases.append(
        Phase(
          words: words.joined(separator: " "), steps: recording.readOn(), lastPosition: last,
          isRedacted: isRedacted, backupSize: backupSize, isRestored: isRestored))
    }
    treeRoots = try Self.treeRoots(root + "/ledger")
  }

  /// Runs the program in a folder with a ledger in it, in the boot of this machine where none is named.
  static func program(
    _ arguments: [String], in folder: String, boot: String? = nil, input: String = "",
    _ more: [String: String] = [:]
  ) throws -> OtherProgram {
    var environment = [
      "HOME": folder, "WORKLEDGER_DIR": folder + "/ledger", "WORKLEDGER_USER": "alice",
      "SWIFT_BACKTRACE": "enable=no",
    ]
    environment["WORKLEDGER_BOOT_ID"] = boot
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return try OtherProgram(
      (tests as NSString).deletingLastPathComponent + "/workledger", arguments, in: folder,
      input: Array(input.utf8), environment: environment.merging(more) { $1 })
  }

  static func events(_ number: Int) -> String {
    (0..<40).map { index in
      """
      {"specversion":"1.0","id":"\(number)-\(index)","source":"s","type":"workload.created",\
      "subject":"\(String(format: "00000000-0000-4000-8000-%012x", number * 1000 + index))",\
      "time":"2026-01-01T00:00:00Z","data":{"actor":"ada","project":"vision","name":"w\(index)","type":"Training",\
      "cluster":"c1","owner":"ada"}}

      """
    }.joined()
  }

  private static func lastPosition(_ path: String) throws -> UInt64 {
    // A copy, for whoever opens a ledger leaves traces in it.
    let copy = TemporaryFolder()
    copyTree(path, to: copy("ledger"))
    return try Ledger(path: copy("ledger"), access: .readOnly).lastPosition()
  }

  static func treeRoots(_ path: String) throws -> [String] {
    let ledger = try Ledger(path: path, access: .readOnly)
    let last = try ledger.lastPosition()
    return try ledger.log.environment.read { (records) throws(StoreError) in
      var roots: [String] = []
      for size in 0...last { roots.append(try ledger.log.tree.head(size, records).root.base64) }
      return roots
    }
  }

  /// Makes a library to be preloaded; nil where there is no compiler for it.
  static func preload(_ name: String, in folder: TemporaryFolder) throws -> String? {
    let source = "\(packageRoot)/Tests/SimulationTests/\(name).c"
    for compiler in ["clang", "cc"] {
      let made = try OtherProgram(
        "/usr/bin/env", [compiler, "-shared", "-fPIC", "-O1", "-o", folder("\(name).so"), source, "-ldl"])
      if made.status == 0 { return folder("\(name).so") }
      if made.status != 127 { print(made.errors) }
    }
    print("SKIPPED: the calls of the system can't be watched without a compiler for C")
    return nil
  }
}
