import EventStore
import LMDB
import ReadModels
public import WorkloadModel

extension Ledger {
  /// Decides on all events of the batch, in order, and appends what follows from them in one durable
  /// transaction; `outcomes[i]` says what became of `events[i]`.
  ///
  /// When it returns, the events survive a power loss and every reader sees them. When it throws, nothing was
  /// kept. Calls from several threads share one commit. `now` becomes `recordedAt`, unless the clock went
  /// back. Events whose texts or numbers are out of range are a `usage` error that names the event.
  public func append(
    _ batch: inout EventBatch, now: Timestamp, outcomes: inout [EventOutcome]
  ) throws(LedgerError) {
    try prepare(&batch)
    let member = CommitMember(now: now)
    swap(&member.batch, &batch)
    swap(&member.outcomes, &outcomes)
    groups.submit([member], commit)
    swap(&member.batch, &batch)
    swap(&member.outcomes, &outcomes)
    if let error = member.error { throw error }
  }

  /// Appends several batches that are independent of each other in one durable transaction, in their order: for one
  /// thread that brings what many callers gave it.
  ///
  /// Each gets its own result, as if it had been appended alone: a batch that can't be appended does not take the
  /// others with it.
  public func append(_ requests: inout [AppendRequest]) {
    let members = requests.indices.map { CommitMember(now: requests[$0].now) }
    for (index, member) in members.enumerated() {
      swap(&member.batch, &requests[index].batch)
      do throws(LedgerError) { try prepare(&member.batch) } catch { member.error = error }
    }
    let sound = members.filter { $0.error == nil }
    if !sound.isEmpty { groups.submit(sound, commit) }
    for (index, member) in members.enumerated() {
      swap(&member.batch, &requests[index].batch)
      requests[index].result = member.error.map { .failure($0) } ?? .success(member.outcomes)
    }
  }

  /// Appends the batches of a group.
  private func commit(_ members: [CommitMember]) throws(LedgerError) {
    let now = members.reduce(.earliest) { max($0, $1.now) }
    try commit(now: now, try writableViews()) { (session, logWrite, viewsRead) throws(StoreError) in
      let redaction = try self.log.newestRedaction(logWrite.reading)
      for member in members { try session.append(member, redaction: redaction, &logWrite, viewsRead) }
    }
    for member in members {
      member.batch.resolvedNames = member.numbers
      member.batch.resolvedAt = member.redaction
    }
  }

  /// Appends what `body` appends, in one transaction of each environment. `body` may run again from the start.
  ///
  /// The views' transaction is the outer one, so that the log commits first and a log that fails to commit
  /// takes the views' changes with it.
  func commit(
    now: Timestamp, _ views: ViewStore,
    _ body: (inout AppendSession, inout WriteTransaction, borrowing ReadTransaction) throws(StoreError) ->
      Void
  ) throws(LedgerError) {
    var isLogged = false
    do throws(StoreError) {
      try views.write { (viewsWrite) throws(StoreError) in
        // The map of the views may be full when the log has committed: then only the views are done again.
        if isLogged {
          _ = try self.log.environment.read { (records) throws(StoreError) in
            try self.fold(into: views, &viewsWrite, records)
          }
          return
        }
        try self.log.environment.write { (logWrite) throws(StoreError) in
          try self.fold(into: views, &viewsWrite, logWrite.reading)
          var session = AppendSession(
            self.log, try LogAppender(self.log, now: now, logWrite.reading),
            Projection(views.tables, position: try self.log.lastPosition(logWrite.reading)))
          try body(&session, &logWrite, viewsWrite.reading)
          // Hashing takes as long as writing the views: two processors do both at once.
          session.appender.startHashing()
          try session.flush(to: &viewsWrite)
          try session.appender.finish(&logWrite)
        }
        isLogged = true
      }
    } catch {
      // The events are durable, and the views will be caught up by whoever opens them next.
      guard isLogged else { throw LedgerError(storage: error) }
    }
  }

  /// Runs imports without keeping anything: the events are decided on as they would be, one batch after the
  /// other, and all is undone at the end. The ledger can't be written meanwhile.
  public func rehearse<R>(
    _ body: (_ append: (inout EventBatch, Timestamp, inout [EventOutcome]) throws(LedgerError) -> Void)
      throws(LedgerError) -> R
  ) throws(LedgerError) -> R {
    let views = try writableViews()
    var result: Result<R, LedgerError>?
    do throws(RehearsalEnd) {
      try views.environment.write { (viewsWrite) throws(RehearsalEnd) in
        try self.log.environment.write { (logWrite) throws(RehearsalEnd) in
          do throws(LedgerError) {
            result = .success(
              try body { (batch, now, outcomes) throws(LedgerError) in
                try self.prepare(&batch)
                try ledgerCall { () throws(StoreError) in
                  try self.fold(into: views, &viewsWrite, logWrite.reading)
                  var session = AppendSession(
                    self.log, try LogAppender(self.log, now: now, logWrite.reading),
                    Projection(views.tables, position: try self.log.lastPosition(logWrite.reading)))
                  let member = CommitMember(now: now)
                  member.batch = batch
                  try session.append(
                    member, redaction: try self.log.newestRedaction(logWrite.reading), &logWrite,
                    viewsWrite.reading)
                  try session.flush(to: &viewsWrite)
                  outcomes = member.outcomes
                }
              })
          } catch { result = .failure(error) }
          throw RehearsalEnd()
        }
      }
    } catch { if let failure = error.failure { throw LedgerError(storage: failure) } }
    guard let result else { throw .storage("the rehearsal did not run") }
    return try result.get()
  }

  /// Checks a batch. Numbers that another ledger gave to its names are worth nothing here.
  private func prepare(_ batch: inout EventBatch) throws(LedgerError) {
    try check(&batch)
    if batch.resolvedBy == instance { return }
    batch.resolvedBy = instance
    batch.resolvedNames = Array(repeating: .unknown, count: batch.nameCount + 1)
  }
}

/// Ends a rehearsal: thrown so that both transactions are aborted.
private struct RehearsalEnd: StorageFailure {
  var failure: LMDBError?
  init() {}
  init(storage: LMDBError) { failure = storage }
}

extension AppendSession {
  /// Appends all events of one caller. `redaction` is the log's newest.
  mutating func append(
    _ member: CommitMember, redaction: UInt64, _ transaction: inout WriteTransaction,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) {
    member.redaction = redaction
    member.outcomes.removeAll(keepingCapacity: true)
    try append(&member.batch, redaction: redaction, outcomes: &member.outcomes, &transaction, views)
    member.numbers = numbers
  }

  private mutating func append(
    _ batch: inout EventBatch, redaction: UInt64, outcomes: inout [EventOutcome],
    _ transaction: inout WriteTransaction, _ views: borrowing ReadTransaction
  ) throws(StoreError) {
    // A name that was destroyed since has no number any more.
    numbers =
      batch.resolvedAt == redaction
      ? batch.resolvedNames : Array(repeating: .unknown, count: batch.nameCount + 1)
    ownSource = batch.find(.source, log.source)
    for index in batch.events.indices {
      outcomes.append(try append(index, of: &batch, &transaction, views))
    }
  }

  mutating func flush(to transaction: inout WriteTransaction) throws(StoreError) {
    try projection.flush(to: &transaction)
  }
}
