import Presentation
import Testing
import WorkloadModel

struct `Text for people` {
  @Test(arguments: [
    (Int64(0), "0s"), (999, "0ms"), (250_000, "250ms"), (45_000_000, "45s"), (60_000_000, "1m"),
    (750_000_000, "12m30s"), (11_520_000_000, "3h12m"), (7_200_000_000, "2h"), (446_400_000_000, "5d4h"),
    (86_400_000_000, "1d"), (-5, "0s"),
  ])
  func `durations have two units`(_ microseconds: Int64, _ expected: String) {
    #expect(HumanText.duration(microseconds: microseconds) == expected)
  }

  @Test func `times are to the second, also before 1970`() {
    #expect(HumanText.time(Timestamp(microseconds: 1_688_212_800_999_999)) == "2023-07-01T12:00:00Z")
    #expect(HumanText.time(Timestamp(microseconds: -1)) == "1969-12-31T23:59:59Z")
    #expect(HumanText.time(nil) == "")
    #expect(HumanText.time(.unknown) == "")
  }

  @Test func `resources leave out what is not asked for`() {
    #expect(HumanText.resources(Resources()) == "")
    #expect(HumanText.resources(Resources(cpuMillicores: 4000)) == "4 CPU")
    #expect(
      HumanText.resources(Resources(cpuMillicores: 500, memoryBytes: 64 << 30, gpuMilli: 1000))
        == "0.5 CPU, 64Gi, 1 GPU")
  }

  @Test func `numbers are readable`() {
    #expect(HumanText.number(41925) == "41,925")
    #expect(HumanText.number(-1000) == "-1,000")
    #expect(HumanText.number(UInt64.max) == "18,446,744,073,709,551,615")
    #expect(HumanText.count(1, "workload") == "1 workload")
    #expect(HumanText.count(0, "entry", "entries") == "0 entries")
    #expect(HumanText.use(3000, of: 8000, Quantity.text(thousandths:)) == "3 of 8")
    #expect(HumanText.use(3000, of: nil, Quantity.text(thousandths:)) == "3")
  }

  @Test func `ids are as long as tells them apart`() {
    func id(_ high: UInt64, _ low: UInt64 = 1 << 63) -> WorkloadID { WorkloadID(high: high, low: low) }
    #expect(ShortID.length(for: []) == 8)
    #expect(ShortID.length(for: [id(1 << 40), id(1 << 40)]) == 8)
    #expect(ShortID.length(for: [id(1 << 40), id(2 << 40)]) == 8)
    #expect(ShortID.length(for: [id(1 << 20), id(2 << 20)]) == 13)
    #expect(ShortID.length(for: [id(1), id(2)]) == 18)
    #expect(ShortID.length(for: [id(1, 1), id(1, 2)]) == 36)
  }
}
