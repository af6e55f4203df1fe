import ArgumentParser
import WorkloadModel

/// `workledger lose W…`
struct LoseCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "lose", abstract: "Report that contact with workloads was lost.",
    usage: "workledger lose <workload>... [<options>]",
    discussion: """
      Their status is Unknown until the next report of the run.

      EXAMPLES:
        workledger lose bert
        workledger lose 0192f3a4 --observed --by node-agent
      """)

  @OptionGroup var report: ReportOptions

  func run() throws { try send(.contactLost, reason: report.reason) }
}
