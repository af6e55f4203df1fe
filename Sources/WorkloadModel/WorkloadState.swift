/// How far a workload's run has come. The raw values are stored; they never change.
public enum Run: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case added = 0
  case pending
  case running
  case complete
  case failed
  case terminated

  /// Whether nothing more is expected of this attempt.
  public var hasEnded: Bool { self == .complete || self == .failed || self == .terminated }
}

/// How far a workload's deletion has come. The raw values are stored; they never change.
public enum Deletion: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case none = 0
  case requested
  case failed
  case deleted
}

/// Whether the cluster still reports. The raw values are stored; they never change.
public enum Contact: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case known = 0
  case lost
}

/// A registered name's number in a ledger: an actor, a project, a cluster, ... Zero is nobody known.
public struct NameNumber: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The number; names are numbered from 1 in the order in which they were first used.
  public var rawValue: UInt32
  /// A number.
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  /// No name is known.
  public static let unknown = NameNumber(rawValue: 0)
  /// By number.
  public static func < (left: NameNumber, right: NameNumber) -> Bool { left.rawValue < right.rawValue }
}

/// One event as the fold sees it: numbers only, so that folding a record copies no text.
public struct WorkloadFact: Sendable, BitwiseCopyable {
  /// What happened.
  public var kind: EventKind
  /// Whether it took effect; what contradicted the state is kept as an anomaly and changes none.
  public var isApplied = true
  /// Whether `occurredAt` only says "then or before".
  public var timeIsBound = false
  /// Whether the record holds a reason.
  public var hasReason = false
  /// The event's number in the whole log.
  public var position: UInt64
  /// When it happened, by the source's clock.
  public var occurredAt: Timestamp
  /// Who caused it.
  public var actor: NameNumber
  /// Only of `created`: what was created.
  public var creation: Creation?

  /// What `created` says about the workload, without its texts.
  public struct Creation: Sendable, BitwiseCopyable {
    /// The project it belongs to.
    public var project: NameNumber
    /// Where it runs.
    public var cluster: NameNumber
    /// Whose quota limits it.
    public var owner: NameNumber
    /// What it is for; nil where an implied creation does not tell.
    public var type: WorkloadType?
    /// What it asks for.
    public var resources: Resources

    /// All fields.
    public init(
      project: NameNumber, cluster: NameNumber, owner: NameNumber, type: WorkloadType?, resources: Resources
    ) {
      self.project = project
      self.cluster = cluster
      self.owner = owner
      self.type = type
      self.resources = resources
    }
  }

  /// A fact that took effect at a time that is known.
  public init(
    _ kind: EventKind, position: UInt64, occurredAt: Timestamp, actor: NameNumber, creation: Creation? = nil
  ) {
    self.kind = kind
    self.position = position
    self.occurredAt = occurredAt
    self.actor = actor
    self.creation = creation
  }
}

/// All that deciding and folding need to know of one workload.
///
/// Texts (name, reasons, address, labels) never change what is allowed, so they stay in the records; the
/// state names the records by position. Times are `.unknown` until the step happens, and where only a bound
/// is known, so that no wait is computed from a guess.
public struct WorkloadState: Sendable, BitwiseCopyable {
  /// The stream's number: the position of the `created` event.
  public var stream: UInt64
  /// The project that it belongs to.
  public var project: NameNumber
  /// Where it runs.
  public var cluster: NameNumber
  /// Whose quota limits it.
  public var owner: NameNumber
  /// What it is for; nil where nobody told.
  public var type: WorkloadType?
  /// What it asks for; kept after the end.
  public var resources: Resources
  /// How far the run has come.
  public var run: Run = .added
  /// How far the deletion has come.
  public var deletion: Deletion = .none
  /// Whether the cluster still reports.
  public var contact: Contact = .known
  /// The number of the present attempt, from 1.
  public var attempt: UInt32 = 1
  /// How often deletion was requested.
  public var deletionAttempts: UInt32 = 0
  /// The number of events in the stream; refused actions are not events of the workload.
  public var version: UInt32 = 1
  /// When it was created, by the source's clock; not known where only a bound is.
  public var createdAt: Timestamp
  /// When the present attempt was queued.
  public var queuedAt: Timestamp = .unknown
  /// When the present attempt was started.
  public var startedAt: Timestamp = .unknown
  /// When the run ended.
  public var finishedAt: Timestamp = .unknown
  /// When the deletion was last asked for.
  public var deleteRequestedAt: Timestamp = .unknown
  /// When it was deleted.
  public var deletedAt: Timestamp = .unknown
  /// Since when the status is what it is.
  public var statusSince: Timestamp
  /// Who created it.
  public var createdBy: NameNumber
  /// Who asked for the deletion last.
  public var deleteRequestedBy: NameNumber = .unknown
  /// Who brought the deletion about.
  public var deletedBy: NameNumber = .unknown
  /// The record that holds the reason of the present status; 0 where none was given.
  public var reasonPosition: UInt64 = 0
  /// The newest record about the workload, refused actions included: the head of its timeline.
  public var lastPosition: UInt64

  /// The state after `created`.
  public init(created fact: WorkloadFact, _ creation: WorkloadFact.Creation) {
    stream = fact.position
    project = creation.project
    cluster = creation.cluster
    owner = creation.owner
    type = creation.type
    resources = creation.resources
    createdAt = fact.timeIsBound ? .unknown : fact.occurredAt
    statusSince = createdAt
    createdBy = fact.actor
    reasonPosition = fact.hasReason ? fact.position : 0
    lastPosition = fact.position
  }

  /// The one status that users see; it follows from the three axes.
  public var status: WorkloadStatus {
    switch deletion {
    case .deleted: return .deleted
    case .failed: return .deleteFailed
    case .requested: return .deleteRequested
    case .none: break
    }
    if contact == .lost { return .unknown }
    switch run {
    case .added: return .added
    case .pending: return .pending
    case .running: return .running
    case .complete: return .complete
    case .failed: return .failed
    case .terminated: return .terminated
    }
  }

  /// What counts against the owner's quota: from the start until the run has ended, also under deletion.
  public var held: Resources { run == .running ? resources : Resources() }
}
