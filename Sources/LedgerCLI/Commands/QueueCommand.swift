import ArgumentParser
import WorkloadModel

/// `workledger queue W…`
struct QueueCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Report that workloads wait for their start.",
    usage: "workledger queue <workload>... [<options>]",
    discussion: """
      Allowed from Added, and for a next attempt from Running (preempted), Failed and Terminated.

      EXAMPLES:
        workledger queue bert
        workledger queue 0192f3a4 --reason preempted --observed
      """)

  @OptionGroup var report: ReportOptions

  func run() throws { try send(.queued, reason: report.reason) }
}
