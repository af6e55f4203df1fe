import WorkloadModel

/// The table of the design for facts, written out a second time and as simply as possible: what the
/// generator says of its events is compared with this and not with the rules that it used itself.
struct SmallLedger {
  private struct Row {
    var run = "Added"
    var deletion = "none"
    var isLost = false
  }
  private var rows: [WorkloadID: Row] = [:]
  /// Reports about workloads that had not been created.
  private(set) var unknownSubjects = 0

  /// What is wrong with a fact; nil where it was applied.
  mutating func observe(_ event: ProposedEvent) -> Anomaly? {
    guard event.kind.isOfWorkload else { return nil }
    guard var row = rows[event.subject] else {
      if event.kind != .created { unknownSubjects += 1 }
      rows[event.subject] = Row()
      return nil
    }
    if event.kind == .created { return .alreadyCreated }
    if row.deletion == "deleted" { return .afterDeletion }
    let ended = ["Complete", "Failed", "Terminated"].contains(row.run)
    switch event.kind {
    case .queued:
      let isRepeated = row.isLost && row.run == "Pending"
      guard ["Added", "Running", "Failed", "Terminated"].contains(row.run) || isRepeated else {
        return .contradictsRun
      }
      row.run = "Pending"
    case .started:
      let isRepeated = row.isLost && row.run == "Running"
      guard ["Added", "Pending", "Failed", "Terminated"].contains(row.run) || isRepeated else {
        return .contradictsRun
      }
      row.run = "Running"
    case .completed, .failed, .terminated:
      if ended { return .contradictsRun }
      row.run = event.kind == .completed ? "Complete" : event.kind == .failed ? "Failed" : "Terminated"
    case .contactLost:
      if ended || row.isLost { return .contradictsContact }
    case .deleteRequested:
      if row.deletion == "requested" { return .contradictsDeletion }
      row.deletion = "requested"
    case .deleteFailed:
      if row.deletion == "failed" { return .contradictsDeletion }
      row.deletion = "failed"
    case .deleted: row.deletion = "deleted"
    case .created, .actionRefused, .projectCreated, .memberAdded, .memberRemoved, .quotaSet: return nil
    }
    switch event.kind {
    case .contactLost: row.isLost = true
    case .deleteRequested, .deleteFailed: break
    default: row.isLost = false
    }
    rows[event.subject] = row
    return nil
  }

  /// The statuses that workloads have now.
  var statuses: Set<WorkloadStatus> {
    Set(
      rows.values.compactMap { row in
        switch row.deletion {
        case "deleted": .deleted
        case "failed": .deleteFailed
        case "requested": .deleteRequested
        default: row.isLost ? .unknown : WorkloadStatus(input: row.run)
        }
      })
  }
}
