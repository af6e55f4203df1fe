package import Evidence

/// Something that does not hold.
public struct VerificationFinding: Hashable, Sendable {
  /// The first record that it is about; nil where it is about none.
  public var position: UInt64?
  /// What is wrong, as a sentence.
  public var what: String

  /// A finding about a record, or about none.
  public init(_ position: UInt64?, _ what: String) {
    self.position = position
    self.what = what
  }
}

/// What a verification looked at and what it found.
public struct VerificationReport: Sendable {
  /// How many records were hashed.
  public var records: UInt64 = 0
  /// The root of the tree over them, in base64; empty where a record is missing.
  public var root = ""
  /// How many names were held against their commitments.
  public var names = 0
  /// How many checkpoints were held against the log.
  public var checkpoints = 0
  /// How many entries of the views were compared; nil where they were not.
  public var viewEntries: Int?
  /// How many things do not hold.
  public var findingCount = 0
  /// The first of them, by position; at most ten.
  public var findings: [VerificationFinding] = []

  /// Notes what does not hold.
  mutating func add(_ found: [VerificationFinding]) {
    findingCount += found.count
    findings = Array((findings + found).sorted { ($0.position ?? .max) < ($1.position ?? .max) }.prefix(10))
  }
}

/// What to verify besides the log itself.
package struct VerificationOptions: Sendable {
  /// A checkpoint that somebody kept, with the key that it must be signed with.
  package var checkpoint: (checkpoint: SignedCheckpoint, key: VerifierKey)?
  /// Whether the views are folded anew and compared, too.
  package var includesViews = true
  /// How many threads hash at the same time, 1 or more.
  package var workers = 1

  package init() {}
}
