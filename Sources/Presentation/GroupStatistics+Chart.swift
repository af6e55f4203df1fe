package import Ledger
import WorkloadModel

extension GroupStatistics {
  /// What the bars of a chart are as long as.
  package enum Measure {
    case gpuHours, created

    /// `GPU-hours`
    package var title: String {
      switch self {
      case .gpuHours: "GPU-hours"
      case .created: "created"
      }
    }

    fileprivate func value(_ numbers: StatisticsNumbers) -> Int64 {
      switch self {
      case .gpuHours: numbers.gpuMilliHours
      case .created: Int64(numbers.created)
      }
    }

    fileprivate func text(_ numbers: StatisticsNumbers) -> String {
      switch self {
      case .gpuHours: HumanText.hours(thousandths: numbers.gpuMilliHours)
      case .created: HumanText.number(numbers.created)
      }
    }
  }

  /// What is charted: GPU-hours, or how many were created where no run held a GPU.
  package var measure: Measure { total.gpuMilliHours > 0 ? .gpuHours : .created }

  /// Appends a bar for each group: days in their order, others from the longest to the shortest.
  package func writeChart(to bytes: inout [UInt8], _ appearance: Appearance) {
    let measure = measure
    var groups = groups
    if grouping != .day {
      // Of groups with the same value the order stays.
      groups = groups.enumerated().sorted {
        let (left, right) = (measure.value($0.element.numbers), measure.value($1.element.numbers))
        return (right, $0.offset) < (left, $1.offset)
      }.map(\.element)
    }
    let title = (grouping?.rawValue ?? "").uppercased()
    let names = [title] + groups.map { DisplayWidth.visible($0.name) }
    let texts = [measure.title.uppercased()] + groups.map { measure.text($0.numbers) }
    let values = groups.map { measure.value($0.numbers) }
    let layout = ChartLayout(
      width: appearance.width ?? 80, name: names.map(DisplayWidth.of).max() ?? 0,
      value: texts.map(\.count).max() ?? 0)
    layout.line(names[0], texts[0], .strong, bar: "", appearance, to: &bytes)
    for (index, value) in values.enumerated() {
      let bar = layout.bar(of: value, longest: values.max() ?? 0)
      layout.line(names[index + 1], texts[index + 1], .plain, bar: bar, appearance, to: &bytes)
    }
  }
}

/// The columns of a chart: names, values, and bars that take the rest.
private struct ChartLayout {
  let name: Int
  let value: Int
  let bar: Int

  private static let gap = 2
  /// Names are cut before bars are shorter than this.
  private static let leastBar = 10

  init(width: Int, name: Int, value: Int) {
    let rest = width - value - 2 * Self.gap
    self.name = min(name, max(1, rest - Self.leastBar))
    self.value = value
    bar = max(0, rest - self.name)
  }

  /// A bar in eighths of a column; of what is more than nothing something is seen.
  func bar(of value: Int64, longest: Int64) -> String {
    guard value > 0, bar > 0 else { return "" }
    let eighths = max(1, Int((Double(value) / Double(longest) * Double(bar * 8)).rounded()))
    let ends = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + ends[eighths % 8]
  }

  func line(
    _ name: String, _ value: String, _ style: Style, bar: String, _ appearance: Appearance,
    to bytes: inout [UInt8]
  ) {
    let name = DisplayWidth.cut(name, to: self.name)
    append(name, style, colour: appearance.hasColour, to: &bytes)
    let blanks = self.name - DisplayWidth.of(name) + Self.gap + self.value - value.count
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: blanks))
    append(value, style, colour: appearance.hasColour, to: &bytes)
    if !bar.isEmpty {
      bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: Self.gap))
      append(bar, .busy, colour: appearance.hasColour, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}
