import Testing
import WorkloadModel

@testable import Ledger
@testable import Presentation

private func table(_ columns: [Table.Column], _ rows: [[Table.Cell]], _ appearance: Appearance) -> String {
  var table = Table(columns, appearance)
  var bytes: [UInt8] = []
  table.write(rows, to: &bytes)
  return String(decoding: bytes, as: UTF8.self)
}

private func lines(_ text: String) -> [Substring] {
  text.split(separator: "\n", omittingEmptySubsequences: false)
}

struct `Tables` {
  private let columns = [
    Table.Column("NAME", priority: 0, minimum: 4), Table.Column("COUNT", priority: 1, numeric: true),
    Table.Column("NOTE", priority: 2, minimum: 5, optional: true),
  ]
  private let rows: [[Table.Cell]] = [["alpha", "7", "first of them"], ["b", "12345678", ""]]

  @Test func `nothing is cut where there is no width`() {
    #expect(
      table(columns, rows, Appearance()) == """
        NAME      COUNT  NOTE
        alpha         7  first of them
        b      12345678

        """)
  }

  @Test func `an optional column goes before another is shortened`() {
    #expect(
      table(columns, rows, Appearance(width: 20)) == """
        NAME      COUNT
        alpha         7
        b      12345678

        """)
    #expect(
      table(columns, rows, Appearance(width: 12)) == """
        NAME   COUNT
        alpha      7
        b      1234…

        """)
  }

  @Test func `the most important column takes what there is`() {
    #expect(table(columns, rows, Appearance(width: 3)) == "NA…\nal…\nb\n")
    #expect(table(columns, rows, Appearance(width: 1)) == "…\n…\nb\n")
  }

  @Test func `colours stand around the text and not around the blanks`() {
    let cells: [[Table.Cell]] = [[Table.Cell("x", .bad), Table.Cell("1", .good), ""]]
    #expect(
      table(columns, cells, Appearance(hasColour: true))
        == "\u{1B}[1mNAME\u{1B}[0m  \u{1B}[1mCOUNT\u{1B}[0m  \u{1B}[1mNOTE\u{1B}[0m\n"
        + "\u{1B}[31mx\u{1B}[0m         \u{1B}[32m1\u{1B}[0m\n")
  }

  @Test func `later rows keep to the widths of the first`() {
    var table = Table(columns, Appearance(width: 40))
    var bytes: [UInt8] = []
    table.write([["alpha", "1", "x"]], to: &bytes)
    table.write([["alphabetical", "2", "y"]], to: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self) == "NAME   COUNT  NOTE\nalpha      1  x\nalph…      2  y\n")
  }

  @Test func `the page of workloads fits eighty columns`() {
    var table = Table(Workload.columns(RowContext(idLength: 8)), Appearance(width: 80))
    var bytes: [UInt8] = []
    table.write(
      [
        Sample.workload().cells(RowContext(idLength: 8)),
        Sample.workload(named: "a-very-long-name-of-a-workload-in-日本語").cells(RowContext(idLength: 8)),
      ], to: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        ID        NAME            TYPE         STATUS            CLUSTER  RESOURCES
        0192f3a4  bert            Fine-Tuning  Delete Requested  c1       4.5 CPU, 64Gi…
        0192f3a4  a-very-long-n…  Fine-Tuning  Delete Requested  c1       4.5 CPU, 64Gi…

        """)
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `no line is wider than the terminal`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let width = Int.random(in: 1...140, using: &random)
    let context = RowContext(idLength: 13)
    let items = (0..<6).map { _ in Sample.workload(named: random.text(upTo: 40)) }
    var text = table(Workload.columns(context), items.map { $0.cells(context) }, Appearance(width: width))
    var event = Sample.event(.actionRefused, .refused(command: .started))
    event.reason = random.text(upTo: 80)
    event.actor = random.text()
    text += table(Event.columns(context), [event.cells(context)], Appearance(width: width))
    for line in lines(text) {
      #expect(DisplayWidth.of(String(line)) <= width, "seed \(seed), width \(width): \(line)")
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "seed \(seed)")
    }
  }
}

struct `Widths of text` {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한국", 4), ("ｗ", 2), ("👩‍🚀", 2), ("🇫🇮", 2),
    ("☃", 1), ("☃\u{FE0F}", 2), ("a\u{200D}b", 2), ("नि", 1), ("…", 1),
  ])
  func `are what a terminal shows`(_ text: String, _ width: Int) { #expect(DisplayWidth.of(text) == width) }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("ab", 1, "…"),
    ("ab", 0, ""),
  ])
  func `decide where it is cut`(_ text: String, _ limit: Int, _ expected: String) {
    #expect(DisplayWidth.cut(text, to: limit) == expected)
  }

  @Test func `control characters are shown, not obeyed`() {
    #expect(DisplayWidth.visible("a\u{1B}[2Jb\n\u{7F}\u{85}\u{202E}c") == "a␛[2Jb␊␡⟨85⟩⟨202E⟩c")
    #expect(DisplayWidth.visible("plain é 日本") == "plain é 日本")
  }
}
