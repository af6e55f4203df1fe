import EventStore
package import Evidence
import LMDB
import ReadModels
package import WorkloadModel

/// Evidence for strangers: proofs and bundles that need nothing but the log's public key.
extension Ledger {
  /// The proof that a record stands at a position, with the record itself (C2SP tlog-proof).
  ///
  /// In the tree of `checkpoint`, which must be one of this log, or of a new one where it is nil.
  package func prove(
    _ position: UInt64, in checkpoint: SignedCheckpoint? = nil
  ) throws(LedgerError) -> LogProof {
    let checkpoint = try orNew(checkpoint)
    return try proving(in: checkpoint) { (maker, records) throws(LedgerError) in
      guard (1...max(1, maker.head.size)).contains(position), maker.head.size > 0 else {
        throw .notFound(
          kind: "record (the checkpoint has \(maker.head.size)) at position", name: "\(position)")
      }
      let proven = try ledgerCall { () throws(StoreError) in try maker.record(at: position, records) }
      return LogProof(
        extra: proven.record, index: position - 1, hashes: proven.proof, checkpoint: checkpoint)
    }
  }

  /// That the log only grew since an old checkpoint, as a witness takes it (C2SP tlog-witness): a new checkpoint
  /// and the consistency proof.
  package func proveConsistency(
    from old: UInt64, in checkpoint: SignedCheckpoint? = nil
  ) throws(LedgerError) -> WitnessRequest {
    let checkpoint = try orNew(checkpoint)
    return try proving(in: checkpoint) { (maker, records) throws(LedgerError) in
      guard let plan = ProofPlan.consistency(from: old, to: maker.head.size) else {
        throw .usage("the log has \(maker.head.size) records; an old checkpoint has no more, not \(old)")
      }
      let proof = try ledgerCall { () throws(StoreError) in try maker.proof(plan, records) }
      return WitnessRequest(oldSize: old, proof: proof, checkpoint: checkpoint)
    }
  }

  /// The evidence for the events that a query finds, as far as the checkpoint reaches: each of them, and nothing about
  /// others.
  package func bundle(
    _ query: HistoryQuery, question: String, in checkpoint: SignedCheckpoint? = nil
  ) throws(LedgerError) -> EvidenceBundle {
    guard question.utf8.count <= EvidenceBundle.maxQuestion else {
      throw .usage("the question has more than \(EvidenceBundle.maxQuestion) bytes: \(question)")
    }
    let checkpoint = try orNew(checkpoint)
    var query = query
    query.to = min(query.to ?? .max, checkpoint.checkpoint.head.size)
    var positions: [UInt64] = []
    try history(query) { (event) throws(LedgerError) in
      positions.append(event.position)
      return positions.count <= EvidenceBundle.maxItems
    }
    return try bundle(question, .none, in: checkpoint) { (_, _, _) throws(LedgerError) in positions.sorted() }
  }

  /// The evidence for the whole timeline of a workload.
  package func bundle(
    workload id: WorkloadID, question: String, in checkpoint: SignedCheckpoint? = nil
  ) throws(LedgerError) -> EvidenceBundle {
    let checkpoint = try orNew(checkpoint)
    let newest = try details(id, now: .latest).timeline
    guard let stream = newest.first?.position else { throw .notFound(kind: "workload", name: id.description) }
    return try bundle(question, .stream(stream), in: checkpoint) { (head, _, _) throws(LedgerError) in
      newest.map(\.position).filter { $0 <= head.size }
    }
  }

