import Ledger
import WorkloadModel

/// Numbers over time, counted from events as a person would: the life of each workload in stretches first, then each
/// bucket by looking at all of them.
struct NaiveStatistics {
  /// A stretch of waiting or running; nil where a time is not known, and open while it lasts.
  private struct Stretch {
    var from: Timestamp?
    var to: Timestamp?
    var isOver = false
    var resources = Resources()

    func touches(_ end: Timestamp) -> Bool {
      guard let from, from < end else { return false }
      if !isOver { return true }
      guard let to else { return false }
      return max(from, to) >= end
    }

    func overlap(_ start: Timestamp, _ end: Timestamp) -> Int64 {
      guard let from, !isOver || to != nil else { return 0 }
      let last = isOver ? min(end, to ?? end) : end
      return max(0, last.microseconds - max(from, start).microseconds)
    }
  }

  private enum Phase { case waits, runs, ended }
  private struct Life {
    var phase = Phase.waits
    var isQueued = false
    var stretch = Stretch()
  }

  private var waits: [Stretch] = []
  private var runs: [Stretch] = []
  private var starts: [(at: Timestamp, wait: Int64?)] = []
  private var ends: [(at: Timestamp, run: Int64)] = []
  private var moments: [EventKind: [Timestamp]] = [:]

  init(_ events: some Sequence<Event>) {
    var lives: [WorkloadID: Life] = [:]
    for event in events where event.isApplied {
      guard let id = event.subject, event.kind != .actionRefused else { continue }
      let time = event.timeIsBound ? nil : event.occurredAt
      if case .created(let creation) = event.detail {
        lives[id] = Life(stretch: Stretch(from: time, resources: creation.resources))
        note(.created, time)
      } else if var life = lives[id] {
        take(event.kind, at: time, &life)
        lives[id] = life
      }
    }
    for life in lives.values where life.phase != .ended { keep(life) }
  }

  private mutating func take(_ kind: EventKind, at time: Timestamp?, _ life: inout Life) {
    switch kind {
    case .queued:
      if life.phase == .waits {
        if !life.isQueued, life.stretch.from == nil { life.stretch.from = time }
      } else {
        if life.phase == .runs { close(&life, time) }
        life.phase = .waits
        life.stretch = Stretch(from: time, resources: life.stretch.resources)
      }
      life.isQueued = true
    case .started:
      if life.phase == .runs { return }
      if let time {
        let from = life.phase == .waits ? life.stretch.from : nil
        starts.append((time, from.map { max(0, time.microseconds - $0.microseconds) }))
      }
      if life.phase == .waits { close(&life, time) }
      life.phase = .runs
      life.stretch = Stretch(from: time, resources: life.stretch.resources)
    case .completed, .failed, .terminated:
      note(kind, time)
      noteEnd(life, time)
      close(&life, time)
      life.phase = .ended
    case .deleted:
      note(.deleted, time)
      if life.phase == .ended { return }
      note(.terminated, time)
      noteEnd(life, time)
      close(&life, time)
      life.phase = .ended
    default: break
    }
  }

  private mutating func note(_ kind: EventKind, _ time: Timestamp?) {
    if let time { moments[kind, default: []].append(time) }
  }

  private mutating func noteEnd(_ life: Life, _ time: Timestamp?) {
    guard life.phase == .runs, let from = life.stretch.from, let time else { return }
    ends.append((time, max(0, time.microseconds - from.microseconds)))
  }

  private mutating func close(_ life: inout Life, _ time: Timestamp?) {
    (life.stretch.to, life.stretch.isOver) = (time, true)
    keep(life)
  }

  private mutating func keep(_ life: Life) {
    if life.phase == .waits { waits.append(life.stretch) } else { runs.append(life.stretch) }
  }

  // MARK: Counting

  /// The numbers of a stretch of time.
  func numbers(_ start: Timestamp, _ end: Timestamp) -> StatisticsNumbers {
    func count(_ kind: EventKind) -> Int { (moments[kind] ?? []).count { $0 >= start && $0 < end } }
    func hours(_ amount: KeyPath<Resources, Int64>, thousandth unit: Int128 = 3_600_000_000) -> Int64 {
      let sum = runs.reduce(Int128(0)) {
        $0 + Int128($1.overlap(start, end)) * Int128($1.resources[keyPath: amount])
      }
      return Int64((2 * sum + unit) / (2 * unit))
    }
    let inside = starts.filter { $0.at >= start && $0.at < end }
    var numbers = StatisticsNumbers()
    numbers.created = count(.created)
    numbers.started = inside.count
    (numbers.completed, numbers.failed) = (count(.completed), count(.failed))
    (numbers.terminated, numbers.deleted) = (count(.terminated), count(.deleted))
    numbers.wait = percentiles(inside.compactMap(\.wait))
    numbers.runTime = percentiles(ends.filter { $0.at >= start && $0.at < end }.map(\.run))
    (numbers.cpuMilliHours, numbers.gpuMilliHours) = (hours(\.cpuMillicores), hours(\.gpuMilli))
    numbers.memoryMilliGiBHours = hours(\.memoryBytes, thousandth: 3_600_000 << 30)
    numbers.running = runs.count { $0.touches(end) }
    numbers.waiting = waits.count { $0.touches(end) }
    return numbers
  }

  private func percentiles(_ values: [Int64]) -> Percentiles? {
    let sorted = values.sorted()
    guard let p50 = nearest(0.5, sorted), let p90 = nearest(0.9, sorted), let p95 = nearest(0.95, sorted),
      let p99 = nearest(0.99, sorted)
    else { return nil }
    return Percentiles(p50: p50, p90: p90, p95: p95, p99: p99)
  }

  /// The first value that at least so large a part of all values does not exceed.
  private func nearest(_ part: Double, _ sorted: [Int64]) -> Int64? {
    sorted.first { value in Double(sorted.count { $0 <= value }) >= part * Double(sorted.count) }
  }
}
