/// Figures as a Markdown table that reads well in a terminal too.
struct Table {
  var figures: [Figure]

  private static let titles = [
    "figure", "size", "unit", "ours", "floor", "× floor", "SQLite", "× SQLite", "target", "met",
  ]
  private static let leftAligned: Set<Int> = [0, 2, 8, 9]

  var markdown: String {
    let rows = figures.map(cells)
    let widths = Self.titles.indices.map { column in
      rows.reduce(Self.titles[column].count) { max($0, $1[column].count) }
    }
    let rule = Self.titles.indices.map { column in
      let dashes = String(repeating: "-", count: widths[column] - 1)
      return Self.leftAligned.contains(column) ? "-" + dashes : dashes + ":"
    }
    return ([Self.titles, rule] + rows).map { line($0, widths) }.joined(separator: "\n")
  }

  /// The newest line alone, for progress.
  var lastLine: String { figures.last.map { cells($0).joined(separator: "  ") } ?? "" }

  private func cells(_ figure: Figure) -> [String] {
    [
      figure.name + (figure.note.map { " (\($0))" } ?? ""), shortCount(figure.size), figure.unit.rawValue,
      amount(figure.ours), figure.floor.map(amount) ?? "", ratio(figure.ratio(to: figure.floor)),
      figure.peer.map(amount) ?? "", ratio(figure.ratio(to: figure.peer)), figure.target?.text ?? "",
      figure.target.map { $0.isMet ? "yes" : "NO" } ?? "",
    ]
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = cells.indices.map { column in
      let space = String(repeating: " ", count: widths[column] - cells[column].count)
      return Self.leftAligned.contains(column) ? cells[column] + space : space + cells[column]
    }
    return "| " + padded.joined(separator: " | ") + " |"
  }

  private func ratio(_ value: Double?) -> String {
    guard let value else { return "" }
    return value >= 100 ? grouped(value.rounded()) : decimals(value, value >= 10 ? 1 : 2)
  }

  /// Three significant digits are more than a shared machine gives.
  private func amount(_ value: Double) -> String {
    value >= 1000 ? grouped(value.rounded()) : decimals(value, value >= 100 ? 0 : value >= 10 ? 1 : 2)
  }
}

/// `10k`, `1M`.
func shortCount(_ count: Int) -> String {
  if count >= 1_000_000, count % 1_000_000 == 0 { return "\(count / 1_000_000)M" }
  if count >= 1000, count % 1000 == 0 { return "\(count / 1000)k" }
  return String(count)
}

private func grouped(_ value: Double) -> String {
  var digits = String(Int(value))
  var end = digits.count - 3
  while end > 0 {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: end))
    end -= 3
  }
  return digits
}

private func decimals(_ value: Double, _ count: Int) -> String {
  if count == 0 { return String(Int(value.rounded())) }
  let scale = count == 1 ? 10 : 100
  let scaled = Int((value * Double(scale)).rounded())
  let fraction = String(scaled % scale)
  return "\(scaled / scale)." + String(repeating: "0", count: count - fraction.count) + fraction
}
