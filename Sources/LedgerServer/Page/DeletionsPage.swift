import Ledger
import Presentation
import WorkloadModel

/// The page of a project's deletion queue, oldest request first.
struct DeletionsPage {
  /// An entry, and why its deletion failed last, where it did.
  struct Entry {
    var deletion: PendingDeletion
    var failure: Event?
  }
  /// The most rows; what is behind them, the list of workloads has page by page.
  static let limit = 200

  var project: String
  var entries: [Entry]
  /// How many there are in all.
  var total: Int
  /// When the queue was read.
  var readAt: Timestamp

  /// The oldest of a queue, with their failures.
  init(
    project: String, _ queue: [PendingDeletion], of ledger: Ledger, readAt: Timestamp
  ) throws(LedgerError) {
    self.project = project
    self.readAt = readAt
    total = queue.count
    entries = try queue.prefix(Self.limit).map { (deletion) throws(LedgerError) in
      Entry(deletion: deletion, failure: try Self.failure(of: deletion, ledger))
    }
  }

  var values: PageValues {
    var all = WorkloadQuery(project: project)
    all.statuses = [.deleteRequested, .deleteFailed]
    var values: PageValues = [
      "title": "Deletion queue of \(project)", "project": project,
      "place": PageText.place(project, .deletions), "tabs": PageText.tabs(project, .deletions),
      "refresh": PageAddress.page(.deletions, of: project), "summary": summary,
      "hasRows": !entries.isEmpty, "rows": entries.map(row),
    ]
    values["readAt"] = PageText.time(readAt)
    if total > entries.count { values["all"] = PageAddress.workloads(all, pageToken: nil) }
    return values
  }

  /// The newest failed deletion. What was asked for once and has not failed needs no look at its timeline.
  private static func failure(
    of deletion: PendingDeletion, _ ledger: Ledger
  ) throws(LedgerError) -> Event? {
    guard deletion.attempts > 1 || deletion.workload.status == .deleteFailed else { return nil }
    var query = HistoryQuery()
    query.workload = deletion.workload.id
    query.kinds = [.deleteFailed]
    query.isReverse = true
    var found: Event?
    try ledger.history(query) { event in
      if event.isApplied { found = event }
      return found == nil
    }
    return found
  }

  private var summary: String {
    if total == 0 { return "Nothing waits for its deletion" }
    let count = HumanText.count(total, "workload")
    return total == entries.count ? count : "The oldest \(entries.count) of \(count)"
  }

  private func row(_ entry: Entry) -> PageValues {
    let (deletion, workload) = (entry.deletion, entry.deletion.workload)
    var values: PageValues = [
      "address": PageAddress.workload(workload.id), "name": workload.name, "status": workload.status.label,
      "statusClass": PageText.styleClass(workload.status), "actor": deletion.requestedBy ?? "unknown",
      "attempts": HumanText.number(deletion.attempts), "failure": entry.failure?.reason ?? "",
      "hasFailed": entry.failure != nil, "isSilent": entry.failure?.reason == nil,
    ]
    values["requested"] = PageText.time(deletion.requestedAt)
    values["failedAt"] = PageText.time(entry.failure?.occurredAt)
    if let time = deletion.requestedAt, time.isKnown {
      values["age"] = HumanText.duration(microseconds: readAt.microseconds - time.microseconds)
    }
    return values
  }
}
