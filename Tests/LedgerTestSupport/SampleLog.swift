package import Evidence

/// A small log, written byte by byte from `schemas/storage.md`: the ledger's own record, the names ada (1),
/// vision (2) and c1 (3), a workload (stream 5) of three records with one of another between, and a member of the
/// project.
package struct SampleLog {
  package static let workload = (0..<16).map { UInt8(0xA0 + $0) }
  private static let salt = (0..<16).map { UInt8($0) }
  private static let names: [(number: UInt32, nameClass: UInt8, name: String, position: UInt64)] = [
    (1, 1, "ada", 2), (2, 2, "vision", 3), (3, 3, "c1", 4),
  ]
  package private(set) var records: [[UInt8]]

  package init() {
    records = [
      Self.header(kind: 33) + [UInt8](repeating: 5, count: 16) + [1, 0, 0, 0],
      Self.registration(0), Self.registration(1), Self.registration(2),
      Self.header(kind: 1, version: 1, stream: 5) + Self.creation(Self.workload),
      Self.header(kind: 3, version: 2, stream: 5, previous: 5, inProject: 5),
      Self.header(kind: 1, version: 1, stream: 7, inProject: 6) + Self.creation(Self.workload.reversed()),
      Self.header(kind: 4, version: 3, stream: 5, previous: 6, inProject: 7),
      Self.header(kind: 18, version: 1, stream: 9, inProject: 8) + Self.little(1, 4),
    ]
  }

  package init(records: [[UInt8]]) { self.records = records }

  /// The same with more records behind: the workload is queued again and again, until there are `count`.
  package init(count: Int) {
    self.init()
    var (previous, version) = (8, 3)
    while records.count < count {
      let inProject = UInt64(records.count)
      version += 1
      records.append(
        Self.header(
          kind: 2, version: UInt64(version), stream: 5, previous: UInt64(previous), inProject: inProject))
      previous = records.count
    }
  }

  /// The log as C2SP tlog-tiles serve it: paths and bytes.
  package func files() throws -> [(path: String, bytes: [UInt8])] {
    var files = [(path: "checkpoint", bytes: try signed().bytes)]
    for start in stride(from: 0, to: records.count, by: Tile.maxWidth) {
      let part = records[start..<min(records.count, start + Tile.maxWidth)]
      var bytes: [UInt8] = []
      for record in part { EntryBundle.append(record.span.bytes, to: &bytes) }
      let index = UInt64(start / Tile.maxWidth)
      files.append((try needed(Tile(.entries, index: index, width: part.count)).path, bytes))
    }
    var hashes = leaves
    var level = 0
    while !hashes.isEmpty {
      for start in stride(from: 0, to: hashes.count, by: Tile.maxWidth) {
        let part = hashes[start..<min(hashes.count, start + Tile.maxWidth)]
        let tile = try needed(
          Tile(.hashes(level: level), index: UInt64(start / Tile.maxWidth), width: part.count))
        files.append((tile.path, part.flatMap(\.bytes)))
      }
      let full = hashes.count / Tile.maxWidth
      hashes = (0..<full).map { naiveRoot(hashes[$0 * Tile.maxWidth..<($0 + 1) * Tile.maxWidth]) }
      level += 1
    }
    return files
  }

  /// The names as `verify_evidence.py --names` reads them.
  package static var namesNDJSON: String {
    names.map {
      let salt = Base64.encode(salt)
      return #"{"number":\#($0.number),"class":\#($0.nameClass),"salt":"\#(salt)","name":"\#($0.name)"}"#
        + "\n"
    }.joined()
  }

  private var leaves: [Digest] { records.map { MerkleHash.leaf($0) } }

  package func signed() throws -> SignedCheckpoint {
    let head = TreeHead(size: UInt64(records.count), root: naiveRoot(leaves[...]))
    return try SignedCheckpoint(head, signedBy: try Golden.logSigner())
  }

  package func proven(_ position: UInt64) throws -> ProvenRecord {
    let plan = try needed(ProofPlan.inclusion(of: position - 1, in: UInt64(records.count)))
    let leaves = leaves
    return ProvenRecord(
      position: position, record: records[Int(position) - 1], proof: plan.proof { subtreeRoot($0, leaves) })
  }

  /// A timeline, a project, or two records of a timeline.
  package func bundle(_ kind: Completeness) throws -> EvidenceBundle {
    let positions: [UInt64] =
      switch kind {
      case .stream: [5, 6, 8]
      case .project: [5, 6, 7, 8, 9]
      case .none: [6, 8]
      }
    return EvidenceBundle(
      question: "what happened to it?\n\"all\"", checkpoint: try signed(),
      records: try positions.map(proven), context: try (kind == .none ? [1, 5] : [1]).map(proven),
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
