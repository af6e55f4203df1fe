import LedgerTestSupport
import Testing
import WorkloadModel

struct `A quantity` {
  @Test(arguments: [
    ("2", 2000), ("0.5", 500), ("500m", 500), ("0", 0), ("0.001", 1), ("1.250", 1250), ("0m", 0),
  ])
  func `of cores or devices is read in thousandths`(_ text: String, _ value: Int64) {
    #expect(Quantity.thousandths(text) == value)
  }

  @Test(arguments: [
    "", "-1", "+1", "1.", ".5", "m", "1.5m", "0.0005", "1e3", "1,5", "９", "1 ", "0x10", "9007199254740992m",
    "9007199254741", "99999999999999999999", "--", "1..2", "1.2.3", "1m m",
  ])
  func `of cores or devices that is none is refused`(_ text: String) {
    #expect(Quantity.thousandths(text) == nil)
  }

  @Test(arguments: [
    ("1024", 1024), ("64Gi", 68_719_476_736), ("1.5G", 1_500_000_000), ("512MiB", 536_870_912),
    ("1k", 1000), ("1Ki", 1024), ("0.5Ki", 512), ("1Pi", 1_125_899_906_842_624), ("8B", 8),
    ("2Tb", 2_000_000_000_000),
  ])
  func `of memory is read in bytes`(_ text: String, _ value: Int64) { #expect(Quantity.bytes(text) == value) }

  @Test(arguments: [
    "", "B", "Gi", "-1", "1.5", "1i", "0.0001k", "9Pi", "1Q", "1GiBB", "9007199254740992", "1 Gi", "iB",
    "1.G",
    "1.1234567890G",
  ])
  func `of memory that is none is refused`(_ text: String) { #expect(Quantity.bytes(text) == nil) }

  @Test func `in thousandths comes back from its text`() {
    var random = SeededRandom(seed: testSeed())
    for round in 0..<10_000 {
      let value = Int64.random(in: 0...(round % 2 == 0 ? 5000 : Resources.limit), using: &random)
      #expect(Quantity.thousandths(Quantity.text(thousandths: value)) == value)
    }
    #expect(Quantity.text(thousandths: -1500) == "-1.5")
    #expect(Quantity.text(bytes: 68_719_476_736) == "64Gi" && Quantity.text(bytes: 1000) == "1000")
    #expect(Quantity.text(bytes: 1536) == "1.5Ki")
  }

  @Test func `is read without a trap, whatever the text`() {
    var random = SeededRandom(seed: testSeed())
    let letters = Array("0123456789.mMGiBkKTPe-+ é")
    for _ in 0..<20_000 {
      let text = String((0..<random.below(22)).map { _ in random.pick(letters) })
      if let value = Quantity.thousandths(text) { #expect((0...Resources.limit).contains(value)) }
      if let value = Quantity.bytes(text) { #expect((0...Resources.limit).contains(value)) }
    }
  }
}

struct `A quota` {
  @Test func `names the first amount that is too much, with its numbers`() {
    let limits = QuotaLimits(cpuMillicores: 10, memoryBytes: nil, gpuMilli: 5)
    let held = Resources(cpuMillicores: 4, memoryBytes: 1 << 50, gpuMilli: 5)
    #expect(limits.excess(of: Resources(cpuMillicores: 6), holding: held) == nil)
    let cpu = limits.excess(of: Resources(cpuMillicores: 7, gpuMilli: 1), holding: held)
    #expect(cpu?.resource == .cpu && cpu?.requested == 7 && cpu?.held == 4 && cpu?.limit == 10)
    #expect(limits.excess(of: Resources(gpuMilli: 1), holding: held)?.resource == .gpu)
    #expect(limits.excess(of: Resources(memoryBytes: .max), holding: held) == nil)
  }

  @Test func `never stands in the way of who asks for nothing of it`() {
    let limits = QuotaLimits(cpuMillicores: 0, memoryBytes: 0, gpuMilli: 0)
    #expect(limits.excess(of: Resources(), holding: Resources(cpuMillicores: 100)) == nil)
  }

  @Test func `is not outwitted by amounts that overflow`() {
    let limits = QuotaLimits(cpuMillicores: 10)
    let held = Resources(cpuMillicores: .max)
    #expect(limits.excess(of: Resources(cpuMillicores: .max), holding: held)?.limit == 10)
  }
}

struct `A text from outside` {
  private func flaw(_ text: String, limit: Int = 8, multiline: Bool = false) -> TextFlaw? {
    TextFlaw.find(in: Array(text.utf8).span, limit: limit, multiline: multiline)
  }

  @Test func `has no flaw where it is short and printable`() {
    #expect(flaw("abc") == nil && flaw("12345678") == nil && flaw("ß\u{301}") == nil)
    #expect(flaw("a\n\tb", multiline: true) == nil)
  }

  @Test func `is refused with the place of its flaw`() {
    #expect(flaw("") == .empty)
    #expect(flaw("123456789") == .tooLong(count: 9, limit: 8))
    #expect(flaw("a\u{0}") == .controlCharacter(offset: 1))
    #expect(flaw("a\nb") == .controlCharacter(offset: 1))
    #expect(flaw("ab\u{7F}") == .controlCharacter(offset: 2))
    #expect(flaw("é\u{85}") == .controlCharacter(offset: 2))
    #expect(flaw("a\rb", multiline: true) == .controlCharacter(offset: 1))
  }

  @Test(
    arguments: [
      ([0x61, 0xFF], 1), ([0xC3], 0), ([0xC0, 0x80], 0), ([0x61, 0xED, 0xA0, 0x80], 1),
      ([0xF4, 0x90, 0x80, 0x80], 0), ([0xE2, 0x82], 0),
    ] as [([UInt8], Int)])
  func `that is not UTF-8 is refused`(_ bytes: [UInt8], _ offset: Int) {
    #expect(TextFlaw.find(in: bytes.span, limit: 8) == .notUTF8(offset: offset))
  }

  @Test func `is explained`() {
    #expect(TextFlaw.tooLong(count: 300, limit: 256).explanation == "is 300 bytes long; 256 is the most")
    for flaw in [TextFlaw.empty, .controlCharacter(offset: 3), .notUTF8(offset: 4)] {
      #expect(!flaw.explanation.isEmpty)
    }
  }
}

struct `The names of a batch` {
  @Test func `are found again by class and text, however many`() {
    var batch = EventBatch()
    var references: [NameReference] = []
    for number in 0..<2000 {
      let nameClass = NameClass.allCases[number % NameClass.allCases.count]
      references.append(batch.intern(nameClass, "name \(number / 5)"))
    }
    #expect(Set(references).count == 2000 && batch.nameCount == 2000)
    for number in 0..<2000 {
      let nameClass = NameClass.allCases[number % NameClass.allCases.count]
      #expect(batch.intern(nameClass, "name \(number / 5)") == references[number])
      let name = batch.name(references[number])
      #expect(name?.class == nameClass && name?.text == "name \(number / 5)")
    }
    batch.removeEvents()
    #expect(batch.nameCount == 2000 && batch.bytes.isEmpty)
  }

  @Test func `are nobody where empty or unknown`() {
    var batch = EventBatch()
    #expect(batch.intern(.user, "") == .unknown && batch.intern(.user, "unknown") == .unknown)
    #expect(batch.intern(.user, "Unknown") != .unknown)
    #expect(batch.name(.unknown) == nil && batch.name(NameReference(index: 99)) == nil)
  }

  @Test func `and texts come back`() {
    var batch = EventBatch()
    let first = batch.addText("straße")
    let empty = batch.addText("")
    #expect(batch.string(first) == "straße" && empty.isAbsent && !first.isAbsent)
    let labels = batch.addLabels([("b", "2"), ("a", "1")])
    #expect(Array(batch.bytes[Int(labels.offset)...]) == Array("\u{1}a\u{1}1\u{1}b\u{1}2".utf8))
  }
}
