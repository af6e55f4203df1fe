public import WorkloadModel

/// One workload as users see it: the JSON of CLI.md, field by field. Absent values are nil.
public struct Workload: Hashable, Sendable {
  public var id: WorkloadID
  public var name: String
  public var type: WorkloadType?
  public var status: WorkloadStatus
  public var statusReason: String?
  public var statusSince: Timestamp?
  public var project: String
  public var cluster: String?
  public var owner: String?
  public var resources: Resources
  public var url: String?
  public var labels: [Label] = []
  public var sourceID: String?
  public var attempt: UInt32
  public var version: UInt32
  public var createdAt: Timestamp?
  public var createdBy: String?
  public var queuedAt: Timestamp?
  public var startedAt: Timestamp?
  public var finishedAt: Timestamp?
  public var deleteRequestedAt: Timestamp?
  public var deleteRequestedBy: String?
  public var deletedAt: Timestamp?
  public var deletedBy: String?
  public var lastPosition: UInt64

  /// A label's key and value.
  public struct Label: Hashable, Sendable {
    public var key: String
    public var value: String
    /// A label.
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }
}

/// A page of the workloads of a project, newest first.
public struct WorkloadPage: Sendable {
  /// The project that was asked for.
  public var project: String
  public var items: [Workload]
  /// How many workloads match on all pages together.
  public var total: Int
  /// Asks for the next page; nil on the last.
  public var nextPageToken: String?
}

/// Which workloads of a project to show.
public struct WorkloadQuery: Hashable, Sendable {
  public var project: String
  /// A part of the name; case does not matter.
  public var name: String?
  /// Any of these types; all where empty.
  public var types: Set<WorkloadType> = []
  /// Any of these statuses; all but Deleted where empty.
  public var statuses: Set<WorkloadStatus> = []
  public var owner: String?
  public var cluster: String?
  /// With Deleted, where no statuses are named.
  public var includesDeleted = false
  /// Rows of a page, 1 to 1,000.
  public var limit = 50
  public var pageToken: String?
  /// All but the deleted workloads of a project.
  public init(project: String) { self.project = project }
}

/// A workload with its timeline, for `show`.
public struct WorkloadDetails: Sendable {
  public var workload: Workload
  /// Every event, oldest first, refused actions included.
  public var timeline: [Event]
  /// How long it was in each status, in microseconds, by the sources' clocks; a status that lasts is counted
  /// up to now. A status whose beginning or end is not known is left out.
  public var timePerStatus: [StatusDuration]

  /// How long a workload was in a status.
  public struct StatusDuration: Hashable, Sendable {
    public var status: WorkloadStatus
    public var microseconds: Int64
  }
}

/// An entry of the deletion queue.
public struct PendingDeletion: Sendable {
  public var workload: Workload
  public var requestedAt: Timestamp?
  public var requestedBy: String?
  /// How often its deletion was requested.
  public var attempts: UInt32
}

/// What an owner may hold in a project and holds.
public struct QuotaStatus: Hashable, Sendable {
  public var project: String
  public var owner: String
  /// nil amounts are not limited.
  public var limits: QuotaLimits
  public var held: Resources
  /// How many workloads hold it.
  public var running: Int
}

/// A project and its members.
public struct ProjectStatus: Hashable, Sendable {
  public var name: String
  public var members: [String]
  /// All workloads ever created in it.
  public var workloads: Int
  public var createdAt: Timestamp?
  public var createdBy: String?
}
