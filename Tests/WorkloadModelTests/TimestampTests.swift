import LedgerTestSupport
import Testing
import WorkloadModel

struct `A timestamp` {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("1970-01-01", 0), ("1970-01-01T00:00:00.000001Z", 1),
    ("1969-12-31T23:59:59.999999Z", -1), ("2000-02-29T12:00:00Z", 951_825_600_000_000),
    ("2024-02-29", 1_709_164_800_000_000), ("2023-07-01T08:30:00+02:00", 1_688_193_000_000_000),
    ("2023-07-01T06:30:00Z", 1_688_193_000_000_000), ("2023-06-30t23:30:00.0-07:00", 1_688_193_000_000_000),
    ("2023-07-01 06:30:00z", 1_688_193_000_000_000), ("1970-01-01T00:00:00.1234567899Z", 123_456),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
    ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999), ("1970-01-01T00:00:00-00:00", 0),
    ("1970-01-01T23:59:00+23:59", 0),
  ])
  func `is read from RFC 3339`(_ text: String, _ microseconds: Int64) {
    #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "1970", "1970-01-01T", "1970-01-01T00:00Z", "1970-01-01T00:00:00", "1970-01-01T24:00:00Z",
    "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z", "1970-13-01", "1970-00-01", "1970-01-00", "1970-01-32",
    "1970-02-29", "1900-02-29", "2023-04-31", "0000-01-01", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.5",
    "1970-01-01T00:00:00+0200", "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+02:60",
    "1970-01-01T00:00:00ZZ", "1970-01-01X00:00:00Z", "-970-01-01", "1970-1-01", "10000-01-01",
    "9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:60Z",
    "1970-01-01T00:00:00.5+",
    "1970-01-01T00:00:00+02:0", "1970-01-01T+1:00:00Z", "１９７０-01-01",
  ])
  func `that RFC 3339 or the calendar does not have is refused`(_ text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test func `comes back from its text, whatever it is`() {
    var random = SeededRandom(seed: testSeed())
    let range = Timestamp.earliest.microseconds...Timestamp.latest.microseconds
    for round in 0..<20_000 {
      var microseconds = Int64.random(in: range, using: &random)
      if round % 3 == 0 { microseconds -= microseconds % 1000 }
      if round % 5 == 0 { microseconds -= microseconds % 1_000_000 }
      let time = Timestamp(microseconds: microseconds)
      let text = time.rfc3339
      #expect(Timestamp(rfc3339: text) == time, "\(text)")
      #expect(text.utf8.count == (microseconds % 1_000_000 == 0 ? 20 : microseconds % 1000 == 0 ? 24 : 27))
    }
  }

  @Test func `follows the calendar day by day through four hundred years`() {
    var day = Timestamp(rfc3339: "1999-12-31")?.microseconds ?? 0
    for year in 2000...2399 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for (month, days) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
        for date in 1...days {
          day += 86_400_000_000
          func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
          let text = "\(year)-\(two(month + 1))-\(two(date))"
          if Timestamp(rfc3339: text)?.microseconds != day { Issue.record("\(text) is not \(day)") }
          if Timestamp(microseconds: day).rfc3339 != text + "T00:00:00Z" { Issue.record("\(day): \(text)") }
        }
      }
    }
  }

  @Test func `never traps on any text`() {
    var random = SeededRandom(seed: testSeed())
    let sample = Array("2023-07-01T08:30:00.123456+02:00".utf8)
    for _ in 0..<20_000 {
      var bytes = Array(sample.prefix(random.below(sample.count + 1)))
      for _ in 0..<random.below(4) where !bytes.isEmpty {
        bytes[random.below(bytes.count)] = random.pick(Array("0129:-+.TZtz ".utf8) + [0, 0x80, 0xFF])
      }
      if let time = Timestamp(rfc3339: bytes.span) { #expect(time.isValid) }
    }
  }

  @Test func `that is unknown is before all others and is no moment`() {
    #expect(Timestamp.unknown < .earliest && !Timestamp.unknown.isKnown && !Timestamp.unknown.isValid)
    #expect(Timestamp.unknown.rfc3339 == "unknown")
    #expect(Timestamp(microseconds: Timestamp.latest.microseconds + 1).isValid == false)
  }
}
