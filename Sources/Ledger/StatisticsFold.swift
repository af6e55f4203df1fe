import WorkloadModel

/// Sums workloads up, group by group and in each bucket by bucket.
struct StatisticsFold {
  let line: BucketLine
  /// What the workloads of a group have in common, in the order in which the groups came.
  private(set) var keys: [UInt32] = []
  private var places: [UInt32: Int] = [:]
  /// A tally for each bucket of the first group, then of the next.
  private var tallies: [Tally] = []

  /// The end of what lasts.
  private static let never = Timestamp(microseconds: .max)

  init(_ line: BucketLine) { self.line = line }

  /// The place of a group, which is made where it is not there.
  mutating func group(_ key: UInt32) -> Int {
    if let place = places[key] { return place }
    let place = keys.count
    keys.append(key)
    places[key] = place
    tallies.append(contentsOf: repeatElement(Tally(), count: line.count))
    return place
  }

  /// Adds a workload's creation and deletion; its attempts come one by one.
  mutating func add(_ state: WorkloadState, to group: Int) {
    note(state.createdAt, group) { $0.counts.created += 1 }
    note(state.deletedAt, group) { $0.counts.deleted += 1 }
  }

  /// Adds an attempt of a workload that asks for so much.
  mutating func add(_ attempt: Attempt, asking resources: Resources, to group: Int) {
    note(attempt.startedAt, group) { $0.counts.started += 1 }
    switch attempt.end {
    case .complete: note(attempt.endedAt, group) { $0.counts.completed += 1 }
    case .failed: note(attempt.endedAt, group) { $0.counts.failed += 1 }
    case .terminated: note(attempt.endedAt, group) { $0.counts.terminated += 1 }
    case .added, .pending, .running, nil: break
    }
    let end = attempt.hasEnded ? attempt.endedAt : Self.never
    if let wait = Stretch(attempt.waitsSince, attempt.hasStarted ? attempt.startedAt : end) {
      if let range = range(wait) { noteLevel(\.waiting, range, group) }
      if attempt.hasStarted { note(attempt.startedAt, group) { $0.waits.append(wait.length) } }
    }
    if attempt.hasStarted, let run = Stretch(attempt.startedAt, end) {
      if attempt.end != nil { note(attempt.endedAt, group) { $0.runs.append(run.length) } }
      if let range = range(run) {
        noteLevel(\.running, range, group)
        hold(resources, during: run, range, group)
      }
    }
  }

  /// The numbers of each bucket of the group with a key; of a group that has no workloads they are zeros.
  mutating func numbers(of key: UInt32) -> [StatisticsNumbers] {
    let first = group(key) * line.count
    var (running, waiting) = (0, 0)
    return (first..<first + line.count).map { index in
      var numbers = tallies[index].finish()
      running += numbers.running
      waiting += numbers.waiting
      (numbers.running, numbers.waiting) = (running, waiting)
      return numbers
    }
  }

  /// The numbers of all groups and buckets together.
  func total() -> StatisticsNumbers {
    var total = Tally()
    for tally in tallies { total.add(tally) }
    return total.finish()
  }

  // MARK: Helpers

  /// From a moment to another by a clock that may go back; nil where one of them is not known.
  private struct Stretch {
    var start: Timestamp
    var end: Timestamp
    var length: Int64 { end.microseconds - start.microseconds }

    init?(_ start: Timestamp, _ end: Timestamp) {
      guard start.isKnown, end.isKnown else { return nil }
      self.start = start
      self.end = max(start, end)
    }
  }

  /// Changes the tally of a moment, where it lies in the span.
  private mutating func note(_ time: Timestamp, _ group: Int, _ change: (inout Tally) -> Void) {
    if let bucket = line.index(of: time) { change(&tallies[group * line.count + bucket]) }
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
  private mutating func noteLevel(
    _ level: WritableKeyPath<StatisticsNumbers, Int>, _ range: Range<Int>, _ group: Int
  ) {
    let first = group * line.count
    tallies[first + range.lowerBound].counts[keyPath: level] += 1
    if range.upperBound < line.count { tallies[first + range.upperBound].counts[keyPath: level] -= 1 }
  }

  private mutating func hold(
    _ resources: Resources, during run: Stretch, _ range: Range<Int>, _ group: Int
  ) {
    for bucket in range.lowerBound..<min(range.upperBound + 1, line.count) {
      let start = max(run.start, line.start(bucket))
      let time = min(run.end, line.end(bucket)).microseconds - start.microseconds
      tallies[group * line.count + bucket].hold(resources, for: time)
    }
  }
}
