import ArgumentParser
import Ledger
import Presentation

/// `workledger deletions`
struct DeletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deletions", abstract: "Show the deletion queue, oldest request first.",
    usage: "workledger deletions [<workload>] [<options>]",
    discussion: """
      Deletions that failed stay in the queue until they succeed.

      Of a workload, with --all or with --without-request it shows what is over too: each request with its result, \
      who asked, who reported the result and how long it took. A request that failed and was cleaned by hand later is \
      there with both results. Of a project this looks at all events of the log.

      EXAMPLES:
        workledger deletions
        workledger deletions --without-result --older-than 7d
        workledger deletions bert
        workledger deletions --all --project vision -o json
        workledger deletions --as-of 7d

      THE PAST:
      \(MomentOptions.help)
      """)

  @OptionGroup var cases: DeletionCaseOptions
  @OptionGroup var moment: MomentOptions
  @OptionGroup var project: ProjectOptions
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let session = try Session(ledger, actor, project)
    if cases.areWanted { return try cases.run(session, moment.moment, output.output) }
    let project = try session.project()
    let now = try session.ledger.time(of: moment.moment, now: session.now)
    let queue = try session.ledger.deletions(project: project, moment: moment.moment)
      .filter { cases.accepts($0, now) }
    var printer = Printer<PendingDeletion>(output.output) { $0.workload.id }
    for entry in queue { try printer.add(entry) }
    try printer.finish()
    if queue.isEmpty {
      let those = cases.areFiltered ? "no such deletion waits" : "nothing waits for its deletion"
      Message.note("\(those) in project '\(project)'")
    }
  }
}
