/// A moment as microseconds since 1970-01-01T00:00:00Z, from year 1 to year 9999 (RFC 3339).
///
/// Microseconds are what the sources deliver at best; sixty-four bits of them sort and subtract without a
/// calendar. `unknown` is a value of its own, so that a missing time can never be mistaken for the epoch.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Microseconds since the Unix epoch.
  public var microseconds: Int64

  /// A moment; use `Timestamp.isValid` to check a number that came from outside.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// No moment is known.
  public static let unknown = Timestamp(microseconds: .min)
  /// 0001-01-01T00:00:00Z.
  public static let earliest = Timestamp(microseconds: -62_135_596_800_000_000)
  /// 9999-12-31T23:59:59.999999Z.
  public static let latest = Timestamp(microseconds: 253_402_300_799_999_999)

  /// Whether the moment lies in the years 1 to 9999.
  public var isValid: Bool { self >= .earliest && self <= .latest }
  /// Whether this is a moment at all.
  public var isKnown: Bool { self != .unknown }

  /// Earlier before later; `unknown` before all.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}

// MARK: - RFC 3339

extension Timestamp {
  /// Reads `2023-07-01T08:30:00[.123456](Z|+02:00)` or the date alone (midnight UTC).
  ///
  /// Digits of the fraction past the sixth are dropped. Returns nil for anything else, for a day that the
  /// calendar does not have, and for years outside 1 to 9999. RFC 3339 section 5.6; a leap second (`:60`)
  /// is read as the second after it.
  public init?(rfc3339 text: Span<UInt8>) {
    guard text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let year = digits(text, 0, 4), let month = digits(text, 5, 2), let day = digits(text, 8, 2),
      year >= 1, (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year)
    else { return nil }
    var seconds = Int64(Self.days(sinceEpochOf: year, month, day)) * 86_400
    var fraction: Int64 = 0
    if text.count > 10 {
      guard let clock = Self.clock(text) else { return nil }
      seconds += clock.seconds
      fraction = clock.microseconds
    }
    self.init(microseconds: seconds * 1_000_000 + fraction)
    if !isValid { return nil }
  }

  /// The same for a string.
  public init?(rfc3339 text: String) {
    var text = text
    text.makeContiguousUTF8()
    self.init(rfc3339: text.utf8.span)
  }

  /// Seconds and microseconds of `T08:30:00.5+02:00` from offset 10, moved to UTC.
  private static func clock(_ text: Span<UInt8>) -> (seconds: Int64, microseconds: Int64)? {
    guard text.count >= 20, text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "),
      text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
      let hour = digits(text, 11, 2), let minute = digits(text, 14, 2), let second = digits(text, 17, 2),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    var at = 19
    var fraction: Int64 = 0
    if text[at] == UInt8(ascii: ".") {
      at += 1
      let start = at
      var scale: Int64 = 100_000
      while at < text.count, let digit = decimal(text[at]) {
        fraction += Int64(digit) * scale
        scale /= 10
        at += 1
      }
      guard at > start, at < text.count else { return nil }
    }
    var seconds = Int64(hour * 3600 + minute * 60 + second)
    if text[at] | 0x20 == UInt8(ascii: "z") {
      guard at + 1 == text.count else { return nil }
    } else {
      guard at + 6 == text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-"),
        text[at + 3] == UInt8(ascii: ":"), let hours = digits(text, at + 1, 2),
        let minutes = digits(text, at + 4, 2), hours < 24, minutes < 60
      else { return nil }
      let offset = Int64(hours * 3600 + minutes * 60)
      seconds += text[at] == UInt8(ascii: "+") ? -offset : offset
    }
    return (seconds, fraction)
  }

  /// Appends `2023-07-01T08:30:00Z`, with a fraction of 3 or 6 digits where there is one. A page has hundreds of times, so
  /// their digits are made four pairs at a time.
  public func write(to text: inout TextBuffer) {
    guard isValid else { return text.append("unknown") }
    let (whole, fraction) = Self.floorDivide(microseconds, 1_000_000)
    let (day, second) = Self.floorDivide(whole, 86_400)
    let date = Self.date(daysSinceEpoch: Int(day))
    let minute = Int(second) / 60
    let days = Self.pairs(date.year / 100, date.year % 100, date.month, date.day)
    let seconds = Self.pairs(minute / 60, minute % 60, Int(second) % 60, 0)
    text.reserve(Self.maxTextLength)
    text.append(days, count: 4)
    text.append(Self.separated("-", days >> 32) | Self.separated("-", days >> 48) << 24, count: 6)
    text.append(Self.separated("T", seconds) | Self.separated(":", seconds >> 16) << 24, count: 6)
    text.append(Self.separated(":", seconds >> 32), count: 3)
    if fraction != 0 { Self.write(fraction: Int(fraction), to: &text) }
    text.append(UInt8(ascii: "Z"))
  }

  private static func pairs(_ first: Int, _ second: Int, _ third: Int, _ fourth: Int) -> UInt64 {
    TextBuffer.pairs(UInt64(first | second << 16 | third << 32 | fourth << 48))
  }

  /// A separator before the pair of digits in the low bytes.
  private static func separated(_ separator: Unicode.Scalar, _ pair: UInt64) -> UInt64 {
    UInt64(separator.value) | (pair & 0xFFFF) << 8
  }

  /// A point and three digits of microseconds, or six where the last are not zeros.
  private static func write(fraction microseconds: Int, to text: inout TextBuffer) {
    let (milliseconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1000)
    let digits = pairs(milliseconds / 100, milliseconds % 100, rest / 100, rest % 100)
    // The first digit of the pairs at 0 and 4 is a zero.
    text.append(UInt64(UInt8(ascii: ".")) | (digits >> 8 & 0xFF_FFFF) << 8, count: 4)
    if rest != 0 { text.append(digits >> 40, count: 3) }
  }

  /// `2023-07-01T08:30:00.123456Z`
  private static let maxTextLength = 27

  /// The moment in RFC 3339, in UTC.
  public var rfc3339: String {
    var text = TextBuffer()
    write(to: &text)
    return text.string
  }
}

// MARK: - The proleptic Gregorian calendar

extension Timestamp {
  /// Days from 1970-01-01, after Howard Hinnant's `days_from_civil`.
  static func days(sinceEpochOf year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The inverse, after `civil_from_days`.
  static func date(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
    return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
  }
}

private func decimal(_ byte: UInt8) -> Int? {
  byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte &- UInt8(ascii: "0")) : nil
}

private func digits(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
  guard start + count <= text.count else { return nil }
  var value = 0
  for offset in start..<start + count {
    guard let digit = decimal(text[offset]) else { return nil }
    value = value * 10 + digit
  }
  return value
}
