public import WorkloadModel

/// One of several batches that `Ledger.append(_:)` commits together, and what became of it.
public struct AppendRequest: Sendable {
  /// The events; the ledger gives the batch back with the names resolved, to be used again.
  public var batch: EventBatch
  /// Becomes `recordedAt`, unless the clock went back or another request of the commit has a later time.
  public var now: Timestamp
  /// What became of each event, or why nothing of this batch was kept; empty until it was appended.
  public internal(set) var result: Result<[EventOutcome], LedgerError> = .success([])

  /// A request that was not appended yet.
  public init(batch: EventBatch, now: Timestamp) {
    self.batch = batch
    self.now = now
  }
}
