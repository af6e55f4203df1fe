public import WorkloadModel

/// One workload as users see it: the JSON of CLI.md, field by field. Absent values are nil.
public struct Workload: Hashable, Sendable {
  /// The identity.
  public var id: WorkloadID
  /// Its name.
  public var name: String
  /// What it is for; nil where nobody told.
  public var type: WorkloadType?
  /// The status that users see.
  public var status: WorkloadStatus
  /// Why the status is what it is, where somebody said so.
  public var statusReason: String?
  /// Since when the status is what it is, by the source's clock.
  public var statusSince: Timestamp?
  /// The project that it belongs to.
  public var project: String
  /// Where it runs.
  public var cluster: String?
  /// Whose quota limits it.
  public var owner: String?
  /// What it asks for; kept after the end.
  public var resources: Resources
  /// Where a Workspace opens.
  public var url: String?
  /// Labels, sorted by key.
  public var labels: [Label] = []
  /// Its id where it was imported from.
  public var sourceID: String?
  /// The number of the present attempt, from 1.
  public var attempt: UInt32
  /// The number of events in the stream.
  public var version: UInt32
  /// When it was created, by the source's clock; not known where only a bound is.
  public var createdAt: Timestamp?
  /// Who created it.
  public var createdBy: String?
  /// When the present attempt was queued.
  public var queuedAt: Timestamp?
  /// When the present attempt was started.
  public var startedAt: Timestamp?
  /// When the run ended.
  public var finishedAt: Timestamp?
  /// When the deletion was last asked for.
  public var deleteRequestedAt: Timestamp?
  /// Who asked for the deletion last.
  public var deleteRequestedBy: String?
  /// When it was deleted.
  public var deletedAt: Timestamp?
  /// Who brought the deletion about.
  public var deletedBy: String?
  /// The newest record about it, refused actions included.
  public var lastPosition: UInt64

  /// A label's key and value.
  public struct Label: Hashable, Sendable {
    /// The key.
    public var key: String
    /// The value.
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
  /// The workloads, newest first.
  public var items: [Workload]
  /// How many workloads match on all pages together.
  public var total: Int
  /// Asks for the next page; nil on the last.
  public var nextPageToken: String?
  /// The position as of which the page is; nil where it is of now.
  public var asOf: UInt64?
  /// The time at which what the page shows was true; nil where it is not about one.
  public var at: Timestamp?
}

/// Which workloads of a project to show.
public struct WorkloadQuery: Hashable, Sendable {
  /// The project that it belongs to.
  public var project: String
  /// A part of the name; case does not matter.
  public var name: String?
  /// Any of these types; all where empty.
  public var types: Set<WorkloadType> = []
  /// Any of these statuses; all but Deleted where empty.
  public var statuses: Set<WorkloadStatus> = []
  /// Whose quota limits it.
  public var owner: String?
  /// Where it runs.
  public var cluster: String?
  /// With Deleted, where no statuses are named.
  public var includesDeleted = false
  /// When the workloads were as the page shows them.
  public var moment = Moment()
  /// Rows of a page, 1 to 1,000.
  public var limit = 50
  /// The token that the page before gave; nil for the first page. The token of a page of a moment carries the
  /// moment, so that all its pages are of one state, whatever is appended meanwhile.
  public var pageToken: String?
  /// All but the deleted workloads of a project.
  public init(project: String) { self.project = project }
}

/// A workload with its timeline, for `show`.
public struct WorkloadDetails: Sendable {
  /// The workload.
  public var workload: Workload
  /// Every event, oldest first, refused actions included.
  public var timeline: [Event]
  /// How long it was in each status, in microseconds, by the sources' clocks; a status that lasts is counted
  /// up to now, or to the moment asked for. A status whose beginning or end is not known is left out.
  public var timePerStatus: [StatusDuration]

  /// How long a workload was in a status.
  public struct StatusDuration: Hashable, Sendable {
    /// The status that users see.
    public var status: WorkloadStatus
    /// Microseconds.
    public var microseconds: Int64
  }
}

/// An entry of the deletion queue.
public struct PendingDeletion: Sendable {
  /// The workload.
  public var workload: Workload
  /// When the deletion was asked for.
  public var requestedAt: Timestamp?
  /// Who asked for the deletion.
  public var requestedBy: String?
  /// How often its deletion was requested.
  public var attempts: UInt32
}

/// What an owner may hold in a project and holds.
public struct QuotaStatus: Hashable, Sendable {
  /// The project that it belongs to.
  public var project: String
  /// Whose quota limits it.
  public var owner: String
  /// nil amounts are not limited.
  public var limits: QuotaLimits
  /// What the owner holds now.
  public var held: Resources
  /// How many workloads hold it.
  public var running: Int
}

/// A project and its members.
public struct ProjectStatus: Hashable, Sendable {
  /// Its name.
  public var name: String
  /// The members, by name.
  public var members: [String]
  /// All workloads ever created in it.
  public var workloads: Int
  /// When it was created, by the source's clock; not known where only a bound is.
  public var createdAt: Timestamp?
  /// Who created it.
  public var createdBy: String?
}
