import EventStore
import Evidence
import LMDB

/// Holds checkpoints against a log that was hashed anew: those that were given out, and one that somebody kept.
struct CheckpointCheck {
  /// A checkpoint, what to call it, and the key that must have signed it.
  private struct Known {
    var what: String
    var checkpoint: SignedCheckpoint
    var key: VerifierKey?
    /// Whether this ledger gave it out, so that it has no signatures but its own.
    var isOwn: Bool
    var size: UInt64 { checkpoint.checkpoint.head.size }
  }

  private let keys: [(position: UInt64, key: VerifierKey)]
  private var known: [Known] = []
  private(set) var findings: [VerificationFinding] = []

  /// `keys` are those of the ledger, the first first, each with the position from which on it signs.
  init(keys: [(position: UInt64, key: VerifierKey)]) { self.keys = keys }

  /// How many checkpoints there are to hold against the log.
  var count: Int { known.count }

  /// Takes what the table of kept checkpoints has.
  mutating func add(kept: [(size: UInt64, note: [UInt8])]) {
    for (size, note) in kept {
      do throws(FormatError) {
        let checkpoint = try SignedCheckpoint(parsing: note)
        add("the checkpoint of \(size) records that was given out", checkpoint)
        if checkpoint.checkpoint.head.size != size {
          fail("the checkpoint that is kept for \(size) records is of \(checkpoint.checkpoint.head.size)")
        }
      } catch {
        fail("the kept checkpoint of \(size) records can't be read: \(error)")
      }
    }
  }

  /// Takes the newest one, from the file beside the log. It must be kept in the log, too: it came there first, and is
  /// held against it there.
  mutating func add(newest: SignedCheckpoint) {
    if known.contains(where: { $0.checkpoint == newest }) { return }
    add("the checkpoint in the file beside the log", newest)
    fail(
      "the checkpoint of \(newest.checkpoint.head.size) records in the file beside the log is not kept in the log: "
        + "the log was rolled back or forked, or the checkpoint was taken away there")
  }

  /// Takes one that somebody kept, with the key that they trust.
  mutating func add(given: SignedCheckpoint, key: VerifierKey) {
    known.append(Known(what: "the checkpoint that was named", checkpoint: given, key: key, isOwn: false))
  }

  /// Notes what does not fit the log.
  mutating func hold(
    against check: LogCheck, _ log: EventLog, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    known.sort { $0.size < $1.size }
    let heads = try check.heads(known.map { min($0.size, check.last) }, log, records)
    for (known, head) in zip(known, heads) {
      if let flaw = flaw(of: known, head) { fail("\(known.what) does not hold: \(flaw)") }
    }
  }

  private mutating func add(_ what: String, _ checkpoint: SignedCheckpoint) {
    let key = keys.last { $0.position <= checkpoint.checkpoint.head.size }?.key
    known.append(Known(what: what, checkpoint: checkpoint, key: key, isOwn: true))
  }

  /// Why a checkpoint does not fit the log, which has this tree of its size, or of all records where it has fewer.
  private func flaw(of known: Known, _ head: TreeHead) -> String? {
    guard let key = known.key else { return "no key of this ledger signed at its size" }
    do throws(NoteFlaw) {
      try known.checkpoint.verify(log: key)
      let note = known.checkpoint.note
      if known.isOwn, try note.verify(with: keys.map(\.key)).count != note.signatures.count {
        return "it has a signature by a key that this ledger never had"
      }
    } catch { return "\(error)" }
    let said = known.checkpoint.checkpoint.head
    if said.size > head.size {
      return "it has \(said.size) records and the log has \(head.size): the log was rolled back or cut short"
    }
    return said.root == head.root
      ? nil
      : "the log's first \(said.size) records are not those that it was made of: the log was changed or forked"
  }

  private mutating func fail(_ what: String) { findings.append(VerificationFinding(nil, what)) }
}
