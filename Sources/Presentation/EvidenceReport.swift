package import Evidence
import WorkloadModel

/// What a proof or a bundle has proven, after everything in it was checked.
package struct EvidenceReport: Sendable {
  /// What was checked.
  package enum Content: Sendable {
    /// One record of any log, with its position from 1.
    case record(position: UInt64, bytes: [UInt8])
    case bundle(CheckedBundle)
  }

  package var checkpoint: Checkpoint
  /// Who signed it.
  package var log: VerifierKey
  package var cosignatures: [VerifiedSignature]
  /// Whether a policy was given, and met.
  package var hasPolicy: Bool
  package var content: Content

  package init(
    checkpoint: Checkpoint, log: VerifierKey, cosignatures: [VerifiedSignature], hasPolicy: Bool,
    content: Content
  ) {
    self.checkpoint = checkpoint
    self.log = log
    self.cosignatures = cosignatures
    self.hasPolicy = hasPolicy
    self.content = content
  }

  /// What holds now, in sentences.
  package var proven: [String] {
    let size = HumanText.count(checkpoint.head.size, "record")
    switch content {
    case .record(let position, _):
      return ["When the log had \(size), it had exactly this one at position \(HumanText.number(position))."]
    case .bundle(let checked):
      let records = checked.bundle.records
      let count = HumanText.number(records.count)
      let names = checked.bundle.names.isEmpty ? "" : ", and the names are those that were registered"
      let first =
        records.count == 1
        ? "When the log had \(size), it had exactly this one at its position\(names)."
        : "When the log had \(size), it had exactly these \(count) at their positions\(names)."
      return [first] + [completeness(checked)].compactMap { $0 }
    }
  }

  private func completeness(_ checked: CheckedBundle) -> String? {
    let last = HumanText.number(checked.bundle.records.last?.position ?? 0)
    switch checked.bundle.completeness {
    case .none: return nil
    case .stream:
      return "Nothing is left out of this timeline, from its beginning up to position \(last)."
    case .project(let project):
      let name = project == 0 ? "without a project" : "of project \(checked.name(project))"
      return "Nothing is left out of the records \(name), up to position \(last)."
    }
  }

  /// What nobody should take it for, in sentences.
  package var notProven: [String] {
    switch content {
    case .record: ["That there are no other records about the same thing."]
    case .bundle(let checked):
      switch checked.bundle.completeness {
      case .none: ["That these are all the records that the question asks for."]
      case .stream, .project: ["That the newest record shown is the newest there is."]
      }
    }
  }
}

/// One record as evidence shows it: what its header says, with names where a bundle has them.
struct EvidenceRow {
  var position: UInt64
  var facts: RecordFacts
  var workload: WorkloadID?
  /// The text of a name number; nil where there are only numbers.
  var name: ((UInt32) -> String)?

  /// The rows of a report; none where the record is not one of a ledger.
  static func rows(_ report: EvidenceReport) -> [EvidenceRow] {
    switch report.content {
    case .record(let position, let bytes):
      guard let facts = RecordFacts(bytes) else { return [] }
      let workload = RecordFacts.workloadID(of: bytes).flatMap(WorkloadID.init(bytes:))
      return [EvidenceRow(position: position, facts: facts, workload: workload)]
    case .bundle(let checked):
      return checked.facts.indices.map { index in
        EvidenceRow(
          position: checked.bundle.records[index].position, facts: checked.facts[index],
          workload: checked.workloadID(ofRecord: index).flatMap(WorkloadID.init(bytes:)), name: checked.name)
      }
    }
  }

  var event: EventKind? { EventKind(rawValue: facts.kind) }
  var isApplied: Bool { facts.flags & 1 != 0 }

  /// The type, also of what is no event.
  var type: String {
    switch facts.kind {
    case RecordFacts.nameRegistered: "name.registered"
    case RecordFacts.ledgerCreated: "ledger.created"
    default: event?.cloudEventType ?? "kind-\(facts.kind)"
    }
  }

  /// A name, or its number where no names are at hand.
  func text(_ number: UInt32) -> String { name?(number) ?? (number == 0 ? "unknown" : "name \(number)") }
}

extension WorkloadID {
  /// The id of 16 bytes, unless all are zero.
  fileprivate init?(bytes: [UInt8]) {
    guard bytes.count == 16, bytes.contains(where: { $0 != 0 }) else { return nil }
    let words = [bytes[..<8], bytes[8...]].map { $0.reduce(0 as UInt64) { $0 << 8 | UInt64($1) } }
    self.init(high: words[0], low: words[1])
  }
}
