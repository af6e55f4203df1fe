import ArgumentParser
import WorkloadModel

/// `workledger start W…`
struct StartCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Report that workloads run.",
    usage: "workledger start <workload>... [<options>]",
    discussion: """
      Allowed from Added and Pending, and for a next attempt from Failed and Terminated. Refused when it and what \
      the owner holds would be over the quota.

      EXAMPLES:
        workledger start bert
        workledger start 0192f3a4 --at 2h --by scheduler
      """)

  @OptionGroup var report: ReportOptions

  func run() throws { try send(.started, reason: report.reason) }
}
