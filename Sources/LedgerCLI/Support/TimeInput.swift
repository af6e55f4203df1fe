import ArgumentParser
import WorkloadModel

/// A moment as people type it: RFC 3339, a date alone, or how long ago (`2h`, `7d`).
struct TimeInput: ExpressibleByArgument {
  let time: Timestamp

  init?(argument: String) { self.init(argument, now: System.now) }

  init?(_ text: String, now: Timestamp) {
    if let time = Timestamp(rfc3339: text) {
      self.time = time
      return
    }
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
    let past = Timestamp(microseconds: now.microseconds - count * seconds * 1_000_000)
    guard past.isValid else { return nil }
    time = past
  }

  /// What fits, for help and errors.
  static let help = "RFC 3339 (2023-07-01T08:30:00Z), a date, or how long ago (45s, 30m, 2h, 7d, 2w)"

  /// Reads an option's value or says what would fit.
  static func parse(_ text: String) throws -> TimeInput {
    guard let input = TimeInput(argument: text) else {
      throw ValidationError("'\(text)' is no time; write \(help)")
    }
    return input
  }
}
