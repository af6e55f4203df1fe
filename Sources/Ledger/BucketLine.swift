import WorkloadModel

/// A span of time, cut into buckets, or whole.
///
/// Buckets begin at full hours and at midnight, weeks on Mondays, all in UTC; the first and the last are cut to the
/// span.
struct BucketLine {
  let since: Timestamp
  let until: Timestamp
  /// Microseconds.
  let width: Int64
  /// How many there are.
  let count: Int
  /// Where the first bucket would begin if it were not cut.
  private let origin: Int64

  private static let limit: Int64 = 400
  private static let hour: Int64 = 3_600_000_000
  private static let day = 24 * hour
  private static let week = 7 * day
  /// 1970-01-05 was a Monday.
  private static let monday = 4 * day

  /// So many buckets as can be looked at, `limit` and one that is cut: hours of up to three days, days of up to 400 of
  /// them, and beyond that as many whole weeks a bucket as it takes. None where the span does not begin before its end.
  init(since: Timestamp, until: Timestamp) {
    let span = until.microseconds - since.microseconds
    if span <= 3 * Self.day {
      self.init(since, until, width: Self.hour)
    } else if span <= Self.limit * Self.day {
      self.init(since, until, width: Self.day)
    } else {
      let weeks = (span + Self.limit * Self.week - 1) / (Self.limit * Self.week)
      self.init(since, until, width: weeks * Self.week, from: Self.monday)
    }
  }

  /// A bucket for each day.
  init(daysSince since: Timestamp, until: Timestamp) { self.init(since, until, width: Self.day) }

  /// One bucket.
  init(allSince since: Timestamp, until: Timestamp) {
    let span = until.microseconds - since.microseconds
    self.init(since, until, width: max(1, span), from: since.microseconds)
  }

  /// Buckets of a width, the beginning of one of which is given.
  private init(_ since: Timestamp, _ until: Timestamp, width: Int64, from start: Int64 = 0) {
    self.since = since
    self.until = until
    self.width = width
    let offset = (since.microseconds - start) % width
    origin = since.microseconds - (offset < 0 ? offset + width : offset)
    count = since < until ? Int((until.microseconds - origin + width - 1) / width) : 0
  }

  func start(_ index: Int) -> Timestamp {
    max(since, Timestamp(microseconds: origin + Int64(index) * width))
  }

  func end(_ index: Int) -> Timestamp {
    min(until, Timestamp(microseconds: origin + Int64(index + 1) * width))
  }

  /// The bucket of a moment; nil outside the span, and of one that is not known.
  func index(of time: Timestamp) -> Int? {
    guard time >= since, time < until else { return nil }
    return Int((time.microseconds - origin) / width)
  }
}
