import EventStore
import ReadModels
import WorkloadModel

/// Holds the links of records against each other: each leads to the record before it in its chain, and versions
/// count without gaps.
///
/// The log is checked in segments by several threads. A segment knows its own chains; where a chain comes from
/// before it, it notes what the record says, and that is looked at when the segments are put together.
struct ChainCheck: Sendable {
  /// What a record claims about its chain.
  struct Claim: Sendable {
    var chain: UInt64
    var position: UInt64
    var previous: UInt64
    var version: UInt32
    var rule: VersionRule
    /// The number of a stream is the position of its first record.
    var isInStream: Bool { chain < 1 << 60 }
  }

  /// How the version of a record follows from that of the one before.
  enum VersionRule: Sendable { case next, same, none }

  /// How many records of a kind that counts by itself there are.
  func count(of kind: RecordKind) -> UInt64 {
    places[Self.kind(kind)].map { UInt64(ends[$0].version) } ?? 0
  }

  /// The newest record of a chain.
  private struct End: Sendable {
    var chain: UInt64
    var position: UInt64
    var version: UInt32
  }

  private var places = NumberPlaces()
  private var ends: [End] = []
  /// What concerns chains that began before the segment.
  private var pending: [Claim] = []
  /// The first position of the segment.
  private let start: UInt64
  private(set) var findings: [VerificationFinding] = []

  init(from start: UInt64) { self.start = start }

  /// The chains of streams, of projects, and of what concerns the ledger itself, as numbers that never meet.
  static func stream(_ stream: UInt64) -> UInt64 { stream }
  static func project(_ project: UInt32) -> UInt64 { 1 << 60 | UInt64(project) }
  static func kind(_ kind: RecordKind) -> UInt64 { 1 << 61 | UInt64(kind.rawValue) }

  /// Notes the links of a record.
  mutating func add(_ header: RecordHeader, at position: UInt64) {
    guard header.kind.event != nil else {
      if header.kind == .ledgerCreated { return }
      follow(
        Claim(
          chain: Self.kind(header.kind), position: position, previous: header.previousInStream,
          version: header.version, rule: .next))
      return
    }
    if header.stream != 0 {
      let isRefusal = header.kind == RecordKind(.actionRefused)
      follow(
        Claim(
          chain: Self.stream(header.stream), position: position, previous: header.previousInStream,
          version: header.version, rule: isRefusal ? .same : .next))
    } else if header.previousInStream != 0 || header.version != 0 {
      fail(position, "it is in no stream and has a version or a link")
    }
    follow(
      Claim(
        chain: Self.project(header.project.rawValue), position: position, previous: header.previousInProject,
        version: 0, rule: .none))
  }

  /// Goes on with the segment behind this one.
  mutating func append(_ next: ChainCheck) {
    for claim in next.pending { check(claim) }
    for end in next.ends { move(end) }
    findings += next.findings
  }

  private mutating func follow(_ claim: Claim) {
    if places[claim.chain] != nil || start == 1 { check(claim) } else { pending.append(claim) }
    move(End(chain: claim.chain, position: claim.position, version: claim.version))
  }

  private mutating func move(_ end: End) {
    if let place = places[end.chain] {
      ends[place] = end
    } else {
      places.insert(end.chain, ends.count)
      ends.append(end)
    }
  }

  private mutating func check(_ claim: Claim) {
    let place = places[claim.chain]
    let last = place.map { ends[$0].position } ?? 0
    let version = place.map { ends[$0].version } ?? 0
    if last == 0, claim.isInStream, claim.chain != claim.position {
      fail(claim.position, "its stream begins at \(claim.chain), and no record of it is there")
    }
    if claim.previous != last {
      fail(
        claim.position,
        "it names \(claim.previous) as the record before it, and that is \(last == 0 ? "none" : "\(last)")")
    }
    let expected =
      switch claim.rule {
      case .next: version &+ 1
      case .same: version
      case .none: claim.version
      }
    if claim.version != expected {
      fail(claim.position, "its version is \(claim.version), and \(expected) comes here")
    }
  }

  private mutating func fail(_ position: UInt64, _ what: String) {
    findings.append(VerificationFinding(position, what))
  }
}
