public import WorkloadModel

/// A name that was destroyed: who wanted it, when and why.
public struct NameRedaction: Hashable, Sendable {
  /// The position of its record.
  public var position: UInt64
  /// When the ledger recorded it.
  public var redactedAt: Timestamp
  /// Who wanted it; perhaps a pseudonym by now.
  public var redactedBy: String?
  /// Who told the ledger.
  public var reporter: String?
  /// What is shown in place of the name.
  public var pseudonym: String
  /// What the name was used for.
  public var nameClass: NameClass
  /// Why.
  public var reason: String
}

/// What clearing the file did, and what it had to leave.
public struct ScrubReport: Hashable, Sendable {
  /// Pages of the file that nothing used and that held something deleted; now zeros.
  public var freePages: Int
  /// Pages in use with a part that nothing used and that held something deleted; now zeros.
  public var gaps: Int
  /// Pages with something deleted that a reader of an older state may still see; they were left.
  public var waitingPages: Int
  /// The processes of those readers.
  public var waitingFor: [Int32]
}

/// What a redaction did, and where the name still stands.
public struct RedactionReport: Hashable, Sendable {
  /// The redaction.
  public var redaction: NameRedaction
  /// Whether it was done now; false where it had been done before, and nothing was changed.
  public var isNew: Bool
  /// Of a new one, what became of the bytes.
  public var traces: Traces?

  /// What is left of a name in the ledger's folder after its redaction.
  public struct Traces: Hashable, Sendable {
    /// How the file of the log was cleared.
    public var scrub: ScrubReport
    /// How often the salt stands in the file of the log. Sixteen random bytes are nowhere by chance.
    public var saltsInLog: Int
    /// How often the bytes of the name stand in the file of the log.
    public var namesInLog: Int
    /// How often the bytes of the name stand in the file of the views, which have names of workloads.
    public var namesInViews: Int
    /// Whether a count of the bytes says something; so few bytes as the name has may stand anywhere by chance.
    public var isTelling: Bool
    /// How many records have the name in a text that can't be changed: a reason, label, address, name of a workload,
    /// its id at its source, or the id of an event.
    public var textCount: Int
    /// The positions of the first of them, at most `positionLimit`.
    public var textPositions: [UInt64]
    /// Other names that hold this one, such as the reporter `ada@login1`; at most `positionLimit`.
    public var otherNames: [OtherName]

    /// How many positions and names are listed at most.
    public static let positionLimit = 1000
  }

  /// A name that holds the one that was destroyed.
  public struct OtherName: Hashable, Sendable {
    /// What it is used for.
    public var nameClass: NameClass
    /// The name.
    public var name: String
  }
}
