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
    /// What happened in it.
    public var numbers: StatisticsNumbers

    package init(start: Timestamp, end: Timestamp, numbers: StatisticsNumbers) {
      (self.start, self.end, self.numbers) = (start, end, numbers)
    }
  }
}
