import Ledger
import Presentation
import WorkloadModel

/// The page of a project's numbers over time.
struct ChartsPage {
  var statistics: ProjectStatistics
  /// The span that was asked for.
  var days: Int
  var until: Timestamp?
  /// When the newest event of the project occurred.
  var newest: Timestamp?
  /// When the numbers were read.
  var readAt: Timestamp

  /// How many days are offered.
  private static let spans = [1, 3, 7, 30, 90, 365, 1095]

  private var project: String { statistics.project }
  private var buckets: [ProjectStatistics.Bucket] { statistics.buckets }

  /// Whether there is nothing to draw.
  private var isEmpty: Bool {
    buckets.map(\.numbers).allSatisfy {
      $0.created + $0.started + $0.completed + $0.failed + $0.terminated + $0.deleted + $0.running
        + $0.waiting
        == 0
    }
  }

  var values: PageValues {
    var values: PageValues = [
      "title": "Charts of \(project)", "project": project, "path": PageAddress.page(.charts, of: project),
      "place": PageText.place(project, .charts), "tabs": PageText.tabs(project, .charts),
      "refresh": PageAddress.charts(of: project, days: days, until: until), "until": until?.rfc3339 ?? "",
      "spans": Set(Self.spans + [days]).sorted().map { span -> PageValues in
        ["days": span, "text": HumanText.count(span, "day"), "isOn": span == days]
      },
      "since": PageText.time(statistics.since) ?? [:], "end": PageText.time(statistics.until) ?? [:],
      "bucket": bucketWord, "isEmpty": isEmpty, "charts": isEmpty ? [] : charts.map(\.values),
      "rows": isEmpty ? [] : buckets.map(row),
    ]
    values["readAt"] = PageText.time(readAt)
    if isEmpty, let newest, newest.isValid { values["elsewhere"] = elsewhere(newest) }
    return values
  }

  /// Where there is something to see: the span that ends with the day of the newest event.
  private func elsewhere(_ newest: Timestamp) -> PageValues? {
    let day: Int64 = 86_400_000_000
    let end = Timestamp(microseconds: newest.microseconds - newest.microseconds % day + day)
    guard end.isValid, let time = PageText.time(newest) else { return nil }
    return ["address": PageAddress.charts(of: project, days: days, until: end), "time": time]
  }

  /// `hour`, `day`, `week`, `3 weeks`
  private var bucketWord: String {
    let hours = statistics.bucketWidth / 3_600_000_000
    if hours < 24 { return "hour" }
    if hours == 24 { return "day" }
    return hours == 168 ? "week" : "\(hours / 168) weeks"
  }

  private var charts: [Chart] {
    func counts(_ name: String, _ number: (StatisticsNumbers) -> Int) -> Chart.Series {
      Chart.Series(name: name, values: buckets.map { Double(number($0.numbers)) })
    }
    func waits(_ name: String, _ number: (Percentiles) -> Int64) -> Chart.Series {
      Chart.Series(name: name, values: buckets.map { $0.numbers.wait.map { Double(number($0)) / 1_000_000 } })
    }
    func hours(_ name: String, _ number: (StatisticsNumbers) -> Int64) -> Chart.Series {
      Chart.Series(name: name, values: buckets.map { Double(number($0.numbers)) / 1000 })
    }
    func chart(
      _ id: String, _ title: String, _ scale: ChartScale, _ series: [Chart.Series],
      _ kind: Chart.Kind = .lines
    ) -> Chart {
      Chart(
        id: id, title: title, kind: kind, series: series, scale: scale, starts: buckets.map(\.start),
        bucketWidth: statistics.bucketWidth)
    }
    return [
      chart(
        "now", "Running and waiting at the end of each \(bucketWord)", .counts,
        [counts("Running", \.running), counts("Waiting", \.waiting)]),
      chart(
        "begun", "Created, started and deleted per \(bucketWord)", .counts,
        [counts("Created", \.created), counts("Started", \.started), counts("Deleted", \.deleted)]),
      chart(
        "ended", "How runs ended, per \(bucketWord)", .counts,
        [counts("Complete", \.completed), counts("Failed", \.failed), counts("Terminated", \.terminated)]),
      chart(
        "wait", "Wait before the start, logarithmic", .durations,
        [waits("Half waited at most", \.p50), waits("95 of 100 waited at most", \.p95)]),
      chart("gpu", "GPU-hours per \(bucketWord)", .hours, [hours("GPU-hours", \.gpuMilliHours)], .bars),
      chart("cpu", "CPU-hours per \(bucketWord)", .hours, [hours("CPU-hours", \.cpuMilliHours)], .bars),
    ]
  }

  private func row(_ bucket: ProjectStatistics.Bucket) -> PageValues {
    func duration(_ microseconds: Int64?) -> String {
      microseconds.map { HumanText.duration(microseconds: $0) } ?? ""
    }
    let numbers = bucket.numbers
    return [
      "machine": bucket.start.rfc3339,
      "start": ChartTime.long(bucket.start, bucketWidth: statistics.bucketWidth),
      "created": HumanText.number(numbers.created),
      "started": HumanText.number(numbers.started), "completed": HumanText.number(numbers.completed),
      "failed": HumanText.number(numbers.failed), "terminated": HumanText.number(numbers.terminated),
      "deleted": HumanText.number(numbers.deleted), "running": HumanText.number(numbers.running),
      "waiting": HumanText.number(numbers.waiting), "p50": duration(numbers.wait?.p50),
      "p95": duration(numbers.wait?.p95), "gpu": ChartScale.hours.text(Double(numbers.gpuMilliHours) / 1000),
      "cpu": ChartScale.hours.text(Double(numbers.cpuMilliHours) / 1000),
    ]
  }
}
