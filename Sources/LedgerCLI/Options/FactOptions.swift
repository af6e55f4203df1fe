import ArgumentParser
import WorkloadModel

/// What a reporter says about an event beside what happened.
struct FactOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("When it happened: \(TimeInput.help); else now.", valueName: "time"),
    transform: TimeInput.parse)
  var at: TimeInput?

  @Option(
    help: ArgumentHelp(
      "Who did it, when somebody else reports it; 'unknown' where nobody knows.", valueName: "actor"))
  var by: String?

  @Flag(help: "It has happened and is not a wish: no membership, quota or order of steps is asked.")
  var observed = false

  var intent: Intent { observed ? .observation : .command }

  /// Who caused the event.
  func actor(else actor: Actor) throws -> String {
    try by.map { try checked($0, "--by") } ?? actor.name
  }
}

/// What all reports about workloads share.
struct ReportOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Ids, beginnings of ids, or names.", valueName: "workload"),
    completion: Completions.workloads)
  var workloads: [String]

  @Option(help: ArgumentHelp("The cause, in words.", valueName: "text"))
  var reason: String?

  @Option(
    help: ArgumentHelp("Only if the workload has this version; else exit with 4.", valueName: "n"))
  var expectedVersion: UInt32?

  @OptionGroup var fact: FactOptions
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if expectedVersion != nil, workloads.count > 1 {
      throw ValidationError("--expected-version is about one workload, not \(workloads.count)")
    }
  }
}
