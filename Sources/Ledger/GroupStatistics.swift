public import WorkloadModel

/// Which numbers of one or more projects, by which groups, over which span of time.
public struct GroupStatisticsQuery: Hashable, Sendable {
  /// The projects whose workloads are summed up.
  public var projects: [String]
  /// What the workloads of a group have in common; nil for the total alone.
  public var grouping: StatisticsGrouping?
  /// Where the span begins; nil for all that is known.
  public var since: Timestamp?
  /// Where it ends; this moment is no longer part of it. nil for now.
  public var until: Timestamp?

  /// All that is known of some projects.
  public init(projects: [String], grouping: StatisticsGrouping? = nil) {
    (self.projects, self.grouping) = (projects, grouping)
  }
}

/// What workloads can be grouped by.
public enum StatisticsGrouping: String, CaseIterable, Sendable {
  case type, status, project, owner, cluster
  /// The days, in UTC, on which things happened.
  case day

  /// What the workloads of a group have in common, as a number.
  func key(of state: WorkloadState) -> UInt32 {
    switch self {
    case .type: UInt32(state.type?.rawValue ?? 0)
    case .status: UInt32(state.status.rawValue)
    case .project: state.project.rawValue
    case .owner: state.owner.rawValue
    case .cluster: state.cluster.rawValue
    // A workload is not of one day: the buckets of one group are.
    case .day: 0
    }
  }
}

/// Numbers of workloads, group by group and in total.
public struct GroupStatistics: Hashable, Sendable {
  /// The projects whose workloads are summed up.
  public var projects: [String]
  /// What the workloads of a group have in common; nil where only the total was asked for.
  public var grouping: StatisticsGrouping?
  /// Where the span begins; nil for all that is known.
  public var since: Timestamp?
  /// Where it ends: where it was asked to, but not later than now.
  public var until: Timestamp
  /// The last position of the log that they take into account.
  public var position: UInt64
  /// The groups that there is something to say about: days in their order and without a gap, others by how many
  /// workloads were created, the most first, and then by name.
  public var groups: [Group] = []
  /// All of them together. Its percentiles are those of all durations.
  public var total: StatisticsNumbers

  /// The numbers of a group.
  public struct Group: Hashable, Sendable {
    /// What its workloads have in common: `Training`, `alice`, `2023-07-01`; `unknown` where nobody told.
    public var name: String
    /// What happened to them.
    public var numbers: StatisticsNumbers

    package init(name: String, numbers: StatisticsNumbers) { (self.name, self.numbers) = (name, numbers) }
  }

  package init(
    projects: [String], grouping: StatisticsGrouping?, since: Timestamp?, until: Timestamp, position: UInt64,
    total: StatisticsNumbers
  ) {
    (self.projects, self.grouping, self.since, self.until) = (projects, grouping, since, until)
    (self.position, self.total) = (position, total)
  }
}
