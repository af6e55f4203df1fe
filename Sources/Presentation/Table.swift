/// A table that fits a terminal: columns shrink in the order of their priority, never the line's end wraps.
///
/// Rows come in chunks. The first chunk decides the widths, so that a history of millions needs no memory;
/// without a width to fit (a pipe) nothing is ever cut.
package struct Table: Sendable {
  /// A column's title and how it gives way.
  package struct Column: Sendable {
    var title: String
    /// Columns with a higher number are shortened, and at last left out, before those with a lower one.
    /// No two columns have the same.
    var priority: Int
    /// The least width that still says something.
    var minimum: Int
    var isNumeric: Bool
    /// Whether it goes before any other is shortened.
    var isOptional: Bool

    /// A column.
    package init(
      _ title: String, priority: Int, minimum: Int = 4, numeric: Bool = false, optional: Bool = false
    ) {
      self.title = title
      self.priority = priority
      self.minimum = max(minimum, 1)
      isNumeric = numeric
      isOptional = optional
    }
  }

  /// A cell's text, with control characters made visible.
  package struct Cell: Sendable, ExpressibleByStringInterpolation {
    var text: String
    var style: Style

    /// A cell.
    package init(_ text: String?, _ style: Style = .plain) {
      let text = text ?? ""
      self.text = DisplayWidth.visible(text)
      self.style = style
    }

    /// A plain cell.
    package init(stringLiteral value: String) { self.init(value) }
  }

  private let columns: [Column]
  private let appearance: Appearance
  /// The width of each column, 0 where it is left out; empty until the first rows came.
  private var widths: [Int] = []

  /// A table without rows.
  package init(_ columns: [Column], _ appearance: Appearance) {
    self.columns = columns
    self.appearance = appearance
  }

  /// Appends rows; before the first ones the titles.
  package mutating func write(_ rows: [[Cell]], to bytes: inout [UInt8]) {
    if widths.isEmpty {
      widths = layout(rows)
      line(columns.map { Cell($0.title, .strong) }, to: &bytes)
    }
    for row in rows { line(row, to: &bytes) }
  }

  // MARK: Widths

  private static let gap = 2

  private func layout(_ rows: [[Cell]]) -> [Int] {
    var natural = columns.map { DisplayWidth.of($0.title) }
    for row in rows {
      for (index, cell) in row.enumerated() {
        natural[index] = max(natural[index], DisplayWidth.of(cell.text))
      }
    }
    guard let limit = appearance.width else { return natural }
    var widths = zip(natural, columns).map { min($0, $1.minimum) }
    var shown = columns.indices.sorted { columns[$0].priority < columns[$1].priority }
    while let last = shown.last, shown.count > 1,
      total(widths) > limit || columns[last].isOptional && total(shown.map { natural[$0] }) > limit
    {
      widths[last] = 0
      shown.removeLast()
    }
    if let only = shown.last, total(widths) > limit { widths[only] = max(1, limit) }
    // Those that lack the least first, so that as many as can be are whole.
    for index in shown.sorted(by: { natural[$0] - widths[$0] < natural[$1] - widths[$1] }) {
      widths[index] += min(natural[index] - widths[index], max(0, limit - total(widths)))
    }
    return widths
  }

  private func total(_ widths: [Int]) -> Int {
    let shown = widths.filter { $0 > 0 }
    return shown.reduce(0, +) + Self.gap * max(0, shown.count - 1)
  }

  // MARK: Lines

  private func line(_ cells: [Cell], to bytes: inout [UInt8]) {
    let shown = columns.indices.filter { widths[$0] > 0 }
    var blanks = 0
    for index in shown {
      let cell = cells[index]
      let text = appearance.width == nil ? cell.text : DisplayWidth.cut(cell.text, to: widths[index])
      let rest = max(0, widths[index] - DisplayWidth.of(text))
      if columns[index].isNumeric { blanks += rest }
      if !text.isEmpty {
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: blanks))
        append(text, cell.style, colour: appearance.hasColour, to: &bytes)
        blanks = 0
      }
      if !columns[index].isNumeric { blanks += rest }
      blanks += Self.gap
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}

/// What the place that text goes to can show.
public struct Appearance: Sendable {
  /// Columns to fit into; nil where there is no limit.
  public var width: Int?
  /// Whether colours are wanted.
  public var hasColour: Bool
  /// More columns, none of them shortened.
  public var isWide: Bool

  /// Plain text of any width, unless told otherwise.
  public init(width: Int? = nil, hasColour: Bool = false, isWide: Bool = false) {
    self.width = width
    self.hasColour = hasColour
    self.isWide = isWide
  }
}
