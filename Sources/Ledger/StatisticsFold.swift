import WorkloadModel

/// Sums workloads up, bucket by bucket.
struct StatisticsFold {
  private let line: BucketLine
  private var buckets: [ProjectStatistics.Bucket]
  /// How long each attempt that was started in a bucket had waited.
  private var waits: [[Int64]]
  /// What runs held, in thousandths for a microsecond: no sum of them is too large for so many bits.
  private var cpu: [Int128]
  private var gpu: [Int128]
  /// By how many more run and wait at a bucket's end than at that of the one before it.
  private var running: [Int]
  private var waiting: [Int]

  /// The end of what lasts.
  private static let never = Timestamp(microseconds: .max)
  private static let hour: Int128 = 3_600_000_000

  init(_ line: BucketLine) {
    self.line = line
    buckets = (0..<line.count).map { ProjectStatistics.Bucket(start: line.start($0), end: line.end($0)) }
    waits = Array(repeating: [], count: line.count)
    cpu = Array(repeating: 0, count: line.count)
    gpu = cpu
    running = Array(repeating: 0, count: line.count)
    waiting = running
  }

  /// Adds a workload's creation and deletion; its attempts come one by one.
  mutating func add(_ state: WorkloadState) {
    count(\.created, at: state.createdAt)
    count(\.deleted, at: state.deletedAt)
  }

  /// Adds an attempt of a workload that asks for so much.
  mutating func add(_ attempt: Attempt, asking resources: Resources) {
    count(\.started, at: attempt.startedAt)
    switch attempt.end {
    case .complete: count(\.completed, at: attempt.endedAt)
    case .failed: count(\.failed, at: attempt.endedAt)
    case .terminated: count(\.terminated, at: attempt.endedAt)
    case .added, .pending, .running, nil: break
    }
    let end = attempt.hasEnded ? attempt.endedAt : Self.never
    if let wait = Stretch(attempt.waitsSince, attempt.hasStarted ? attempt.startedAt : end) {
      if let range = range(wait) { Self.note(range, in: &waiting) }
      if attempt.hasStarted, let index = line.index(of: attempt.startedAt) {
        waits[index].append(wait.end.microseconds - wait.start.microseconds)
      }
    }
    if attempt.hasStarted, let run = Stretch(attempt.startedAt, end), let range = range(run) {
      Self.note(range, in: &running)
      hold(resources, during: run, range)
    }
  }

  /// The buckets with all that was added.
  consuming func finish() -> [ProjectStatistics.Bucket] {
    var (running, waiting) = (0, 0)
    for index in buckets.indices {
      running += self.running[index]
      waiting += self.waiting[index]
      (buckets[index].running, buckets[index].waiting) = (running, waiting)
      buckets[index].cpuMilliHours = Int64(clamping: (cpu[index] + Self.hour / 2) / Self.hour)
      buckets[index].gpuMilliHours = Int64(clamping: (gpu[index] + Self.hour / 2) / Self.hour)
      if waits[index].isEmpty { continue }
      waits[index].sort()
      buckets[index].wait = ProjectStatistics.Wait(
        p50: Self.rank(50, of: waits[index]), p95: Self.rank(95, of: waits[index]))
    }
    return buckets
  }

  // MARK: Helpers

  /// From a moment to another by a clock that may go back; nil where one of them is not known.
  private struct Stretch {
    var start: Timestamp
    var end: Timestamp

    init?(_ start: Timestamp, _ end: Timestamp) {
      guard start.isKnown, end.isKnown else { return nil }
      self.start = start
      self.end = max(start, end)
    }
  }

  private mutating func count(_ number: WritableKeyPath<ProjectStatistics.Bucket, Int>, at time: Timestamp) {
    if let index = line.index(of: time) { buckets[index][keyPath: number] += 1 }
  }

  /// From the bucket that a stretch begins in (or the first) up to the one that it ends in (or behind the last);
  /// nil where it lies outside the span.
  private func range(_ stretch: Stretch) -> Range<Int>? {
    guard stretch.end >= line.since, let first = line.index(of: max(stretch.start, line.since)) else {
      return nil
    }
    return first..<(line.index(of: stretch.end) ?? line.count)
  }

  /// Counts a stretch at the end of every bucket that it reaches beyond.
  private static func note(_ range: Range<Int>, in changes: inout [Int]) {
    changes[range.lowerBound] += 1
    if range.upperBound < changes.count { changes[range.upperBound] -= 1 }
  }

  private mutating func hold(_ resources: Resources, during run: Stretch, _ range: Range<Int>) {
    for index in range.lowerBound..<min(range.upperBound + 1, line.count) {
      let start = max(run.start, line.start(index))
      let time = Int128(min(run.end, line.end(index)).microseconds - start.microseconds)
      cpu[index] += time * Int128(resources.cpuMillicores)
      gpu[index] += time * Int128(resources.gpuMilli)
    }
  }

  /// The smallest value that so many of a hundred are not greater than.
  private static func rank(_ percent: Int, of sorted: [Int64]) -> Int64 {
    sorted[(sorted.count * percent + 99) / 100 - 1]
  }
}
