import ArgumentParser
import WorkloadModel

/// `workledger delete-result W (--deleted or --failed REASON)`
struct DeleteResultCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete-result", abstract: "Report what became of a deletion.",
    usage: "workledger delete-result <workload> (--deleted | --failed <reason>)",
    discussion: """
      After --failed the workload is Delete Failed and may need cleaning by hand; then --deleted may follow.

      EXAMPLES:
        workledger delete-result bert --deleted
        workledger delete-result bert --failed 'volume is still mounted'
      """)

  @OptionGroup var report: ReportOptions
  @Flag(help: "It was deleted.") var deleted = false
  @Option(help: ArgumentHelp("It could not be deleted, and why.", valueName: "reason")) var failed: String?

  func validate() throws {
    if deleted == (failed != nil) {
      throw ValidationError("say either --deleted or --failed REASON")
    }
    if failed != nil, report.reason != nil {
      throw ValidationError("--failed says the reason; leave --reason out")
    }
    if failed?.isEmpty == true { throw ValidationError("--failed needs a reason") }
  }

  func run() throws {
    if deleted {
      try send(.deleted, reason: report.reason)
    } else {
      try send(.deleteFailed, reason: failed)
    }
  }
}
