import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// A command that reports one step of the run, or of the deletion, of one or more workloads.
protocol ReportingCommand: ParsableCommand {
  var report: ReportOptions { get }
}

extension ReportingCommand {
  /// Finds the workloads and appends `kind` to each; what can't be found does not keep the others from it.
  func send(_ kind: EventKind, reason: String?, confirm: ([Workload]) -> Bool = { _ in true }) throws {
    let reason = try reason.map { try checked($0, "the reason", limit: Limits.reason, multiline: true) }
    let session = try Session(report.ledger, report.actor, report.project, writes: true)
    var submission = Submission(session)
    var found: [Workload] = []
    for reference in report.workloads {
      do {
        found.append(try session.workload(reference))
      } catch let error as LedgerError {
        submission.skip(kind, reference, Failure(error))
      } catch let failure as Failure {
        submission.skip(kind, reference, failure)
      }
    }
    if !found.isEmpty, !confirm(found) { throw Failure(.failed, "nothing was done") }
    for workload in found {
      let label = "\(workload.name) (\(workload.id))"
      try submission.add(kind, workload.id, label, project: workload.project, fact: report.fact) {
        event, batch in
        event.expectedVersion = report.expectedVersion
        if let reason { event.reason = batch.addText(reason) }
      }
    }
    try submission.send()
    try submission.report(report.output.output)
  }
}