  /// The evidence for everything that ever happened in a project.
  package func bundle(
    project name: String, question: String, in checkpoint: SignedCheckpoint? = nil
  ) throws(LedgerError) -> EvidenceBundle {
    let checkpoint = try orNew(checkpoint)
    let (number, newest) = try reading { (views, transaction, records) throws(LedgerError) in
      let number = try self.project(name, views, transaction, records)
      let entry = try ledgerCall { () throws(StoreError) in try views.project(number, transaction) }
      return (number, entry?.lastPosition ?? 0)
    }
    return try bundle(question, .project(number.rawValue), in: checkpoint) {
      (head, log, records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        var positions: [UInt64] = []
        var position = newest
        while position != 0 {
          guard let record = try records.get(log.events, position), let header = RecordHeader(record),
            header.previousInProject < position
          else { throw .damaged(position: position, why: "it can't be read") }
          if position <= head.size { positions.append(position) }
          position = header.previousInProject
        }
        return positions.reversed()
      }
    }
  }

  // MARK: Helpers

  private func orNew(_ checkpoint: SignedCheckpoint?) throws(LedgerError) -> SignedCheckpoint {
    if let checkpoint { return checkpoint }
    return try self.checkpoint()
  }

  private func bundle(
    _ question: String, _ completeness: Completeness, in checkpoint: SignedCheckpoint?,
    positions: (TreeHead, EventLog, borrowing ReadTransaction) throws(LedgerError) -> [UInt64]
  ) throws(LedgerError) -> EvidenceBundle {
    let checkpoint = try orNew(checkpoint)
    return try proving(in: checkpoint) { (maker, records) throws(LedgerError) in
      let positions = try positions(maker.head, log, records)
      guard !positions.isEmpty else {
        throw .notFound(kind: "record that answers", name: question)
      }
      guard positions.count <= EvidenceBundle.maxItems else {
        throw .usage(
          "the answer has \(positions.count) records and a bundle has at most \(EvidenceBundle.maxItems): "
            + "ask for less at once")
      }
      return try ledgerCall { () throws(StoreError) in
        var bundle = EvidenceBundle(
          question: question, checkpoint: checkpoint, records: [], completeness: completeness)
        for position in positions { bundle.records.append(try maker.record(at: position, records)) }
        try self.addContext(to: &bundle, &maker, records)
        return bundle
      }
    }
  }

  /// What a reader needs beside the records: the first record of the log, the creations, and the names.
  private func addContext(
    to bundle: inout EvidenceBundle, _ maker: inout ProofMaker, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    var positions: Set<UInt64> = [1]
    var numbers: Set<UInt32> = []
    for item in bundle.records {
      guard let facts = RecordFacts(item.record) else {
        throw .damaged(position: item.position, why: "it can't be read")
      }
      numbers.formUnion(facts.names)
      if facts.stream != 0, (EventKind.queued.rawValue...EventKind.deleteFailed.rawValue).contains(facts.kind)
      {
        positions.insert(facts.stream)
      }
    }
    positions.subtract(bundle.records.map(\.position))
    for position in positions.sorted() {
      bundle.context.append(try maker.record(at: position, records))
    }
    for number in numbers.sorted() {
      guard let entry = try records.get(log.names, UInt64(number)), entry.byteCount >= NameEntry.nameOffset
      else { throw .damaged(position: 0, why: "name #\(number) can't be read") }
      let name = string(entry, NameEntry.nameOffset..<entry.byteCount)
      let salt = (1..<17).map { entry.u8(at: $0) }
      bundle.names.append(
        ProvenName(
          number: number, nameClass: entry.u8(at: 0),
          opening: name.isEmpty ? nil : .init(salt: salt, name: name),
          registration: try maker.record(at: entry.u48(at: NameEntry.positionOffset), records)))
    }
  }

  /// Runs `body` with the tree of a checkpoint, if it is this log's.
  private func proving<R>(
    in checkpoint: SignedCheckpoint,
    _ body: (inout ProofMaker, borrowing ReadTransaction) throws(LedgerError) -> R
  ) throws(LedgerError) -> R {
    let head = checkpoint.checkpoint.head
    return try log.environment.read { (records) throws(LedgerError) in
      try checkTree(of: head, records)
      var maker = ProofMaker(log, head)
      return try body(&maker, records)
    }
  }
}
