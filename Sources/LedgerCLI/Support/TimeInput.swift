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
    guard let ago = DurationInput(argument: text) else { return nil }
    let past = Timestamp(microseconds: now.microseconds - ago.microseconds)
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
