import ArgumentParser
import Ledger
import Presentation

/// `workledger deletions`
struct DeletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deletions", abstract: "Show the deletion queue, oldest request first.",
    usage: "workledger deletions [<options>]",
    discussion: """
      Deletions that failed stay in the queue until they succeed.

      EXAMPLES:
        workledger deletions
        workledger deletions --project vision -o json
        workledger deletions --as-of 7d

      THE PAST:
      \(MomentOptions.help)
      """)

  @OptionGroup var moment: MomentOptions
  @OptionGroup var project: ProjectOptions
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let session = try Session(ledger, actor, project)
    let project = try session.project()
    let queue = try session.ledger.deletions(project: project, moment: moment.moment)
    var printer = Printer<PendingDeletion>(output.output) { $0.workload.id }
    for entry in queue { try printer.add(entry) }
    try printer.finish()
    if queue.isEmpty { Message.note("nothing waits for its deletion in project '\(project)'") }
  }
}
