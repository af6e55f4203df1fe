import ArgumentParser
import WorkloadModel
import Glibc
import Ledger
import Presentation

/// `workledger delete W…`
struct DeleteCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Queue workloads for deletion.",
    usage: "workledger delete <workload>... [<options>]",
    discussion: """
      They are Delete Requested until 'workledger delete-result' says what became of it, and go on running until \
      then. On a terminal you are asked first.

      EXAMPLES:
        workledger delete bert
        workledger delete bert notebook --reason 'project ended' --yes
      """)

  @OptionGroup var report: ReportOptions
  @Flag(name: [.short, .long], help: "Do not ask.") var yes = false

  func run() throws {
    let asks = !yes && System.isTerminal(STDIN_FILENO)
    try send(.deleteRequested, reason: report.reason) { asks ? confirm($0) : true }
  }

  private func confirm(_ workloads: [Workload]) -> Bool {
    for workload in workloads {
      Message.note(
        "  \(workload.name) (\(workload.id)), \(workload.status.label), project \(workload.project)")
    }
    return Message.confirm("Queue \(HumanText.count(workloads.count, "workload")) for deletion?")
  }
}
