/// A bundle whose every statement holds under its checkpoint. The checkpoint's signatures are checked apart, by
/// whoever knows which keys to trust.
package struct CheckedBundle: Sendable {
  package let bundle: EvidenceBundle
  /// The facts of each record of the answer, in their order.
  package let facts: [RecordFacts]
  private let names: [UInt32: String]
  private let workloads: [UInt64: [UInt8]]

  /// Checks inclusion of all records, the names against their registrations, and the chain.
  package init(checking bundle: EvidenceBundle) throws(BundleFlaw) {
    if bundle.records.isEmpty { throw .empty }
    let tree = bundle.checkpoint.checkpoint.head
    try Self.checkIncluded(bundle.records, "records", in: tree)
    try Self.checkIncluded(bundle.context, "context", in: tree)
    var facts: [RecordFacts] = []
    for item in bundle.records {
      guard let fact = RecordFacts(item.record) else { throw .noRecord(position: item.position) }
      facts.append(fact)
    }
    self.bundle = bundle
    self.facts = facts
    names = try Self.checkedNames(bundle.names, in: tree)
    workloads = Self.workloads(bundle)
    try checkReadable()
    try checkChain()
  }

  /// The name behind a number, `unknown` for 0.
  package func name(_ number: UInt32) -> String {
    number == 0 ? "unknown" : names[number] ?? "name-\(number)"
  }

  /// The id of the workload that record `index` of the answer is about, 16 bytes; nil where it is about none.
  package func workloadID(ofRecord index: Int) -> [UInt8]? {
    let id = RecordFacts.workloadID(of: bundle.records[index].record) ?? workloads[facts[index].stream]
    return id.flatMap { $0.allSatisfy { $0 == 0 } ? nil : $0 }
  }

  private static func checkIncluded(
    _ items: [ProvenRecord], _ list: String, in tree: TreeHead
  ) throws(BundleFlaw) {
    var last: UInt64 = 0
    for item in items {
      guard item.position > last else { throw .order(list: list, at: item.position) }
      last = item.position
      try checkIncluded(item, in: tree)
    }
  }

  private static func checkIncluded(_ item: ProvenRecord, in tree: TreeHead) throws(BundleFlaw) {
    guard item.position > 0 else { throw .noRecord(position: 0) }
    let leaf = MerkleHash.leaf(item.record)
    do throws(ProofFlaw) {
      try ProofCheck.inclusion(of: leaf, at: item.position - 1, in: tree, proof: item.proof)
    } catch {
      throw .notIncluded(position: item.position, error)
    }
  }

  /// The texts by number; each is what its registration committed to.
  private static func checkedNames(
    _ items: [ProvenName], in tree: TreeHead
  ) throws(BundleFlaw) -> [UInt32: String] {
    var names: [UInt32: String] = [:]
    var last: UInt32 = 0
    for item in items {
      guard item.number > last else { throw .order(list: "names", at: UInt64(item.number)) }
      last = item.number
      try checkIncluded(item.registration, in: tree)
      guard let registration = NameRegistration(item.registration.record),
        registration.number == item.number, registration.nameClass == item.nameClass
      else { throw .wrongRegistration(number: item.number) }
      if let opening = item.opening {
        guard opening.salt.count == ProvenName.Opening.saltBytes,
          MerkleHash.plain(opening.salt + Array(opening.name.utf8)) == registration.commitment
        else { throw .wrongName(number: item.number) }
      }
      names[item.number] = item.text
    }
    return names
  }

  /// The workloads' ids by their streams.
  private static func workloads(_ bundle: EvidenceBundle) -> [UInt64: [UInt8]] {
    var workloads: [UInt64: [UInt8]] = [:]
    for item in bundle.records + bundle.context
    where item.record.count > 1 && item.record[1] == RecordFacts.created {
      workloads[item.position] = RecordFacts.workloadID(of: item.record)
    }
    return workloads
  }

  /// Whether everything is there that says whose the events are and of which ledger.
  private func checkReadable() throws(BundleFlaw) {
    let first = bundle.records.first?.position == 1 ? bundle.records.first : bundle.context.first
    guard let first, first.position == 1, RecordFacts(first.record)?.kind == RecordFacts.ledgerCreated else {
      throw .missing(position: 1, neededBy: bundle.records[0].position)
    }
    for (item, fact) in zip(bundle.records, facts) {
      for number in fact.names where names[number] == nil {
        throw .missingName(number: number, neededBy: item.position)
      }
      if (2...10).contains(fact.kind), workloads[fact.stream] == nil {
        throw .missing(position: fact.stream, neededBy: item.position)
      }
    }
  }

  private func checkChain() throws(BundleFlaw) {
    switch bundle.completeness {
    case .none: break
    case .stream(let stream):
      try checkChain(of: { stream != 0 && $0.stream == stream }, link: \.previousInStream)
      let first = bundle.records[0].position
      if first != stream { throw .foreign(position: first) }
    case .project(let project):
      // What only concerns the ledger itself has a project of 0 and is in no chain.
      try checkChain(
        of: { $0.project == project && $0.kind < RecordFacts.nameRegistered }, link: \.previousInProject)
    }
  }

  /// From the newest record back to the beginning, each link leads to the record shown before it.
  private func checkChain(
    of belongs: (RecordFacts) -> Bool, link: KeyPath<RecordFacts, UInt64>
  ) throws(BundleFlaw) {
    var shown: UInt64 = 0
    for (item, fact) in zip(bundle.records, facts) {
      guard belongs(fact) else { throw .foreign(position: item.position) }
      guard fact[keyPath: link] == shown else {
        throw .brokenChain(position: item.position, link: fact[keyPath: link], shown: shown)
      }
      shown = item.position
    }
  }
}
