import Ledger
import Presentation
import WorkloadModel

/// The exit statuses of the command line's contract.
enum ExitStatus: Int32 {
  case done = 0
  case failed = 1
  case notFound = 3
  case conflict = 4
  case refused = 5
  case differs = 6
  case rejectedLines = 7
  /// EX_USAGE of sysexits.h.
  case usage = 64
}

/// Why a command ends without having done what it was told.
struct Failure: Error {
  var status: ExitStatus
  /// What is wrong and what to do about it.
  var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  init(_ error: LedgerError) {
    message = error.message
    switch error {
    case .notFound: status = .notFound
    case .usage: status = .usage
    case .evidence, .damagedViews: status = .differs
    case .ambiguous(_, let candidates):
      status = .refused
      let length = ShortID.length(for: candidates.map(\.id))
      for candidate in candidates {
        let id = candidate.id.description.prefix(length)
        message += "\n  \(id)  \(candidate.name), \(candidate.status.label), project \(candidate.project)"
      }
    default: status = .failed
    }
  }
}
