import Presentation
import WorkloadModel

/// What the values of a chart are, and so what is round on its axis and how it is written.
enum ChartScale {
  /// Whole numbers.
  case counts
  /// Hours of a resource, with decimals.
  case hours
  /// Seconds, from a blink to months: on a logarithmic axis, or nothing but the longest would be seen.
  case durations

  /// From zero (or a second) to the last tick.
  struct Axis {
    var ticks: [Double]
    fileprivate var isLogarithmic = false

    /// Where a value stands between the ends of the axis, from 0 to 1.
    func place(_ value: Double) -> Double {
      let top = ticks.last ?? 1
      return isLogarithmic ? Self.log(value) / Self.log(top) : value / top
    }

    /// The logarithm to the base 2, straight between powers of two: off by less than a tenth, which nobody sees.
    /// Below 1 it is 0.
    private static func log(_ value: Double) -> Double {
      value < 1 ? 0 : Double(value.exponent) + value.significand - 1
    }
  }

  /// Up to more than there are years (`Timestamp`).
  private static let roundDurations: [Double] = [
    1, 10, 60, 600, 3600, 21_600, 86_400, 864_000, 8.64e6, 8.64e7, 8.64e8, 8.64e9, 8.64e10, 8.64e11,
  ]

  /// An axis that the greatest value fits on: with four steps at most, or with all round durations up to it.
  func axis(upTo greatest: Double) -> Axis {
    if case .durations = self {
      let longer = Self.roundDurations.firstIndex { $0 >= greatest } ?? Self.roundDurations.count - 1
      return Axis(ticks: Array(Self.roundDurations[...max(1, longer)]), isLogarithmic: true)
    }
    let step = Self.step(above: greatest / 4, smallest: smallestStep)
    return Axis(ticks: (0...max(1, Int((greatest / step).rounded(.up)))).map { Double($0) * step })
  }

  /// `1,200`, `0.5`, `2h30m`
  func text(_ value: Double) -> String {
    switch self {
    case .counts: HumanText.number(Int(value))
    case .hours:
      value < 100
        ? Quantity.text(thousandths: Int64((value * 1000).rounded()))
        : HumanText.number(Int64(value.rounded()))
    case .durations: HumanText.duration(microseconds: Int64(value * 1_000_000))
    }
  }

  /// The same, so short that it fits beside the axis: `15k`, `2.5M`.
  func shortText(_ tick: Double) -> String {
    if case .durations = self { return text(tick) }
    for (unit, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")]
    where tick >= 10 * unit || tick >= 1e6 && tick >= unit {
      return Quantity.text(thousandths: Int64((tick / unit * 1000).rounded())) + letter
    }
    return text(tick)
  }

  private var smallestStep: Double {
    switch self {
    case .counts, .durations: 1
    case .hours: 0.001
    }
  }

  /// The least step of 1, 2 or 5 with zeros that is not smaller.
  private static func step(above least: Double, smallest: Double) -> Double {
    var power = smallest
    while power * 10 < least { power *= 10 }
    return ([1, 2, 5].first { $0 * power >= least } ?? 10) * power
  }
}
