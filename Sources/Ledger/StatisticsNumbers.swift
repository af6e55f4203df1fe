/// What happened to workloads in a span of time, how long they waited and ran, and what they held.
///
/// All by the sources' clocks. A time of which nothing or only a bound is known counts nowhere: leaving it out is
/// honest, and zero would be a claim.
public struct StatisticsNumbers: Hashable, Sendable {
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
  /// Runs that were running at its end, whatever deletion or lost contact made of their status.
  public var running = 0
  /// Workloads that waited at its end: Added or Pending, but for deletion or lost contact.
  public var waiting = 0
  /// How long what was started in it had waited: the first attempt since the creation, a later one since it was
  /// queued; nil where nothing was.
  public var wait: Percentiles?
  /// How long the runs that ended in it had run, from their start; nil where none did. A run that was put back into the
  /// queue has not ended.
  public var runTime: Percentiles?
  /// CPU that runs held in it, in thousandths of a core for an hour.
  public var cpuMilliHours: Int64 = 0
  /// Memory that runs held in it, in thousandths of a GiB for an hour.
  public var memoryMilliGiBHours: Int64 = 0
  /// GPU that runs held in it, in thousandths of a device for an hour.
  public var gpuMilliHours: Int64 = 0

  package init() {}

  /// Of a million runs that ended in it so many were completed, rounded down, so that only all are all; nil where none
  /// ended.
  public var successMillionths: Int? {
    let ended = completed + failed + terminated
    return ended == 0 ? nil : completed * 1_000_000 / ended
  }
}

/// What half, nine tenths, ... of some durations are not longer than: nearest ranks, in microseconds.
public struct Percentiles: Hashable, Sendable {
  /// Half of them are so long or less.
  public var p50: Int64
  /// Of a hundred, ninety are so long or less.
  public var p90: Int64
  /// Of a hundred, ninety-five are so long or less.
  public var p95: Int64
  /// Of a hundred, ninety-nine are so long or less.
  public var p99: Int64

  package init(p50: Int64, p90: Int64, p95: Int64, p99: Int64) {
    (self.p50, self.p90, self.p95, self.p99) = (p50, p90, p95, p99)
  }

  /// nil where there are no durations.
  init?(sorted: [Int64]) {
    guard !sorted.isEmpty else { return nil }
    /// The smallest value that so many of a hundred are not greater than.
    func rank(_ percent: Int) -> Int64 { sorted[(sorted.count * percent + 99) / 100 - 1] }
    self.init(p50: rank(50), p90: rank(90), p95: rank(95), p99: rank(99))
  }
}
