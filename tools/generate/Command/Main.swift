import ArgumentParser
import HistoryModel
import Ledger
import WorkloadModel

/// The command `workledger-generate`.
@main
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workledger-generate",
    abstract: "Makes a realistic history of a cluster's workloads, as CloudEvents or as a ledger.",
    discussion: """
      The same options give the same bytes for ever; no clock and no chance goes in
      but the seed. Memory holds the workloads that something will still happen to,
      not the history.

      Examples:
        workledger-generate | workledger import - --format cloudevents
        workledger-generate --events 1000000 --seed 7 --output history.ndjson
        workledger-generate --events 1000000 --ledger /tmp/generated
        workledger-generate --start 2024-03-01 --days 7 --projects 3 --users 40
      """)

  @Option(help: "How many events; with the underscores of 1_000_000 if you like.")
  var events = "10000"
  @Option(help: "Where the randomness begins.")
  var seed: UInt64 = 1
  @Option(help: "How many projects. (default: 4 to 24, by the number of users)")
  var projects: Int?
  @Option(help: "How many users. (default: 12 to 5,000, by the number of events)")
  var users: Int?
  @Option(help: "When it begins: RFC 3339 or a date. (default: 2026-01-01T00:00:00Z)")
  var start: String?
  @Option(help: "Over how many days, about. (default: 30; 90 beyond a million events, 365 beyond ten)")
  var days: Int?
  @Option(name: .shortAndLong, help: "The file to write, '-' for the standard output. (default: -)")
  var output: String?
  @Option(help: "Append to the ledger in this folder instead, making it where there is none.")
  var ledger: String?
  @Option(help: "How many events the ledger commits at once, 1 to 1,000,000.")
  var batch = 10_000

  func validate() throws {
    if output != nil, ledger != nil { throw ValidationError("--output and --ledger exclude each other") }
    guard (1...1_000_000).contains(batch) else {
      throw ValidationError("--batch must be 1 to 1,000,000, not \(batch)")
    }
  }

  func run() throws {
    let options = try options()
    if let ledger {
      try append(options, toLedger: ledger)
    } else {
      try writeLines(options, to: output ?? "-")
    }
  }

  private func options() throws -> HistoryOptions {
    guard let count = Int(events.filter { $0 != "_" }) else {
      throw ValidationError("'\(events)' is no number of events")
    }
    var begin: Timestamp?
    if let start {
      begin = Timestamp(rfc3339: start)
      if begin == nil {
        throw ValidationError("'\(start)' is no time: write 2026-01-01 or 2026-01-01T08:00:00Z")
      }
    }
    let options = HistoryOptions(
      events: count, seed: seed, projects: projects, users: users, start: begin, days: days)
    if let flaw = options.flaw { throw ValidationError(flaw) }
    return options
  }

  private func writeLines(_ options: HistoryOptions, to path: String) throws {
    do throws(Output.Failure) {
      let output = try Output(path)
      var progress = Progress(of: options.events)
      var model = HistoryModel(options)
      var batch = EventBatch()
      var lines = EventLines()
      while model.next(into: &batch) {
        lines.append(batch.events[0], model.lastReport, in: batch)
        batch.removeEvents()
        if lines.bytes.count > 1 << 20 {
          try output.write(lines.bytes)
          lines.removeAll()
          progress.show(model.eventCount)
        }
      }
      try output.write(lines.bytes)
      try output.finish()
      progress.finish()
    } catch {
      writeError("workledger-generate: \(error.message)\n")
      throw ExitCode(1)
    }
  }

  private func append(_ options: HistoryOptions, toLedger path: String) throws {
    var result = LedgerOutput()
    do throws(LedgerError) {
      try result.append(options, to: path, batchSize: batch)
    } catch {
      writeError("workledger-generate: \(error.message)\n")
      throw ExitCode(1)
    }
    writeError("workledger-generate: \(result.summary)\n")
    if result.conflicts > 0 { throw ExitCode(4) }
  }
}
