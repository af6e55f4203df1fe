import WorkloadModel

/// When people work: the rate of arrivals by hour of the day and day of the week, in UTC.
struct Rhythm: Sendable {
  /// Arrivals per second in the busiest hour.
  let highestRate: Double
  /// By hour of the week from Monday midnight, the rate as a share of the highest.
  private let shares: [Double]

  /// Events of a workload from arrival to the end of its life, on average; measured, with the defaults.
  static let eventsPerWorkload = 5.5

  init(_ options: HistoryOptions) {
    // Jobs submitted by night schedules keep the nights from being empty.
    let hours: [Double] = [
      22, 18, 30, 16, 14, 16, 24, 42, 70, 90, 98, 92, 78, 88, 100, 98, 90, 76, 58, 48, 44, 40, 34, 28,
    ]
    let days: [Double] = [0.95, 1, 1, 0.98, 0.85, 0.4, 0.35]
    shares = days.flatMap { day in hours.map { $0 / 100 * day } }
    let average = shares.reduce(0, +) / Double(shares.count)
    let workloads = Double(options.events) / Self.eventsPerWorkload
    highestRate = workloads / (Double(options.days) * 86_400) / average
  }

  /// The rate at a time as a share of the highest.
  func share(at microseconds: Int64) -> Double {
    // 1970-01-01 was a Thursday.
    let hours = microseconds / 3_600_000_000 + 3 * 24
    return shares[Int(hours % 168)]
  }
}
