public import WorkloadModel

/// One event as users see it: the CloudEvents JSON of CLI.md, field by field.
public struct Event: Hashable, Sendable {
  public var position: UInt64
  /// The CloudEvents id; with `source` it is unique.
  public var id: String
  public var source: String
  public var kind: EventKind
  /// The workload; nil for events of projects and for refusals that concern none.
  public var subject: WorkloadID?
  /// When it happened, by the source's clock.
  public var occurredAt: Timestamp
  /// Whether `occurredAt` only says "then or before".
  public var timeIsBound: Bool
  public var recordedAt: Timestamp
  /// nil where nobody is known; JSON says `unknown`.
  public var actor: String?
  public var reporter: String?
  public var project: String?
  public var version: UInt32
  /// Whether it took effect.
  public var isApplied: Bool
  public var anomaly: Anomaly?
  /// Whether it was reported as a fact and not wanted as a command.
  public var isObserved: Bool
  /// Made up because a report came before the creation.
  public var isImplied: Bool
  public var reason: String?
  /// The event before it in the same stream, and in the same project; 0 where it is the first.
  public var previousInStream: UInt64
  public var previousInProject: UInt64
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
    public var name: String
    public var type: WorkloadType?
    public var cluster: String?
    public var owner: String?
    public var resources: Resources
    public var url: String?
    public var sourceID: String?
    public var labels: [Workload.Label]
  }
}

/// Which events to read.
public struct HistoryQuery: Sendable {
  /// One workload's timeline.
  public var workload: WorkloadID?
  public var project: String?
  public var actor: String?
  public var kinds: Set<EventKind> = []
  /// Types of the workloads.
  public var types: Set<WorkloadType> = []
  /// A part of the workload's name; case does not matter.
  public var name: String?
  /// Occurred at or after.
  public var since: Timestamp?
  /// Occurred before.
  public var until: Timestamp?
  public var from: UInt64 = 1
  public var to: UInt64?
  /// Newest first.
  public var isReverse = false
  public var limit: Int?
  /// Everything.
  public init() {}
}
