import HistoryModel
import Ledger
import WorkloadModel

/// Appends a generated history to a ledger, a batch a commit.
///
/// The ledger's clock is the model's: what a batch recorded is as old as its newest report. Events are
/// numbered in their source, so that repeating the same command appends nothing.
struct LedgerOutput {
  /// What became of the events.
  private(set) var appended = 0
  private(set) var anomalies = 0
  private(set) var duplicates = 0
  private(set) var conflicts = 0
  private(set) var rejected = 0

  /// One line for people.
  var summary: String {
    var text = "\(appended) events appended, \(anomalies) of them anomalies"
    if duplicates > 0 { text += "; \(duplicates) were there already" }
    if rejected > 0 { text += "; \(rejected) were not accepted" }
    if conflicts > 0 {
      text += "; \(conflicts) have ids that other events of this seed have in the ledger: "
      text += "use the options that made those, or another --seed"
    }
    return text
  }

  /// Makes the ledger where there is none, and appends all events.
  mutating func append(
    _ options: HistoryOptions, to path: String, batchSize: Int
  ) throws(LedgerError) {
    _ = try Ledger.create(at: path, now: options.start)
    let ledger = try Ledger(path: path)
    var progress = Progress(of: options.events)
    var model = HistoryModel(options)
    var batch = EventBatch()
    var outcomes: [EventOutcome] = []
    var hasMore = true
    while hasMore {
      hasMore = model.next(into: &batch)
      guard batch.events.count == batchSize || (!hasMore && !batch.events.isEmpty) else { continue }
      try ledger.append(&batch, now: model.lastReport.reportedAt, outcomes: &outcomes)
      for outcome in outcomes { count(outcome) }
      batch.removeEvents()
      outcomes.removeAll(keepingCapacity: true)
      progress.show(model.eventCount)
    }
    progress.finish()
  }

  private mutating func count(_ outcome: EventOutcome) {
    switch outcome.verdict {
    case .appended: appended += 1
    case .anomaly:
      appended += 1
      anomalies += 1
    case .duplicate: duplicates += 1
    case .conflict: conflicts += 1
    case .refused, .wrongVersion, .notFound: rejected += 1
    }
  }
}
