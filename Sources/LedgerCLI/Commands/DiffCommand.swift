import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// `workledger diff`
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what changed between two positions or times, workload by workload.",
    usage: "workledger diff --from <position|time> [--to <position|time>] [<options>]",
    discussion: """
      Says which workloads were created, which changed (field, from, to, by whom, in the event at which position) \
      and which were deleted, in the order in which that began. A time means what had been recorded by then. \
      Applied to the state at --from, the result is the state at --to: in JSON a created workload stands there \
      whole, and of the others each field that became other. A field that changed and changed back is left out. \
      Version and last position are fields too; a table shows them with -o wide only.

      Of all projects, unless one is named: this is the record, for whoever can read the ledger. It takes as long \
      as there are events between the two.

      EXAMPLES:
        workledger diff --from 2h
        workledger diff --from 2023-07-01 --to 2023-07-02 --project vision
        workledger diff --from 41925 --to 42100 -o ndjson
      """)

  @Option(
    help: ArgumentHelp("The state before: \(PointInput.help).", valueName: "position|time"),
    transform: PointInput.parse)
  var from: PointInput
  @Option(
    help: ArgumentHelp("The state after; else now.", valueName: "position|time"), transform: PointInput.parse)
  var to: PointInput?
  @Option(help: "Workloads of this project.", completion: Completions.projects) var project: String?
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    var projectOptions = ProjectOptions()
    projectOptions.project = project
    let session = try Session(ledger, actor, projectOptions)
    if let project { try session.checkMembership(of: project) }
    var query = DiffQuery(from: from.known, to: try to?.known ?? .position(session.ledger.lastPosition()))
    query.project = project
    var printer = Printer<DiffRow>(output.output) { $0.diff.after.id }
    var counts: [WorkloadDiff.Kind: Int] = [:]
    var unshown = 0
    var failure: (any Error)?
    let ends = try session.ledger.diff(query) { (diff) throws(LedgerError) in
      counts[diff.kind, default: 0] += 1
      do {
        let rows = rows(of: diff)
        if rows.isEmpty { unshown += 1 }
        for row in rows { try printer.add(row) }
        return true
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    try printer.finish { json in
      json.field("from", ends.from)
      json.field("to", ends.to)
    }
    try StandardOutput.flush()
    if output.output == .json || output.output == .ndjson { return }
    sayCounts(counts, unshown, ends)
  }

  private func rows(of diff: WorkloadDiff) -> [DiffRow] {
    switch output.output {
    case .json, .ndjson: [DiffRow(diff)]
    case .table: DiffRow.rows(of: diff, isWhole: false)
    case .wide, .csv: DiffRow.rows(of: diff, isWhole: true)
    }
  }

  private func sayCounts(
    _ counts: [WorkloadDiff.Kind: Int], _ unshown: Int, _ ends: (from: UInt64, to: UInt64)
  ) {
    let range = "from position \(ends.from) to \(ends.to)"
    if counts.isEmpty { return Message.note("no workload changed \(range)") }
    let parts = WorkloadDiff.Kind.allCases.compactMap { kind in
      counts[kind].map { "\(HumanText.number($0)) \(kind.rawValue)" }
    }
    Message.note("\(parts.joined(separator: ", ")) \(range)")
    if unshown > 0 {
      Message.note(
        "\(HumanText.number(unshown)) of them are as they were but for newer events: -o wide shows these")
    }
  }
}
