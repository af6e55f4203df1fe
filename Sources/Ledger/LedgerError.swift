import EventStore
package import LMDB
import ReadModels

/// What can go wrong with a ledger, each with what a person needs to act.
public enum LedgerError: Error, Hashable, Sendable {
  /// There is no ledger in this folder.
  case noLedger(path: String)
  /// The folder holds something else, or a ledger of a newer program.
  case unreadable(path: String, why: String)
  /// The operating system or LMDB refused; the text says the operation and the file.
  case storage(String)
  /// The disk is full. What an append wanted to write was not kept; of what has several parts, some may be.
  case diskFull(String)
  /// A record or row that does not hold together.
  case damaged(String)
  /// The file of the views is damaged. They are folded from the log, so nothing is lost.
  case damagedViews(String)
  /// The ledger was opened for reading only.
  case readOnly(path: String)
  /// There is no such project, workload, user or name: `kind` says what, as in "workload".
  case notFound(kind: String, name: String)
  /// More than one workload fits.
  case ambiguous(name: String, candidates: [Workload])
  /// A checkpoint does not fit the log.
  case evidence(String)
  /// What was asked makes no sense: a bad page token, a limit out of range.
  case usage(String)

  /// A sentence for people, with what to do next.
  public var message: String {
    switch self {
    case .noLedger(let path):
      "there is no ledger in \(path): make one with 'workledger init', or name another with --ledger"
    case .unreadable(let path, let why): "\(path) can't be opened: \(why)"
    case .storage(let text): text
    case .diskFull(let text): text
    case .damaged(let text): "the ledger is damaged: \(text)"
    case .damagedViews(let text):
      "the views are damaged: \(text); they are folded from the log: 'workledger replay --rebuild' makes them anew"
    case .readOnly(let path): "the ledger in \(path) can't be written: check the rights of its files"
    case .notFound(let kind, let name): "no \(kind) '\(name)'"
    case .ambiguous(let name, let candidates):
      "'\(name)' fits \(candidates.count) workloads: name one by its id"
    case .evidence(let text): "the evidence does not hold: \(text)"
    case .usage(let text): text
    }
  }
}

extension LedgerError: StorageFailure {
  package init(storage error: LMDBError) {
    switch error.name {
    case .noSpace: self = .diskFull("\(error)")
    case .readOnly, .accessDenied: self = .readOnly(path: error.path)
    case .foreign, .newerFormat: self = .unreadable(path: error.path, why: error.operation)
    case .damaged: self = .damaged(error.operation)
    case _ where error.path.hasSuffix("/views") && ViewStore.isDamage(error): self = .damagedViews(error.fact)
    case let code where code.isDamage: self = .damaged("\(error)")
    default: self = .storage("\(error)")
    }
  }
}

/// Runs a call of the stores and says its failure in the ledger's terms.
func ledgerCall<R>(_ body: () throws(StoreError) -> R) throws(LedgerError) -> R {
  do throws(StoreError) { return try body() } catch { throw LedgerError(storage: error) }
}
