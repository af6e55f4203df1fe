import ArgumentParser
import WorkloadModel

/// `workledger fail W…`
struct FailCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "fail", abstract: "Report that workloads ended badly by themselves.",
    usage: "workledger fail <workload>... [<options>]",
    discussion: """
      Allowed from Added, Pending and Running.

      EXAMPLES:
        workledger fail bert
        workledger fail 0192f3a4 --reason 'out of memory'
      """)

  @OptionGroup var report: ReportOptions

  func run() throws { try send(.failed, reason: report.reason) }
}
