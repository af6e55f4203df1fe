public import WorkloadModel

/// One event as users see it: the CloudEvents JSON of CLI.md, field by field.
public struct Event: Hashable, Sendable {
  /// The event's number in the whole log.
  public var position: UInt64
  /// The CloudEvents id; with `source` it is unique.
  public var id: String
  /// The CloudEvents source.
  public var source: String
  /// What happened.
  public var kind: EventKind
  /// The workload; nil for events of projects and for refusals that concern none.
  public var subject: WorkloadID?
  /// When it happened, by the source's clock.
  public var occurredAt: Timestamp
  /// Whether `occurredAt` only says "then or before".
  public var timeIsBound: Bool
  /// When the ledger recorded it; never earlier than the event before.
  public var recordedAt: Timestamp
  /// nil where nobody is known; JSON says `unknown`.
  public var actor: String?
  /// Who told the ledger; nil where nobody is known.
  public var reporter: String?
  /// The project that it belongs to.
  public var project: String?
  /// The event's number in its stream; of a refusal, the version that the stream had.
  public var version: UInt32
  /// Whether it took effect.
  public var isApplied: Bool
  /// What it contradicts, where it was not applied.
  public var anomaly: Anomaly?
  /// Whether it was reported as a fact and not wanted as a command.
  public var isObserved: Bool
  /// Made up because a report came before the creation.
  public var isImplied: Bool
  /// Why, or the message of a refusal.
  public var reason: String?
  /// The event before it in the same stream, and in the same project; 0 where it is the first.
  public var previousInStream: UInt64
  /// The event before it in its project; 0 where it is the first.
  public var previousInProject: UInt64
  /// What only this kind of event says.
  public var detail: Detail

  /// What only this kind of event says.
  public enum Detail: Hashable, Sendable {
    case none
    case created(Creation)
    /// What was refused.
    case refused(command: EventKind)
    /// The member added or removed.
    case member(String)
    case quota(owner: String, QuotaLimits)
  }

  /// What `created` says.
  public struct Creation: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// What it is for; nil where nobody told.
    public var type: WorkloadType?
    /// Where it runs.
    public var cluster: String?
    /// Whose quota limits it.
    public var owner: String?
    /// What it asks for; kept after the end.
    public var resources: Resources
    /// Where a Workspace opens.
    public var url: String?
    /// Its id where it was imported from.
    public var sourceID: String?
    /// Labels, sorted by key.
    public var labels: [Workload.Label]
  }
}

/// Which events to read.
public struct HistoryQuery: Sendable {
  /// One workload's timeline.
  public var workload: WorkloadID?
  /// The project that it belongs to.
  public var project: String?
  /// Who caused it; nil where nobody is known.
  public var actor: String?
  /// Who told the ledger.
  public var reporter: String?
  /// Only what was kept although it contradicts what the ledger knew.
  public var onlyAnomalies = false
  /// Only where it occurred and was recorded at times further apart than so many microseconds.
  public var apart: Int64?
  /// Only these kinds; all where empty.
  public var kinds: Set<EventKind> = []
  /// Types of the workloads.
  public var types: Set<WorkloadType> = []
  /// A part of the workload's name; case does not matter.
  public var name: String?
  /// Occurred at or after.
  public var since: Timestamp?
  /// Occurred before.
  public var until: Timestamp?
  /// The first position.
  public var from: UInt64 = 1
  /// The last position.
  public var to: UInt64?
  /// Only what was known, or had happened, at a moment.
  public var moment = Moment()
  /// Newest first.
  public var isReverse = false
  /// At most so many events.
  public var limit: Int?
  /// Everything.
  public init() {}
}
