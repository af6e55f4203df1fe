/// Why a bundle does not hold.
package enum BundleFlaw: Error, Hashable, Sendable {
  /// There is no record to prove.
  case empty
  /// The proof of a record does not hold.
  case notIncluded(position: UInt64, ProofFlaw)
  /// The positions or numbers of a list do not ascend.
  case order(list: String, at: UInt64)
  /// The bytes are no record of format 1.
  case noRecord(position: UInt64)
  /// A record that is needed to read another is not there, or is not what it should be.
  case missing(position: UInt64, neededBy: UInt64)
  /// A name that a record uses is not there.
  case missingName(number: UInt32, neededBy: UInt64)
  /// The registration's record is of another number or class, or no registration.
  case wrongRegistration(number: UInt32)
  /// Salt and name do not open the commitment.
  case wrongName(number: UInt32)
  /// A record that is not of the stream or project whose completeness is claimed.
  case foreign(position: UInt64)
  /// The record links to another one than the one shown before it: something was left out.
  case brokenChain(position: UInt64, link: UInt64, shown: UInt64)
}

extension BundleFlaw: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "it has no records, so it proves nothing"
    case .notIncluded(let position, let flaw): "record \(position): \(flaw)"
    case .order(let list, let at): "\(list): \(at) stands behind a larger one or is there twice"
    case .noRecord(let position): "record \(position): its bytes are no record of format 1"
    case .missing(let position, let neededBy):
      "record \(neededBy) needs record \(position) to be read, which is not there or is something else"
    case .missingName(let number, let neededBy): "record \(neededBy) uses name \(number), which is not there"
    case .wrongRegistration(let number): "name \(number): the record beside it does not register it"
    case .wrongName(let number): "name \(number): the name is not the one that was registered"
    case .foreign(let position):
      "record \(position) is not of the stream or project that is said to be complete"
    case .brokenChain(let position, let link, let shown):
      shown == 0
        ? "record \(position) comes after record \(link), which was left out"
        : "record \(position) comes after record \(link), and record \(shown) is shown before it"
    }
  }
}
