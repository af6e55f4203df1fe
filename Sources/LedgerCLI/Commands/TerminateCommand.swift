import ArgumentParser
import WorkloadModel

/// `workledger terminate W… --reason TEXT`
struct TerminateCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "terminate", abstract: "Report that somebody or something decided to end workloads.",
    usage: "workledger terminate <workload>... --reason <text> [<options>]",
    discussion: """
      Allowed from Added, Pending and Running. A cause is required; 'unknown' if need be.

      EXAMPLES:
        workledger terminate bert --reason 'wrong data'
        workledger terminate 0192f3a4 --reason preemption --by scheduler --observed
      """)

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard let reason = report.reason, !reason.isEmpty else {
      throw ValidationError("terminate needs --reason, the cause; write --reason unknown if need be")
    }
  }

  func run() throws { try send(.terminated, reason: report.reason) }
}
