package import LMDB
internal import Synchronization
package import WorkloadModel

/// Names that were read before, by number, so that a process reads each once.
///
/// A name changes only by its redaction, which says so at the end of the chain of redactions. The cache looks there
/// once for each snapshot, and forgets everything when another process, or this one, has destroyed a name.
package final class NameCache: Sendable {
  private struct State {
    var texts: [UInt32: String] = [:]
    /// The newest redaction that the texts take into account.
    var redaction: UInt64 = 0
    /// The snapshot that was last seen to have this as its newest redaction.
    var snapshot = -1

    /// Takes note of the newest redaction that a snapshot has.
    mutating func look(_ found: UInt64, in snapshot: Int) {
      guard found >= redaction else { return }
      if found > redaction { texts.removeAll() }
      redaction = found
      self.snapshot = snapshot
    }
  }

  private let state = Mutex(State())

  package init() {}

  /// The text of a name; nil for nobody. A number that no table has shows as such, so that nothing vanishes.
  ///
  /// To be called with a snapshot, not inside of a write transaction.
  package func text(
    _ number: NameNumber, in log: EventLog, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> String? {
    if number == .unknown { return nil }
    let snapshot = transaction.snapshot
    if let known = state.withLock({ $0.snapshot == snapshot ? $0.texts[number.rawValue] : nil }) {
      return known
    }
    let redaction = try log.newestRedaction(transaction)
    let known = state.withLock { state in
      state.look(redaction, in: snapshot)
      return state.redaction == redaction ? state.texts[number.rawValue] : nil
    }
    if let known { return known }
    let text = try log.name(number, transaction)?.text ?? "name #\(number.rawValue)"
    // An older snapshot still has names that must not be kept.
    state.withLock { if $0.redaction == redaction { $0.texts[number.rawValue] = text } }
    return text
  }
}

/// The names that one read has met: it asks the cache, which all threads share, once for each.
package struct KnownNames {
  private let cache: NameCache
  private let log: EventLog
  /// The name whose number ends with the bits of its place here.
  private var numbers = InlineArray<64, NameNumber>(repeating: .unknown)
  private var texts = InlineArray<64, String?>(repeating: nil)

  package init(_ cache: NameCache, _ log: EventLog) {
    self.cache = cache
    self.log = log
  }

  /// The text of a name, as `NameCache.text`; all with the same snapshot.
  package mutating func text(
    _ number: NameNumber, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> String? {
    if number == .unknown { return nil }
    let place = Int(number.rawValue) & (numbers.count - 1)
    if numbers[place] == number { return texts[place] }
    let text = try cache.text(number, in: log, transaction)
    numbers[place] = number
    texts[place] = text
    return text
  }
}
