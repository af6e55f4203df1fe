import Foundation
import LedgerTestSupport
import Testing

/// A ledger with a history of everything that a backup must keep, and its backup.
struct BackupFixture {
  let run: CommandLineRun
  /// The text of a token that is still good.
  private(set) var token = ""
  var backup: String { run.folder + "/backup" }
  var ledger: String { run.folder + "/ledger" }

  init() throws { run = try CommandLineRun() }

  /// With so many events in both.
  init(backedUp count: Int) throws {
    try self.init()
    try run.fill(count)
    try ok("backup", backup)
  }

  /// A random piece of history: imports, commands, refusals, tokens, new keys, checkpoints and names that are destroyed.
  mutating func live(_ random: inout SeededRandom, steps: Int = 6) throws {
    for _ in 0..<steps {
      let number = random.below(1_000_000)
      switch random.below(8) {
      case 0, 1: try run.fill(1 + random.below(400), from: random.below(4) * 1_000_000 + number)
      case 2:
        _ = try run.create(
          "w\(number)", "--owner", "owner\(number)", "--as", "alice", "--label", "k=\(number)")
      case 3:
        _ = try run.run("start", "nothing-\(number)", "--as", "eve\(number)")
        try ok("project", "create", "p\(number)", "--as", "founder\(number)")
      case 4: try ok("checkpoint")
      case 5: try ok("checkpoint", "--new-key")
      case 6:
        try ok("project", "add-member", "vision", "gone\(number)")
        try ok("redact", "gone\(number)", "--reason", "request", "--yes")
      default: token = try ok("token", "issue", "user\(number)").output
      }
    }
  }

  /// Runs a command that must succeed.
  @discardableResult
  func ok(_ words: String...) throws -> OtherProgram {
    let result = try run.run(words)
    #expect(result.status == 0, "\(words): \(result.errors)")
    return result
  }

  /// All that a ledger says of itself, so that two can be compared.
  func everything(_ ledger: String) throws -> [String] {
    let asked = [
      ["history", "-o", "ndjson"], ["token", "list", "-o", "ndjson"], ["redact", "--list", "-o", "ndjson"],
      ["project", "list", "-o", "json"], ["checkpoint"], ["checkpoint", "--public-key"],
      ["list", "--all", "--limit", "1000", "-o", "json", "--project", "vision"],
    ]
    return try asked.map { words in
      let result = try run.run(words + ["--ledger", ledger])
      #expect(result.status == 0, "\(words): \(result.errors)")
      return result.output
    }
  }

  /// Restores the backup into a folder of this name.
  func restore(_ name: String, _ more: String..., from source: String? = nil) throws -> OtherProgram {
    try run.run(["restore", source ?? backup, "--ledger", run.folder + "/" + name] + more)
  }
}
