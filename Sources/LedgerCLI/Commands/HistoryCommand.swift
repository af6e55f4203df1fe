import ArgumentParser
import Glibc
import Ledger
import Presentation
import WorkloadModel

/// `workledger history [W]`
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Print events: who did what, when, and who reported it.",
    usage: "workledger history [<workload>] [<options>]",
    discussion: """
      Of all projects, unless one is named: this is the whole record, for whoever can read the ledger. --since and --until are about when an event happened, --from and --to \
      about its position in the log. A workload's timeline, and a project's newest events with --reverse, are found by \
      links; everything else looks at all events between --from and --to. -o ndjson is one CloudEvents object a line, as 'workledger import' reads it.

      EXAMPLES:
        workledger history bert
        workledger history --action 'delete requested,deleted' --since 30d
        workledger history --project vision --actor alice --reverse --limit 20
        workledger history --action 'action refused' --actor alice
        workledger history --anomalies --apart 2h
        workledger history --follow -o ndjson
        workledger history bert --at 2023-07-01

      THE PAST:
      --as-of N is the history as it was after the first N records, --as-of TIME as it had been recorded by then. \
      --at TIME is what had happened by then, by the events' own times, however late it was reported.
      """)

  @Argument(
    help: ArgumentHelp("An id, the beginning of one, or a name.", valueName: "workload"),
    completion: Completions.workloads)
  var workload: String?
  @Option(help: "Events of this project.", completion: Completions.projects) var project: String?
  @OptionGroup var filters: HistoryFilterOptions
  @Flag(name: [.short, .long], help: "Go on with what is appended, until interrupted.") var follow = false
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var user: ActorOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if follow, filters.reverse { throw ValidationError("--follow goes forward; leave --reverse out") }
    if follow, !filters.moment.moment.isNow {
      throw ValidationError("--follow goes on from now; leave --as-of and --at out")
    }
    if follow, filters.to != nil { throw ValidationError("--follow has no end; leave --to out") }
  }

  func run() throws {
    var projectOptions = ProjectOptions()
    projectOptions.project = project
    let session = try Session(ledger, user, projectOptions)
    let query = try filters.query(session, workload: workload, project: project)
    var run = HistoryRun(session, query, output.output)
    if follow { try run.follow() } else { try run.once() }
  }
}

/// The printing of a history, once or as it grows.
private struct HistoryRun: ~Copyable {
  private let session: Session
  private var query: HistoryQuery
  private var printer: Printer<Event>
  private var failure: (any Error)?

  init(_ session: Session, _ query: HistoryQuery, _ format: OutputFormat) {
    self.session = session
    self.query = query
    printer = Printer<Event>(format, enveloped: false) { $0.subject }
  }

  mutating func once() throws {
    let count = try printMatches()
    try printer.finish()
    try StandardOutput.flush()
    if count == 0 { Message.note("no events match") }
  }

  /// Prints what there is and then what comes, looking five times a second.
  mutating func follow() throws {
    Signals.stopOnRequest()
    while !Signals.shouldStop {
      let last = try session.ledger.lastPosition()
      if last >= query.from {
        query.to = last
        let count = try printMatches()
        query.from = last + 1
        if let limit = query.limit {
          query.limit = limit - count
          if limit <= count { break }
        }
        try printer.flush()
        try StandardOutput.flush()
      }
      try StandardOutput.waitWhileRead(milliseconds: 200)
    }
    try printer.finish()
  }

  private mutating func printMatches() throws -> Int {
    var count = 0
    try session.ledger.history(query) { (event) throws(LedgerError) in
      do {
        try printer.add(event)
      } catch {
        failure = error
        return false
      }
      count += 1
      return !Signals.shouldStop
    }
    if let failure { throw failure }
    return count
  }
}
