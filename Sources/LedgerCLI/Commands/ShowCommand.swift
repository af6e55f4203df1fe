import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// `workledger show W`
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a workload's details and its whole timeline.",
    usage: "workledger show <workload> [<options>]",
    discussion: """
      --blame says for each field which event gave it its value: its position, when, by whom and reported by whom. \
      What was kept as an anomaly sets nothing but version and lastPosition.

      EXAMPLES:
        workledger show bert
        workledger show bert --blame
        workledger show 0192f3a4 -o json
        workledger show bert --as-of 2h

      THE PAST:
      \(MomentOptions.help)

      A name is looked for among the workloads that were not deleted at the moment.
      """)

  @Argument(
    help: ArgumentHelp("An id, the beginning of one, or a name.", valueName: "workload"),
    completion: Completions.workloads)
  var workload: String
  @Flag(help: "Show for each field the event that set it.") var blame = false
  @OptionGroup var moment: MomentOptions
  @OptionGroup var project: ProjectOptions
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let session = try Session(ledger, actor, project)
    let found = try session.visibleWorkload(workload, moment: moment.moment)
    let details = try session.ledger.details(found.id, moment: moment.moment, now: session.now)
    if blame {
      var printer = Printer<FieldOrigin>(output.output)
      for origin in details.blame { try printer.add(origin) }
      return try printer.finish()
    }
    if output.output == .csv {
      var printer = Printer<Workload>(.csv)
      try printer.add(details.workload)
      return try printer.finish()
    }
    try printOne(output.output, text: { details.writeText(to: &$0, $1) }, json: { details.write(to: &$0) })
  }
}
