import WorkloadModel

/// The sums that the numbers of a stretch of time, or of a group of workloads, are made of. Tallies can be added up,
/// which percentiles and rounded hours can't.
struct Tally {
  /// The counts. Of what runs and waits it has by how many more they are at its end than at that of the tally before
  /// it; the rest is for `finish` to say.
  var counts = StatisticsNumbers()
  /// How long each attempt that was started had waited.
  var waits: [Int64] = []
  /// How long each run that ended had run.
  var runs: [Int64] = []
  /// What runs held, in thousandths and bytes for a microsecond.
  private var cpu: Int128 = 0
  private var memory: Int128 = 0
  private var gpu: Int128 = 0

  /// Adds what a run held for so many microseconds.
  mutating func hold(_ resources: Resources, for microseconds: Int64) {
    let time = Int128(microseconds)
    cpu = Self.sum(cpu, time * Int128(resources.cpuMillicores))
    memory = Self.sum(memory, time * Int128(resources.memoryBytes))
    gpu = Self.sum(gpu, time * Int128(resources.gpuMilli))
  }

  /// Adds what another has.
  mutating func add(_ other: Tally) {
    counts.created += other.counts.created
    counts.started += other.counts.started
    counts.completed += other.counts.completed
    counts.failed += other.counts.failed
    counts.terminated += other.counts.terminated
    counts.deleted += other.counts.deleted
    counts.running += other.counts.running
    counts.waiting += other.counts.waiting
    waits += other.waits
    runs += other.runs
    cpu = Self.sum(cpu, other.cpu)
    memory = Self.sum(memory, other.memory)
    gpu = Self.sum(gpu, other.gpu)
  }

  /// The numbers. It sorts the durations in place, so that tallies that are added up afterwards are nearly sorted.
  mutating func finish() -> StatisticsNumbers {
    waits.sort()
    runs.sort()
    var numbers = counts
    numbers.wait = Percentiles(sorted: waits)
    numbers.runTime = Percentiles(sorted: runs)
    numbers.cpuMilliHours = Self.rounded(cpu, by: Self.hour)
    numbers.memoryMilliGiBHours = Self.rounded(memory, by: Self.gibibyteHourThousandth)
    numbers.gpuMilliHours = Self.rounded(gpu, by: Self.hour)
    return numbers
  }

  private static let hour: Int128 = 3_600_000_000
  private static let gibibyteHourThousandth: Int128 = (hour / 1000) << 30

  /// The sum of what is not negative, or the most there can be: some hundred thousand runs of all years with the largest
  /// of amounts are more.
  private static func sum(_ left: Int128, _ right: Int128) -> Int128 {
    let (sum, isTooLarge) = left.addingReportingOverflow(right)
    return isTooLarge ? .max : sum
  }

  private static func rounded(_ sum: Int128, by unit: Int128) -> Int64 {
    let (whole, rest) = sum.quotientAndRemainder(dividingBy: unit)
    return Int64(clamping: rest < unit - rest ? whole : whole + 1)
  }
}
