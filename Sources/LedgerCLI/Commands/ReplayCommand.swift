import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// `workledger replay`
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Fold the log anew and compare with the stored views.",
    usage: "workledger replay [<options>]",
    discussion: """
      Exits with 6 when a view differs from the log, and says where. --rebuild replaces the views by what the log \
      says; readers go on meanwhile. Up to --to or --until only a part of the log is folded, and nothing is compared.

      EXAMPLES:
        workledger replay
        workledger replay --until 2023-07-01
        workledger replay --rebuild
      """)

  @Option(help: ArgumentHelp("Only up to this position.", valueName: "position")) var to: UInt64?
  @Option(
    help: ArgumentHelp("Only what was recorded before: \(TimeInput.help).", valueName: "time"),
    transform: TimeInput.parse)
  var until: TimeInput?
  @Flag(help: "Replace the stored views.") var rebuild = false
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if rebuild, to != nil || until != nil {
      throw ValidationError("--rebuild folds the whole log; leave --to and --until out")
    }
  }

  func run() throws {
    if !rebuild { Ledger.endForDamage(with: ExitStatus.differs.rawValue) }
    let ledger = rebuild ? try ledger.openForWriting() : try ledger.openForVerifying()
    var progress = Progress(rebuild ? "rebuilding" : "replaying")
    let start = System.uptime
    let report: ReplayReport
    if rebuild {
      report = try ledger.rebuild { progress.update($0.position, of: $0.last) }
    } else {
      report = try ledger.replay(to: to, until: until?.time) { progress.update($0.position, of: $0.last) }
    }
    let seconds = System.uptime - start
    progress.finish()
    try printOne(output.output, text: { report.writeText(to: &$0, $1) }, json: { report.write(to: &$0) })
    if seconds > 0.2 {
      Message.note("\(HumanText.number(UInt64(Double(report.position) / seconds))) positions/s")
    }
    if report.wasCompared, report.differenceCount > 0, !rebuild {
      try StandardOutput.flush()
      throw Failure(.differs, "the views differ from the log; 'workledger replay --rebuild' makes them anew")
    }
  }
}
