import Ledger
import WorkloadModel

/// The page that asks whether a workload shall be queued for deletion.
struct DeletePage {
  var workload: Workload
  /// The list to go back to.
  var query: WorkloadQuery
  /// Its filters, as they came.
  var back: String?
  /// What was typed before it was refused.
  var reason: String?
  var refusal: Problem?

  var values: PageValues {
    var values: PageValues = [
      "title": "Delete \(workload.name)?", "name": workload.name, "status": workload.status.label,
      "statusClass": PageText.styleClass(workload.status), "path": PageAddress.deletion(of: workload.id),
      "cancel": PageAddress.workloads(query, pageToken: nil), "back": back ?? "", "reason": reason ?? "",
      "place": [
        ["text": workload.project, "address": PageAddress.workloads(of: workload.project)],
        ["text": workload.name, "address": PageAddress.workload(workload.id)],
        ["text": "Delete"],
      ],
      "isBusy": !workload.status.isEnded,
    ]
    if let refusal { values["refusal"] = ["title": refusal.title, "detail": refusal.detail] }
    return values
  }

  /// Whether somebody may ask for it now: whose role allows commands, for what is not queued or gone already. The ledger
  /// judges on its own when it is asked.
  static func isOffered(_ workload: Workload, at moment: Moment, to identity: Identity) -> Bool {
    guard moment.isNow, identity.permits(.command) else { return false }
    return switch workload.status {
    case .deleteRequested, .deleted: false
    case .added, .pending, .running, .complete, .failed, .terminated, .deleteFailed, .unknown: true
    }
  }
}

extension WorkloadStatus {
  /// Whether nothing of it may run any more.
  fileprivate var isEnded: Bool {
    switch self {
    case .complete, .failed, .terminated, .deleted: true
    case .added, .pending, .running, .deleteRequested, .deleteFailed, .unknown: false
    }
  }
}
