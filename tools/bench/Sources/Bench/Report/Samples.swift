import Glibc

/// Times of one thing, measured again and again.
struct Samples {
  private(set) var seconds: [Double] = []
  var count: Int { seconds.count }
  var total: Double { seconds.reduce(0, +) }

  mutating func add(_ seconds: Double) { self.seconds.append(seconds) }

  /// Measures once.
  mutating func measure<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    let start = ContinuousClock.now
    let result = try body()
    add(start.duration(to: .now) / .seconds(1))
    return result
  }

  /// All stalls included.
  var mean: Double { total / Double(seconds.count) }
  var median: Double { percentile(0.5) }

  /// The smallest sample that is not below `share` of all; nothing in between is made up.
  func percentile(_ share: Double) -> Double {
    guard !seconds.isEmpty else { return .nan }
    let sorted = seconds.sorted()
    return sorted[min(sorted.count - 1, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
  }
}

/// How long something takes once, in seconds.
func time<E: Error>(_ body: () throws(E) -> Void) throws(E) -> Double {
  var samples = Samples()
  try samples.measure(body)
  return samples.total
}

/// Seconds that this thread has computed for; what others on the machine do is not in them.
func processorSeconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
