import WorkloadModel

/// A span of time, cut into buckets: hours of up to three days, days of up to 400 of them, and beyond that as many
/// whole weeks a bucket as it takes.
///
/// They begin at full hours and at midnight, weeks on Mondays, all in UTC; the first and the last are cut to the span.
struct BucketLine {
  let since: Timestamp
  let until: Timestamp
  /// Microseconds.
  let width: Int64
  /// How many there are: `limit` and one that is cut, at most.
  let count: Int
  /// Where the first bucket would begin if it were not cut.
  private let origin: Int64

  static let limit: Int64 = 400
  private static let hour: Int64 = 3_600_000_000
  private static let day = 24 * hour
  private static let week = 7 * day
  /// 1970-01-05 was a Monday.
  private static let monday = 4 * day

  /// No buckets where the span does not begin before its end.
  init(since: Timestamp, until: Timestamp) {
    self.since = since
    self.until = until
    let span = max(0, until.microseconds - since.microseconds)
    if span <= 3 * Self.day {
      width = Self.hour
    } else if span <= Self.limit * Self.day {
      width = Self.day
    } else {
      width = (span + Self.limit * Self.week - 1) / (Self.limit * Self.week) * Self.week
    }
    let offset = (since.microseconds - (width < Self.week ? 0 : Self.monday)) % width
    origin = since.microseconds - (offset < 0 ? offset + width : offset)
    count = span == 0 ? 0 : Int((until.microseconds - origin + width - 1) / width)
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
