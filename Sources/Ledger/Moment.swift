import EventStore
import Evidence
import LMDB
import ReadModels
public import WorkloadModel

/// The moment that a question is about. Without either part it is now.
///
/// `asOf` asks what the ledger knew: the fold of the first so many records. `at` asks what was true: of those
/// records the ones whose events had occurred by a time, folded in the order of the log. Both together ask what was
/// true at a time by what the ledger knew at another.
public struct Moment: Hashable, Sendable {
  /// What the ledger knew; nil for all that it knows.
  public var asOf: Known?
  /// What was true then, by the sources' clocks. An event of which only a bound is known counts from the bound
  /// on, and one that was not applied changes nothing here either. A workload is there from its creation on.
  public var at: Timestamp?

  /// How much the ledger knew.
  public enum Known: Hashable, Sendable {
    /// The records up to a position, it included; 0 is none.
    case position(UInt64)
    /// What was recorded at or before a time, by the ledger's clock.
    case recorded(Timestamp)
    /// What a checkpoint was signed over: so many records with this root, in base64. Refused where the log's own
    /// records of that size have another root.
    case checkpoint(size: UInt64, root: String)
  }

  /// Now, where nothing is given.
  public init(asOf: Known? = nil, at: Timestamp? = nil) {
    self.asOf = asOf
    self.at = at
  }

  /// Whether the question is about what is true now, by all that is known.
  public var isNow: Bool { asOf == nil && at == nil }
}

extension Ledger {
  /// The last position of what was known; refused beyond the end of the log.
  public func position(of known: Moment.Known) throws(LedgerError) -> UInt64 {
    try log.environment.read { (records) throws(LedgerError) in try self.position(of: known, records) }
  }

  func position(
    of known: Moment.Known, _ records: borrowing ReadTransaction
  ) throws(LedgerError) -> UInt64 {
    switch known {
    case .position(let position):
      let last = try ledgerCall { () throws(StoreError) in try self.log.lastPosition(records) }
      if position > last {
        throw .usage("there is no position \(position): the last one of the ledger is \(last)")
      }
      return position
    case .recorded(let time):
      return try ledgerCall { () throws(StoreError) in
        try self.log.lastPosition(recordedBy: time, records)
      }
    case .checkpoint(let size, let root):
      let last = try ledgerCall { () throws(StoreError) in try self.log.lastPosition(records) }
      if size > last {
        throw .evidence(
          "the checkpoint has \(size) records and the log has \(last): the log was rolled back, or it is another's"
        )
      }
      let head = try ledgerCall { () throws(StoreError) in try self.log.tree.head(size, records) }
      if head.root.base64 != root {
        throw .evidence("the checkpoint's root is not that of the log's first \(size) records")
      }
      return size
    }
  }

  /// When a moment was, for what lasts until then; never later than `now`.
  public func time(of moment: Moment, now: Timestamp) throws(LedgerError) -> Timestamp {
    try log.environment.read { (records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in try self.time(of: moment, now: now, records) }
    }
  }

