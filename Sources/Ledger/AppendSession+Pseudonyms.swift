import EventStore
import LMDB
import WorkloadModel

/// Names of the form `redacted-N`: this ledger's own say which of its names was destroyed, and those of another
/// ledger must not be taken for them.
extension AppendSession {
  /// The event with the pseudonyms of another ledger under names of their own: `redacted-N@SOURCE`. They are the same
  /// whenever an event of that source comes in again, and clash with nothing here.
  mutating func qualified(_ event: ProposedEvent, _ batch: inout EventBatch) -> ProposedEvent {
    guard event.hasForeignPseudonyms(ownSource), let source = batch.name(event.source)?.text else {
      return event
    }
    var event = event
    event.actor = qualified(event.actor, source, &batch)
    event.owner = qualified(event.owner, source, &batch)
    event.reporter = qualified(event.reporter, source, &batch)
    return event
  }

  private mutating func qualified(
    _ reference: NameReference, _ source: String, _ batch: inout EventBatch
  ) -> NameReference {
    guard batch.pseudonyms.contains(reference), let (nameClass, text) = batch.name(reference) else {
      return reference
    }
    let name = batch.intern(nameClass, "\(text)@\(source)")
    while numbers.count <= batch.nameCount { numbers.append(.unknown) }
    return name
  }
}

extension ProposedEvent {
  /// Whether a pseudonym in it is another ledger's. An event of this ledger's own export comes back with ours.
  func hasForeignPseudonyms(_ ownSource: NameReference?) -> Bool {
    if source == .unknown { return false }
    guard case .number = identity else { return true }
    return source != ownSource
  }
}

extension Ledger {
  /// Holds a batch against the rules of `EventCheck`, and its pseudonyms against those that there are.
  func check(_ batch: inout EventBatch) throws(LedgerError) {
    try EventCheck.check(batch)
    for index in batch.checkedNames..<batch.nameCount {
      let reference = NameReference(index: UInt32(index + 1))
      if let (nameClass, _) = batch.name(reference), nameClass.isPersonal,
        Pseudonym.isReserved(batch.nameBytes(reference).span)
      {
        batch.pseudonyms.append(reference)
      }
    }
    batch.checkedNames = batch.nameCount
    guard !batch.pseudonyms.isEmpty else { return }
    let ownSource = batch.find(.source, source)
    for (index, event) in batch.events.enumerated() {
      for reference in [event.actor, event.reporter, event.owner] where batch.pseudonyms.contains(reference) {
        guard let flaw = try flaw(of: reference, in: event, ownSource, batch) else { continue }
        let place = event.line > 0 ? "line \(event.line)" : "event \(index + 1)"
        throw .usage("\(place) (\(event.kind.cloudEventType)): \(flaw)")
      }
    }
    if batch.pseudonyms.contains(batch.importer) {
      throw .usage("who imports can't be called \(batch.name(batch.importer)?.text ?? ""), \(Self.reserved)")
    }
  }

  private static let reserved = "for names of this form stand for names that were destroyed"

  private func flaw(
    of reference: NameReference, in event: ProposedEvent, _ ownSource: NameReference?, _ batch: EventBatch
  ) throws(LedgerError) -> String? {
    guard let (nameClass, text) = batch.name(reference) else { return nil }
    if event.hasForeignPseudonyms(ownSource) {
      let count = text.utf8.count + 1 + batch.nameBytes(event.source).count
      if count <= Limits.name { return nil }
      return
        "the name '\(text)' of another ledger becomes '\(text)@' and its source, which has \(count) bytes; "
        + "\(Limits.name) is the most"
    }
    // An event of our own export is only compared with what it came from.
    if event.source != .unknown { return nil }
    if reference != event.owner, event.intent == .command {
      return "nobody can act as '\(text)', \(Self.reserved)"
    }
    let isKnown = try log.environment.read { (records) throws(LedgerError) in
      try self.number(nameClass, text, records) != nil
    }
    return isKnown ? nil : "nobody can be called '\(text)', \(Self.reserved)"
  }
}
