import Ledger
import LedgerTestSupport
import WorkloadModel

/// A project as the model knows it.
struct ModelProject {
  var exists = false
  var members: Set<String> = []
  var limits: [String: QuotaLimits] = [:]
  /// In the order of creation.
  var workloads: [WorkloadID] = []
  var version: UInt32 = 0
  var lastInStream: UInt64 = 0
  var lastPosition: UInt64 = 0
  var createdAt: Timestamp?
  var createdBy: String?

  mutating func create(_ event: ModelEvent) {
    exists = true
    version += 1
    if let actor = event.actor { members.insert(actor) }
    createdAt = event.isBound ? nil : event.occurredAt
    createdBy = event.actor
  }
}

/// A workload as the model knows it.
struct ModelWorkload {
  let id: WorkloadID
  let creation: Proposal
  let createdAt: Timestamp?
  /// As the table names it.
  var state = "A"
  var attempt: UInt32 = 1
  var version: UInt32 = 1
  var deletionAttempts: UInt32 = 0
  var reason: String?
  var since: Timestamp?
  var queuedAt: Timestamp?
  var startedAt: Timestamp?
  var finishedAt: Timestamp?
  var deleteRequestedAt: Timestamp?
  var deleteRequestedBy: String?
  var deletedAt: Timestamp?
  var deletedBy: String?
  var lastPosition: UInt64 = 0
  /// How long it was in each status, where that is known.
  var durations: [WorkloadStatus: Int64] = [:]

  init(_ event: ModelEvent, _ proposal: Proposal, id: WorkloadID) {
    self.id = id
    creation = proposal
    createdAt = event.isBound ? nil : event.occurredAt
    since = createdAt
    reason = event.reason
  }

  var project: String? { creation.project }
  var owner: String? { creation.owner }
  var resources: Resources { creation.resources }
  var held: Resources { run == "R" ? resources : Resources() }
  var run: Character { state.first ?? " " }
  var status: WorkloadStatus { WorkloadStatus(input: TransitionTable.statuses[state] ?? "") ?? .added }
  var name: String { creation.name ?? creation.sourceID ?? id.description }

  mutating func evolve(_ event: ModelEvent, to next: String) {
    let time = event.isBound ? nil : event.occurredAt
    let (before, runBefore) = (status, run)
    state = next
    let hadEnded = "CFT".contains(runBefore)
    if run == "P" && (hadEnded || runBefore == "R") || run == "R" && hadEnded {
      attempt += 1
      (queuedAt, startedAt, finishedAt) = (nil, nil, nil)
    }
    switch event.kind {
    case .queued: if runBefore != "P" { queuedAt = time }
    case .started: if runBefore != "R" { startedAt = time }
    case .deleteRequested:
      deletionAttempts += 1
      (deleteRequestedAt, deleteRequestedBy) = (time, event.actor)
    case .deleted: (deletedAt, deletedBy) = (time, event.actor)
    default: break
    }
    if "CFT".contains(run), !hadEnded { finishedAt = time }
    if status != before {
      close(before, at: time)
      since = time
      reason = event.reason
    } else if let reason = event.reason {
      self.reason = reason
    }
  }

  private mutating func close(_ status: WorkloadStatus, at time: Timestamp?) {
    guard let since, let time else { return }
    durations[status, default: 0] += max(0, time.microseconds - since.microseconds)
  }

  /// The durations with the status that lasts, if it waits for something.
  func durations(at now: Timestamp) -> [String] {
    var copy = self
    let isOver = state.hasSuffix("d") || ["C", "F", "T"].contains(state)
    if !isOver { copy.close(status, at: now) }
    return WorkloadStatus.allCases.compactMap { status in
      copy.durations[status].map { "\(status.label) \($0)" }
    }
  }

  /// All that users see, in one line.
  var line: String {
    Self.line(
      ["\(id)", name, creation.type?.label, status.label, reason, since?.rfc3339, project ?? "unknown"],
      [creation.cluster, owner, ModelEvent.text(resources), creation.url, creation.sourceID],
      creation.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" },
      ["\(attempt)", "\(version)", createdAt?.rfc3339, createdBy, queuedAt?.rfc3339, startedAt?.rfc3339],
      [finishedAt?.rfc3339, deleteRequestedAt?.rfc3339, deleteRequestedBy, deletedAt?.rfc3339, deletedBy],
      lastPosition)
  }

  private var createdBy: String? { creation.actor }

  static func line(_ workload: Workload) -> String {
    line(
      [
        "\(workload.id)", workload.name, workload.type?.label, workload.status.label, workload.statusReason,
        workload.statusSince?.rfc3339, workload.project,
      ],
      [
        workload.cluster, workload.owner, ModelEvent.text(workload.resources), workload.url,
        workload.sourceID,
      ],
      workload.labels.map { "\($0.key)=\($0.value)" },
      [
        "\(workload.attempt)", "\(workload.version)", workload.createdAt?.rfc3339, workload.createdBy,
        workload.queuedAt?.rfc3339, workload.startedAt?.rfc3339,
      ],
      [
        workload.finishedAt?.rfc3339, workload.deleteRequestedAt?.rfc3339, workload.deleteRequestedBy,
        workload.deletedAt?.rfc3339, workload.deletedBy,
      ], workload.lastPosition)
  }

  private static func line(
    _ first: [String?], _ second: [String?], _ labels: [String], _ third: [String?], _ fourth: [String?],
    _ position: UInt64
  ) -> String {
    (first + second + labels + third + fourth).map { $0 ?? "-" }.joined(separator: " | ") + " | \(position)"
  }
}
