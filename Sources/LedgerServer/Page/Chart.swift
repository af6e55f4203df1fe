import Ledger
import Presentation
import WorkloadModel

/// A chart of some series over time, as an SVG of this server's own: what stands where, in units of its view box.
///
/// Which line is which is told by its dashes as well as by its colour, and all numbers stand in the page's table.
struct Chart {
  /// Values in the order of the buckets; nil where there is none, which leaves a gap.
  struct Series {
    var name: String
    var values: [Double?]
  }
  enum Kind { case lines, bars }

  /// Names the chart in its page.
  var id: String
  var title: String
  var kind = Kind.lines
  var series: [Series]
  var scale: ChartScale
  /// The buckets' beginnings, and their width in microseconds.
  var starts: [Timestamp]
  var bucketWidth: Int64

  private static let (width, height) = (480.0, 220.0)
  private static let (left, right, top, bottom) = (54.0, 474.0, 10.0, 192.0)

  var values: PageValues {
    let axis = scale.axis(upTo: series.flatMap(\.values).compactMap { $0 }.max() ?? 0)
    return [
      "id": id, "title": title, "box": "0 0 \(Self.text(Self.width)) \(Self.text(Self.height))",
      "left": Self.text(Self.left), "right": Self.text(Self.right), "bottom": Self.text(Self.bottom),
      "description": series.map(summary).joined(separator: " "),
      "levels": axis.ticks.map { value -> PageValues in
        let y = Self.y(value, axis)
        return ["y": Self.text(y), "textY": Self.text(y + 4), "text": scale.shortText(value)]
      },
      "times": times,
      "lines": series.enumerated().map { index, series -> PageValues in
        let path = kind == .lines ? line(series, axis) : bars(series, axis)
        return ["class": "\(kind == .lines ? "curve" : "column") series\(index + 1)", "path": path]
      },
      "legend": series.enumerated().map { index, series -> PageValues in
        ["class": "curve series\(index + 1)", "name": series.name]
      },
      "hasLegend": series.count > 1,
    ]
  }

  // MARK: The plot

  /// Along the middles of the buckets. A value between two gaps is a point: a line without length has round ends.
  private func line(_ series: Series, _ axis: ChartScale.Axis) -> String {
    var path = ""
    var isDown = false
    for (index, value) in series.values.enumerated() {
      if let value {
        let (x, y) = (Self.text(x(Double(index) + 0.5)), Self.text(Self.y(value, axis)))
        path += isDown ? "L\(x) \(y)" : "M\(x) \(y)h0"
      }
      isDown = value != nil
    }
    return path
  }

  private func bars(_ series: Series, _ axis: ChartScale.Axis) -> String {
    let gap = starts.count > 100 ? 0 : 0.1
    var path = ""
    for (index, value) in series.values.enumerated() {
      guard let value, value > 0 else { continue }
      let (start, end) = (x(Double(index) + gap), x(Double(index + 1) - gap))
      path += "M\(Self.text(start)) \(Self.text(Self.bottom))V\(Self.text(Self.y(value, axis)))"
      path += "H\(Self.text(end))V\(Self.text(Self.bottom))z"
    }
    return path
  }

  private func x(_ bucket: Double) -> Double {
    Self.left + bucket / Double(max(1, starts.count)) * (Self.right - Self.left)
  }

  private static func y(_ value: Double, _ axis: ChartScale.Axis) -> Double {
    bottom - axis.place(value) * (bottom - top)
  }

  /// A coordinate with one decimal.
  private static func text(_ coordinate: Double) -> String {
    Quantity.text(thousandths: Int64((coordinate * 10).rounded()) * 100)
  }

  // MARK: Words

  /// A few labels, each at the beginning of its bucket, none that would be cut off.
  private var times: [PageValues] {
    labelled.compactMap { index in
      let x = x(Double(index))
      guard x < Self.right - 30 else { return nil }
      return ["x": Self.text(x), "text": ChartTime.short(starts[index], bucketWidth: bucketWidth)]
    }
  }

  /// Every nth bucket, so that there are about five; among hours, those that a day is divided by.
  private var labelled: [Int] {
    let step = max(1, (starts.count + 4) / 5)
    guard bucketWidth <= ChartTime.hour else {
      return Array(stride(from: 0, to: starts.count, by: step))
    }
    let hours = [1, 2, 3, 6, 12].first { $0 >= step } ?? 24
    return starts.indices.filter { starts[$0].microseconds % (Int64(hours) * ChartTime.hour) == 0 }
  }

  /// `Running: at most 40, on 8 Jan 2026; 31 in the end.`
  private func summary(_ series: Series) -> String {
    let known = zip(starts, series.values).compactMap { start, value in value.map { (start, $0) } }
    guard let last = known.last, let most = known.max(by: { $0.1 < $1.1 }), most.1 > 0 else {
      return "\(series.name): none."
    }
    let time = ChartTime.long(most.0, bucketWidth: bucketWidth)
    return "\(series.name): at most \(scale.text(most.1)), \(time); \(scale.text(last.1)) in the end."
  }
}

/// Words for the beginning of a bucket.
enum ChartTime {
  static let hour: Int64 = 3_600_000_000
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `8 Jan`, or `14:00` among hours.
  static func short(_ time: Timestamp, bucketWidth: Int64) -> String {
    let text = HumanText.time(time)
    let clock = text.dropFirst(11).prefix(5)
    if bucketWidth <= hour, clock != "00:00" { return String(clock) }
    guard let month = Int(text.dropFirst(5).prefix(2)), let day = Int(text.dropFirst(8).prefix(2)) else {
      return text
    }
    // Where a bucket is weeks long, the span is years long.
    return bucketWidth > 24 * hour ? "\(months[month - 1]) \(text.prefix(4))" : "\(day) \(months[month - 1])"
  }

  /// `2026-01-08`, or `2026-01-08 14:00` among hours.
  static func long(_ time: Timestamp, bucketWidth: Int64) -> String {
    String(PageText.words(time).prefix(bucketWidth <= hour ? 16 : 10))
  }
}