  func time(
    of moment: Moment, now: Timestamp, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> Timestamp {
    if let time = moment.at { return min(time, now) }
    switch moment.asOf {
    case nil: return now
    case .recorded(let time): return min(time, now)
    case .position(let position), .checkpoint(let position, _):
      // Before the first record nothing lasts, and behind the last one there is nothing to ask.
      guard let record = try records.get(log.events, position) else { return now }
      guard let header = RecordHeader(record) else {
        throw .damaged(position: position, why: "its header can't be read")
      }
      return min(header.recordedAt, now)
    }
  }

  /// Runs a query about a moment on a snapshot of the views and one of the log that is not older.
  ///
  /// A query that looks for workloads (`scans`) brings the tables of the past up first, where much of the log lies
  /// between them and the moment and they can be written. The rest, and all of it in a ledger that is only read, it
  /// folds from the log by itself.
  func reading<R>(
    _ moment: Moment, scans: Bool,
    _ body: (ViewStore, borrowing ReadTransaction, borrowing ReadTransaction, PastMoment) throws(LedgerError)
      -> R
  ) throws(LedgerError) -> R {
    if scans, !moment.isNow { try bringUpPast(to: moment) }
    return try reading { (views, transaction, records) throws(LedgerError) in
      try body(views, transaction, records, try self.resolve(moment, views, transaction, records))
    }
  }

  /// The moment in the terms of the log. A query reads views too, so they must have come that far.
  private func resolve(
    _ moment: Moment, _ views: ViewStore, _ transaction: borrowing ReadTransaction,
    _ records: borrowing ReadTransaction
  ) throws(LedgerError) -> PastMoment {
    let folded = try ledgerCall { () throws(StoreError) in try views.position(transaction) ?? 0 }
    guard let known = moment.asOf else { return PastMoment(position: folded, time: moment.at) }
    let position = try position(of: known, records)
    if position > folded {
      throw .unreadable(
        path: path + "/views",
        why:
          "the views end at position \(folded) and must be folded up to \(position), which needs the right to write"
      )
    }
    return PastMoment(position: position, time: moment.at)
  }

  /// How many records a query folds by itself rather than have them written to the tables of the past.
  private static let tailLimit: UInt64 = 2048
  /// How many records are folded at once: what they leave in memory is a few bytes each.
  private static let sliceLimit = 1_000_000

  /// A disk that is full keeps nobody from looking back: then the query folds more by itself.
  private func bringUpPast(to moment: Moment) throws(LedgerError) {
    guard access == .readWrite else { return }
    let last = try reading { (views, transaction, records) throws(LedgerError) in
      let past = try self.resolve(moment, views, transaction, records)
      return try ledgerCall { () throws(StoreError) -> UInt64 in
        let folded = try views.position(transaction) ?? 0
        // What is known now is in the present views.
        if past.time == nil, past.position == folded { return 0 }
        return past.position > (try views.historyPosition(transaction)) + Self.tailLimit ? folded : 0
      }
    }
    do throws(LedgerError) { try foldPast(upTo: last) } catch {
      if case .diskFull = error { return }
      throw error
    }
  }

  /// Folds the log into the tables of the past, slice by slice, as far as a position and as the views have come.
  ///
  /// A snapshot is all that folding needs; it ends before anything is written, for a map that must grow waits for
  /// everyone who reads.
  package func foldPast(upTo last: UInt64) throws(LedgerError) {
    let views = try currentViews()
    while let fold = try reading({ (views, transaction, records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in try self.foldSlice(views, upTo: last, transaction, records) }
    }) {
      try ledgerCall { () throws(StoreError) in
        try views.write { (write) throws(StoreError) in try fold.flush(to: &write) }
      }
    }
  }

  /// The next slice of the log, folded for the tables of the past; nil where nothing is missing.
  func foldSlice(
    _ views: ViewStore, upTo last: UInt64, _ transaction: borrowing ReadTransaction,
    _ records: borrowing ReadTransaction
  ) throws(StoreError) -> StatusHistoryFold? {
    let last = min(last, try views.position(transaction) ?? 0)
    guard var fold = try StatusHistoryFold(views, transaction), fold.position < last else { return nil }
    let next = fold.position + 1
    try records.withCursor(log.events) { (cursor) throws(StoreError) in
      var isThere = try cursor.seek(next)
      while isThere, cursor.integerKey <= last, cursor.integerKey - next < Self.sliceLimit {
        guard cursor.integerKey == fold.position + 1 else {
          throw .damaged(position: fold.position + 1, why: "it is missing in the log")
        }
        try fold.apply(cursor.value, at: cursor.integerKey, transaction)
        isThere = try cursor.next()
      }
    }
    // Who folds slice by slice would go on for ever.
    guard fold.position >= next else { throw .damaged(position: next, why: "it is missing in the log") }
    return fold
  }
}
