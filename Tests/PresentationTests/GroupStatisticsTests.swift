import LedgerTestSupport
import Testing
import WorkloadModel

@testable import Ledger
@testable import Presentation

struct `Groups and their numbers` {
  /// Numbers as large as those of a great cluster in years.
  private func numbers(_ factor: Int = 1) -> StatisticsNumbers {
    var numbers = StatisticsNumbers()
    (numbers.created, numbers.started, numbers.completed) = (12_345 * factor, 12_000 * factor, 9_000 * factor)
    (numbers.failed, numbers.terminated) = (1_234 * factor, 1)
    let day: Int64 = 86_400_000_000
    numbers.wait = Percentiles(p50: 59_000_000, p90: day / 2, p95: day - 60_000_000, p99: 11 * day)
    numbers.runTime = Percentiles(p50: day / 24, p90: day, p95: 2 * day, p99: 99 * day)
    numbers.gpuMilliHours = 12_345_678 * Int64(factor)
    return numbers
  }

  private func statistics(
    _ names: [String], by grouping: StatisticsGrouping? = .owner, _ numbers: StatisticsNumbers? = nil
  ) -> GroupStatistics {
    var total = numbers ?? self.numbers(names.count)
    total.gpuMilliHours *= Int64(names.count)
    var statistics = GroupStatistics(
      projects: ["p"], grouping: grouping, since: nil, until: Sample.noon, position: 7, total: total)
    statistics.groups = names.enumerated().map {
      GroupStatistics.Group(name: $1, numbers: numbers ?? self.numbers(names.count - $0))
    }
    return statistics
  }

  private func lines(_ write: (inout [UInt8]) -> Void) -> [Substring] {
    var bytes: [UInt8] = []
    write(&bytes)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  @Test func `eighty columns are enough`() {
    let found = statistics(["Model Download", "Pre-Training"], by: .type)
    let table = lines { found.writeText(to: &$0, Appearance(width: 80)) }
    #expect(
      table == [
        "TYPE            CREATED  FAILED  SUCCESS  WAIT P50  WAIT P95  RUN P50  GPU-HOURS",
        "Model Download   24,690   2,468    87.9%       59s    23h59m       1h   24,691.4",
        "Pre-Training     12,345   1,234    87.9%       59s    23h59m       1h   12,345.7",
        "total            24,690   2,468    87.9%       59s    23h59m       1h   49,382.7",
      ])
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `no line is wider than the terminal`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let width = Int.random(in: 24...140, using: &random)
    let appearance = Appearance(width: width)
    let found = statistics((0..<5).map { _ in random.text(upTo: 40) })
    for line in lines({ found.writeText(to: &$0, appearance) })
      + lines({ found.writeChart(to: &$0, appearance) })
    {
      #expect(DisplayWidth.of(String(line)) <= width, "seed \(seed), width \(width): \(line)")
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "seed \(seed)")
    }
  }

  @Test func `bars go from the longest to the shortest, and days as they come`() {
    let owners = lines { statistics(["b", "a", "c"]).writeChart(to: &$0, Appearance(width: 30)) }
    #expect(owners.map { $0.prefix(1) } == ["O", "b", "a", "c"])
    #expect(owners[1].hasSuffix("37,037.0  ████████████") && owners[3].hasSuffix("12,345.7  ████"))
    var few = StatisticsNumbers()
    few.created = 1
    var found = statistics(["2026-01-01", "2026-01-02"], by: .day, few)
    found.groups[1].numbers.created = 1000
    #expect(found.measure == .created)
    #expect(
      lines { found.writeChart(to: &$0, Appearance(width: 40)) } == [
        "DAY         CREATED", "2026-01-01        1  ▏", "2026-01-02    1,000  ███████████████████",
      ])
  }

  @Test func `a bar has a colour where colours are wanted`() {
    let chart = lines {
      statistics(["ada"]).writeChart(to: &$0, Appearance(width: 30, hasColour: true))
    }
    #expect(chart[1] == "ada     12,345.7  \u{1B}[36m████████████\u{1B}[0m")
  }

  @Test(arguments: [
    (0, "0.0"), (49, "0.0"), (50, "0.1"), (949, "0.9"), (950, "1.0"), (1_234_567, "1,234.6"),
    (Int64.max, "9,223,372,036,854,775.8"),
  ])
  func `hours have one decimal`(_ thousandths: Int64, _ text: String) {
    #expect(HumanText.hours(thousandths: thousandths) == text)
  }

  @Test(arguments: [(0, "0.0%"), (999, "0.0%"), (1000, "0.1%"), (999_999, "99.9%"), (1_000_000, "100.0%")])
  func `only all is a hundred percent`(_ millionths: Int, _ text: String) {
    #expect(HumanText.percent(millionths: millionths) == text)
  }

  @Test func `JSON says how many of a million without an end of nines`() {
    var numbers = StatisticsNumbers()
    (numbers.completed, numbers.failed) = (2, 1)
    var json = JSONWriter()
    statistics([], by: nil, numbers).write(to: &json)
    #expect(
      String(decoding: json.bytes, as: UTF8.self) == """
        {"projects":["p"],"until":"2023-07-01T12:00:00Z","position":7,"total":{"created":0,"started":0,\
        "completed":2,"failed":1,"terminated":0,"deleted":0,"running":0,"waiting":0,"successRate":0.666666,\
        "cpuHours":0,"memoryGiBHours":0,"gpuHours":0}}
        """)
  }
}
