package import Ledger
package import WorkloadModel

/// A step that a workload took: when, by whom, reported by whom.
package struct WorkloadStep: Sendable {
  /// What it is called: `Delete requested`.
  package var label: String
  /// When, by the source's clock.
  package var time: Timestamp
  /// Who caused it; `unknown` where nobody is known.
  package var actor: String
  /// Who told the ledger; nil where nobody is known.
  package var reporter: String?

  /// `2023-07-01T08:30:00Z by alice, reported by agent@node`
  var text: String {
    HumanText.time(time) + " by " + actor + (reporter.map { ", reported by " + $0 } ?? "")
  }
}

extension WorkloadDetails {
  /// The steps that were taken and whose time is known, in the order of a life.
  package var steps: [WorkloadStep] {
    [
      step("Created", workload.createdAt, by: workload.createdBy, [.created]),
      step("Queued", workload.queuedAt, by: nil, [.queued]),
      step("Started", workload.startedAt, by: nil, [.started]),
      step("Finished", workload.finishedAt, by: nil, [.completed, .failed, .terminated, .deleted]),
      step(
        "Delete requested", workload.deleteRequestedAt, by: workload.deleteRequestedBy, [.deleteRequested]),
      step("Deleted", workload.deletedAt, by: workload.deletedBy, [.deleted]),
    ].compactMap { $0 }
  }

  private func step(
    _ label: String, _ time: Timestamp?, by actor: String?, _ kinds: [EventKind]
  ) -> WorkloadStep? {
    guard let time, time.isKnown else { return nil }
    let event = timeline.last { $0.isApplied && kinds.contains($0.kind) && $0.occurredAt == time }
    return WorkloadStep(
      label: label, time: time, actor: actor ?? event?.actor ?? "unknown", reporter: event?.reporter)
  }
}
