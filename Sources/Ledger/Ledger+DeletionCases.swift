import EventStore
import LMDB
import ReadModels
import WorkloadModel

extension Ledger {
  /// Calls `body` for each deletion that matches: those with a result in the order of their results, then the
  /// requests that got none, oldest first.
  ///
  /// Of one workload this is a walk along its timeline. Of a project it is a scan of the log's headers, and
  /// memory holds only the requests that are still open.
  public func deletionCases(
    _ query: DeletionCaseQuery, _ body: (DeletionCase) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    var history = HistoryQuery()
    history.moment = query.moment
    history.kinds = [.deleteRequested, .deleted, .deleteFailed]
    switch query.scope {
    case .workload(let id): history.workload = id
    case .project(let name): history.project = name
    }
    var pairs = DeletionPairs()
    var waiting: [DeletionPairs.Pair] = []
    try self.history(history) { (event) throws(LedgerError) in
      if let pair = pairs.take(event), query.accepts(pair) { waiting.append(pair) }
      if waiting.count >= Self.namesAtOnce { try hand(&waiting, to: body) }
      return true
    }
    waiting += pairs.unanswered().filter(query.accepts)
    try hand(&waiting, to: body)
  }

  /// Names are looked up in groups, so that a snapshot is taken for many.
  private static let namesAtOnce = 256

  private func hand(
    _ pairs: inout [DeletionPairs.Pair], to body: (DeletionCase) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    let taken = pairs
    pairs.removeAll(keepingCapacity: true)
    let cases = try reading { (views, transaction, records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        var cases: [DeletionCase] = []
        for pair in taken {
          guard let stream = try views.stream(of: pair.id, transaction),
            let row = try views.row(stream, transaction)
          else { throw .damaged(position: pair.result?.position ?? 0, why: "its workload has no row") }
          let name = try self.workload(row, records).name
          cases.append(DeletionCase(id: pair.id, name: name, request: pair.request, result: pair.result))
        }
        return cases
      }
    }
    for one in cases { try body(one) }
  }
}

extension DeletionCaseQuery {
  fileprivate func accepts(_ pair: DeletionPairs.Pair) -> Bool {
    if isWithoutRequest, pair.request != nil { return false }
    if isWithoutResult, pair.result != nil { return false }
    guard let requestedBefore else { return true }
    return pair.request.map { $0.occurredAt < requestedBefore } ?? false
  }
}
