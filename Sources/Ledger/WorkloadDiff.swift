public import WorkloadModel

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
    public var field: Field
    /// Its value at the first position; nil where it had none.
    public var from: Value?
    /// Its value at the second position; nil where it has none.
    public var to: Value?
    /// Who caused that event; nil where nobody is known.
    public var by: String?
    /// The position of that event.
    public var position: UInt64
  }

  /// The fields that can become other; all others are as they were when the workload was created. The raw values
  /// are the keys of its JSON, in their order.
  public enum Field: String, Hashable, Sendable, CaseIterable {
    case status, statusReason, attempt, version, queuedAt, startedAt, finishedAt, deleteRequestedAt,
      deleteRequestedBy, deletedAt, deletedBy, lastPosition
  }

  /// The value of a field.
  public enum Value: Hashable, Sendable {
    case text(String)
    case number(UInt64)
    case time(Timestamp)
  }
}

extension Workload {
  /// The value of a field that can become other; nil where it has none.
  public func value(of field: WorkloadDiff.Field) -> WorkloadDiff.Value? {
    switch field {
    case .status: .text(status.label)
    case .statusReason: statusReason.map { .text($0) }
    case .attempt: .number(UInt64(attempt))
    case .version: .number(UInt64(version))
    case .queuedAt: queuedAt.map { .time($0) }
    case .startedAt: startedAt.map { .time($0) }
    case .finishedAt: finishedAt.map { .time($0) }
    case .deleteRequestedAt: deleteRequestedAt.map { .time($0) }
    case .deleteRequestedBy: deleteRequestedBy.map { .text($0) }
    case .deletedAt: deletedAt.map { .time($0) }
    case .deletedBy: deletedBy.map { .text($0) }
    case .lastPosition: .number(lastPosition)
    }
  }
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
