import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// `workledger stats`
struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Count what happened, how long it waited and ran, and what it held.",
    usage: "workledger stats [--by <group>] [<options>]",
    discussion: """
      In total, or by type, status (the present one), project, owner, cluster or day. Of all projects that one may \
      see, unless one is named: of all in the ledger, for whoever can read it, and with --as of those of that user. \
      The span is all that is known, up to now.

      EXAMPLES:
        workledger stats
        workledger stats --by type --since 30d
        workledger stats --by owner --project vision -o wide
        workledger stats --by day --since 2023-07-01 --until 2023-08-01 -o csv
        workledger stats --by project --chart

      THE NUMBERS:
      All by the events' own times. A time that is not known, or only as a bound, counts nowhere, and what there is \
      nothing of is left out rather than zero. Counts are of workloads created and deleted, and of attempts started \
      and ended in the span; 'running' and 'waiting' are those at its end. Success is the part of the runs that \
      ended in the span (completed, failed or terminated) that were completed. Waits are of what was started in the \
      span, since its creation or, of later attempts, since it was queued; run times are of runs that ended in it. \
      p95 says that 95 of 100 took so long or less. Hours are what runs held within the span; those that still run \
      hold on up to its end.

      The groups with most workloads created come first. Of days there is every one of the span, in UTC; without \
      --since from the first on, without --until up to the last with something in it. A table has what fits 80 \
      columns, -o wide and all other formats have all numbers.
      """)

  @Option(
    help: ArgumentHelp("type, status, project, owner, cluster or day.", valueName: "group"),
    completion: Vocabulary.groupingWords, transform: Vocabulary.grouping)
  var by: StatisticsGrouping?
  @Option(
    help: ArgumentHelp("From then on: \(TimeInput.help).", valueName: "time"), transform: TimeInput.parse)
  var since: TimeInput?
  @Option(help: ArgumentHelp("Before then; else now.", valueName: "time"), transform: TimeInput.parse)
  var until: TimeInput?
  @Flag(help: "Draw bars of GPU-hours (of what was created, where no GPU was held), by day if without --by.")
  var chart = false
  @Option(
    help: "Only this project (else WORKLEDGER_PROJECT, else all).", completion: Completions.projects)
  var project: String?
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard chart else { return }
    switch output.output {
    case .table, .wide: break
    case .json, .ndjson, .csv:
      throw ValidationError("--chart is for people; leave it or -o \(output.output.rawValue) out")
    }
  }

  func run() throws {
    var projectOptions = ProjectOptions()
    projectOptions.project = project
    let session = try Session(ledger, actor, projectOptions)
    var query = GroupStatisticsQuery(projects: try session.visibleProjects())
    query.grouping = by ?? (chart ? .day : nil)
    query.since = since?.time
    query.until = until?.time
    let statistics = try session.ledger.statistics(query, now: session.now)
    try print(statistics)
  }

  private func print(_ statistics: GroupStatistics) throws {
    switch output.output {
    case .json, .ndjson:
      var json = JSONWriter()
      if output.output == .ndjson {
        statistics.writeLines(to: &json)
      } else {
        statistics.write(to: &json)
        json.newline()
      }
      try StandardOutput.write(json.bytes)
    case .csv:
      var csv = CSVWriter()
      statistics.write(to: &csv)
      try StandardOutput.write(csv.bytes)
    case .table, .wide:
      // Titles without rows tell nothing.
      if statistics.grouping == nil || !statistics.groups.isEmpty {
        var bytes: [UInt8] = []
        let appearance = System.appearance(isWide: output.output == .wide)
        if chart {
          statistics.writeChart(to: &bytes, appearance)
        } else {
          statistics.writeText(to: &bytes, appearance)
        }
        try StandardOutput.write(bytes)
      }
      sayScope(of: statistics)
    }
  }

  /// What the numbers are of.
  private func sayScope(of statistics: GroupStatistics) {
    let projects = statistics.projects
    var scope = "in " + HumanText.count(projects.count, "project")
    if projects.count == 1, let only = projects.first { scope = "in project '\(only)'" }
    if let grouping = statistics.grouping, !statistics.groups.isEmpty {
      let plural = grouping == .status ? "statuses" : nil
      let groups = HumanText.count(statistics.groups.count, grouping.rawValue, plural)
      scope = grouping == .project ? groups : "\(groups) \(scope)"
    } else if statistics.grouping != nil {
      scope = "nothing happened \(scope)"
    }
    if let since = statistics.since { scope += " from \(HumanText.time(since))" }
    Message.note("\(scope) until \(HumanText.time(statistics.until))")
  }
}
