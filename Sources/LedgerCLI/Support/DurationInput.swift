import ArgumentParser

/// A length of time as people type it: a whole number of seconds, minutes, hours, days or weeks (`45s`,
/// `2w`).
struct DurationInput: ExpressibleByArgument {
  /// 0 to 9,999 years of 366 days.
  let microseconds: Int64

  /// So many days.
  init(days: Int64) { microseconds = days * 86_400 * 1_000_000 }

  init?(argument text: String) {
    let seconds: Int64
    switch text.last {
    case "s": seconds = 1
    case "m": seconds = 60
    case "h": seconds = 3600
    case "d": seconds = 86_400
    case "w": seconds = 604_800
    default: return nil
    }
    let digits = text.dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int64(digits),
      count <= 9_999 * 366 * 86_400 / seconds
    else { return nil }
    microseconds = count * seconds * 1_000_000
  }

  /// What fits, for help and errors.
  static let help = "45s, 30m, 2h, 7d, 2w"

  /// Reads an option's value or says what would fit.
  static func parse(_ text: String) throws -> DurationInput {
    guard let input = DurationInput(argument: text) else {
      throw ValidationError("'\(text)' is no length of time; write \(help)")
    }
    return input
  }
}
