import WorkloadModel

/// What became of one workload between two positions.
public struct WorkloadDiff: Hashable, Sendable {
  /// The workload at the first position; nil where it was created behind it.
  public var before: Workload?
  /// The workload at the second position.
  public var after: Workload
  /// Where it was created.
  public var stream: UInt64
  /// What became other in it, in the order of the keys of its JSON; empty where it was created.
  public var fields: [FieldChange]

  /// What happened to it as a whole.
  public var kind: Kind {
    let isDeleted = after.status == .deleted && before?.status != .deleted
    if before == nil { return isDeleted ? .createdAndDeleted : .created }
    return isDeleted ? .deleted : .changed
  }

  /// What happened to a workload as a whole.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// It was not there before.
    case created
    /// It was there, and something became other.
    case changed
    /// It was there, and was deleted.
    case deleted
    /// It was not there before, and has been deleted since.
    case createdAndDeleted = "created and deleted"
  }

  /// What became other in a workload, and the newest event between the positions that changed it.
  public struct FieldChange: Hashable, Sendable {
    /// The field.
    public var field: WorkloadField
    /// Its value at the first position; nil where it had none.
    public var from: WorkloadField.Value?
    /// Its value at the second position; nil where it has none.
    public var to: WorkloadField.Value?
    /// Who caused that event; nil where nobody is known.
    public var by: String?
    /// The position of that event.
    public var position: UInt64
  }

  /// The fields of a workload's JSON that can become other, in their order; all others are as they were when the
  /// workload was created.
  public static let changingFields: [WorkloadField] = [
    .status, .statusReason, .attempt, .version, .queuedAt, .startedAt, .finishedAt, .deleteRequestedAt,
    .deleteRequestedBy, .deletedAt, .deletedBy, .lastPosition,
  ]
}

/// What a diff is about.
public struct DiffQuery: Hashable, Sendable {
  /// The state before.
  public var from: Moment.Known
  /// The state after, not before `from`.
  public var to: Moment.Known
  /// Only the workloads of this project; all where nil.
  public var project: String?

  /// The workloads of all projects.
  public init(from: Moment.Known, to: Moment.Known) {
    self.from = from
    self.to = to
  }
}
