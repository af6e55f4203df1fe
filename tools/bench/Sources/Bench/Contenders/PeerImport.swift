import Ledger
import SQLite
import WorkloadModel

/// Takes the batches of an import into SQLite: one durable transaction for each.
///
/// The ledger's own parser feeds it, on a thread of its own as it does the ledger. SQLite's `json_extract`
/// would parse each line again for each of a dozen fields, and there is none for CSV: this way both sides pay
/// the same for reading, and the faster of the two ways is what SQLite is compared by.
final class PeerImport {
  private let peer: Peer
  private let now: Timestamp
  private var known: [Name: Int64] = [:]
  /// Of each name of the batch its number, where `seen` says that the batch uses it.
  private var numbers: [Int64] = []
  private var seen: [Int] = []
  private var turn = 0

  private struct Name: Hashable {
    var nameClass: NameClass
    var text: String
  }

  init(_ peer: Peer, now: Timestamp) {
    self.peer = peer
    self.now = now
  }

  /// Appends a batch; the importer's batches take turns, and each has its own table of names.
  func append(_ batch: inout EventBatch, _ outcomes: inout [EventOutcome]) throws(DatabaseError) {
    let taken = batch
    try peer.append(taken, now: now) { () throws(DatabaseError) in try resolve(taken) }
    outcomes.removeAll(keepingCapacity: true)
    outcomes.append(contentsOf: repeatElement(EventOutcome(.appended), count: batch.events.count))
  }

  private func resolve(_ batch: borrowing EventBatch) throws(DatabaseError) {
    turn += 1
    while numbers.count < batch.nameCount {
      numbers.append(0)
      seen.append(0)
    }
    for event in batch.events {
      try resolve(event.source, batch)
      try resolve(event.actor, batch)
      try resolve(event.reporter, batch)
      try resolve(event.project, batch)
      try resolve(event.cluster, batch)
      try resolve(event.owner, batch)
    }
    peer.adopt(numbers)
  }

  @inline(__always)
  private func resolve(
    _ reference: NameReference, _ batch: borrowing EventBatch
  ) throws(DatabaseError) {
    let place = Int(reference.index) - 1
    guard place >= 0, seen[place] != turn, let (nameClass, text) = batch.name(reference) else { return }
    seen[place] = turn
    let name = Name(nameClass: nameClass, text: text)
    if let number = known[name] {
      numbers[place] = number
    } else {
      numbers[place] = try peer.register(nameClass, text)
      known[name] = numbers[place]
    }
  }
}
