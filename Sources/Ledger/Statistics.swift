public import WorkloadModel

/// Which numbers of a project, over which span of time.
public struct StatisticsQuery: Hashable, Sendable {
  /// The project that they are about.
  public var project: String
  /// Where the span begins.
  public var since: Timestamp
  /// Where it ends; this moment is no longer part of it.
  public var until: Timestamp

  /// A span of a project.
  public init(project: String, since: Timestamp, until: Timestamp) {
    (self.project, self.since, self.until) = (project, since, until)
  }
}

/// Numbers of a project over time, bucket by bucket.
///
/// All by the sources' clocks. A time of which nothing or only a bound is known counts nowhere: leaving it out is
/// honest, and zero would be a claim.
public struct ProjectStatistics: Hashable, Sendable {
  /// The project that was asked for.
  public var project: String
  /// Where the span begins.
  public var since: Timestamp
  /// Where it ends: where it was asked to, but not later than now.
  public var until: Timestamp
  /// How long a bucket is, in microseconds; the first and the last are cut to the span.
  public var bucketWidth: Int64
  /// The last position of the log that they take into account.
  public var position: UInt64
  /// The buckets, in order, without a gap; none where the span begins later than now.
  public var buckets: [Bucket]

  /// The numbers of a stretch of time.
  public struct Bucket: Hashable, Sendable {
    /// Where it begins.
    public var start: Timestamp
    /// Where it ends; this moment belongs to the next one.
    public var end: Timestamp
    /// Workloads created in it.
    public var created = 0
    /// Attempts started in it.
    public var started = 0
    /// Runs that ended in it as Complete.
    public var completed = 0
    /// Runs that ended in it as Failed.
    public var failed = 0
    /// Runs that ended in it as Terminated; those too that a deletion ended.
    public var terminated = 0
    /// Workloads deleted in it.
    public var deleted = 0
    /// How long what was started in it had waited, in microseconds; nil where nothing was.
    public var wait: Wait?
    /// CPU that runs held in it, in thousandths of a core for an hour.
    public var cpuMilliHours: Int64 = 0
    /// GPU that runs held in it, in thousandths of a device for an hour.
    public var gpuMilliHours: Int64 = 0
    /// Runs that were running at its end, whatever deletion or lost contact made of their status.
    public var running = 0
    /// Workloads that waited at its end: Added or Pending, but for deletion or lost contact.
    public var waiting = 0

    package init(start: Timestamp, end: Timestamp) { (self.start, self.end) = (start, end) }
  }

  /// How long attempts waited: the first since the creation, a later one since it was queued. Nearest ranks, in
  /// microseconds.
  public struct Wait: Hashable, Sendable {
    /// Half of them waited so long or less.
    public var p50: Int64
    /// Of a hundred, ninety-five waited so long or less.
    public var p95: Int64

    package init(p50: Int64, p95: Int64) { (self.p50, self.p95) = (p50, p95) }
  }
}
