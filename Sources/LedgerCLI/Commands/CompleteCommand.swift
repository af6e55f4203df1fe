import ArgumentParser
import WorkloadModel

/// `workledger complete W…`
struct CompleteCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "complete", abstract: "Report that workloads finished successfully.",
    usage: "workledger complete <workload>... [<options>]",
    discussion: """
      Allowed from Running.

      EXAMPLES:
        workledger complete bert
        workledger complete 0192f3a4 --at 2023-07-01T08:30:00Z
      """)

  @OptionGroup var report: ReportOptions

  func run() throws { try send(.completed, reason: report.reason) }
}
