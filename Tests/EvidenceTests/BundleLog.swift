import Evidence
import Testing

/// A small log, written byte by byte from `schemas/storage.md`: the ledger's own record, the names ada (1) and
/// vision (2), a workload of three records with one of another between, and a member of the project.
struct BundleLog {
  static let workload = (0..<16).map { UInt8(0xA0 + $0) }
  private static let salt = (0..<16).map { UInt8($0) }
  private static let names: [(number: UInt32, nameClass: UInt8, name: String, position: UInt64)] = [
    (1, 1, "ada", 2), (2, 2, "vision", 3), (3, 3, "c1", 8),
  ]
  private var records: [[UInt8]]

  init() {
    records = [
      Self.header(kind: 33) + [UInt8](repeating: 5, count: 16) + [1, 0, 0, 0],
      Self.registration(0), Self.registration(1),
      Self.header(kind: 1, version: 1, stream: 4) + Self.creation(Self.workload),
      Self.header(kind: 3, version: 2, stream: 4, previous: 4, inProject: 4),
      Self.header(kind: 1, version: 1, stream: 6, inProject: 5) + Self.creation(Self.workload.reversed()),
      Self.header(kind: 4, version: 3, stream: 4, previous: 5, inProject: 6),
      Self.registration(2),
      Self.header(kind: 18, version: 1, stream: 9, inProject: 7) + Self.little(1, 4),
    ]
  }

  init(records: [[UInt8]]) { self.records = records }

  private var leaves: [Digest] { records.map { MerkleHash.leaf($0) } }

  func signed() throws -> SignedCheckpoint {
    let head = TreeHead(size: UInt64(records.count), root: naiveRoot(leaves[...]))
    return try SignedCheckpoint(head, signedBy: try Golden.logSigner())
  }

  func proven(_ position: UInt64) throws -> ProvenRecord {
    let plan = try #require(ProofPlan.inclusion(of: position - 1, in: UInt64(records.count)))
    let leaves = leaves
    return ProvenRecord(
      position: position, record: records[Int(position) - 1], proof: plan.proof { subtreeRoot($0, leaves) })
  }

  /// A timeline, a project, or two records of a timeline.
  func bundle(_ kind: Completeness) throws -> EvidenceBundle {
    let positions: [UInt64] =
      switch kind {
      case .stream: [4, 5, 7]
      case .project: [4, 5, 6, 7, 9]
      case .none: [5, 7]
      }
    return EvidenceBundle(
      question: "what happened to it?\n\"all\"", checkpoint: try signed(),
      records: try positions.map(proven), context: try (kind == .none ? [1, 4] : [1]).map(proven),
      names: try Self.names.map {
        ProvenName(
          number: $0.number, nameClass: $0.nameClass, opening: .init(salt: Self.salt, name: $0.name),
          registration: try proven($0.position))
      }, completeness: kind)
  }

  private static func header(
    kind: UInt8, version: UInt64 = 0, stream: UInt64 = 0, previous: UInt64 = 0, inProject: UInt64 = 0
  ) -> [UInt8] {
    let isEvent = kind < 32
    return [1, kind, 1, 0] + little(version, 4) + little(isEvent ? 1 : 0, 4) + little(0, 4)
      + little(isEvent ? 2 : 0, 4) + little(stream, 6) + little(previous, 6) + little(inProject, 6)
      + little(1_767_225_600_000_000, 8) + little(1_767_225_601_000_000, 8)
  }

  private static func creation(_ id: [UInt8]) -> [UInt8] {
    id + [3] + little(3, 4) + little(1, 4) + [0xC0, 0x3E, 0, 0] + [4] + Array("bert".utf8)
  }

  private static func registration(_ index: Int) -> [UInt8] {
    let (number, nameClass, name, _) = names[index]
    let previous = index == 0 ? 0 : names[index - 1].position
    return header(kind: 32, version: UInt64(number), previous: previous) + [nameClass]
      + little(UInt64(number), 4)
      + MerkleHash.plain(salt + Array(name.utf8)).bytes
  }

  private static func little(_ value: UInt64, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }
}
