/// Names and values under one another, for one thing with many fields. Long values go on in further lines, so
/// that nothing of them is lost.
package struct FieldList: Sendable {
  private var fields: [(name: String, cell: Table.Cell)] = []

  /// An empty list.
  package init() {}

  /// Adds a field; one without a value is left out.
  package mutating func add(_ name: String, _ value: String?, _ style: Style = .plain) {
    guard let value, !value.isEmpty else { return }
    fields.append((name, Table.Cell(value, style)))
  }

  /// Appends a line for each field, or more where the value is longer than the width.
  package func write(to bytes: inout [UInt8], _ appearance: Appearance) {
    let indent = (fields.map { DisplayWidth.of($0.name) }.max() ?? 0) + 2
    let room = appearance.isWide ? nil : appearance.width.map { max(8, $0 - indent) }
    for (name, cell) in fields {
      append(name, .faint, colour: appearance.hasColour, to: &bytes)
      var blanks = indent - DisplayWidth.of(name)
      for line in Self.lines(of: cell.text, room) {
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: blanks))
        append(line, cell.style, colour: appearance.hasColour, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        blanks = indent
      }
    }
  }

  private static func lines(of text: String, _ room: Int?) -> [String] {
    guard let room, DisplayWidth.of(text) > room else { return [text] }
    var lines: [String] = []
    var line = ""
    var width = 0
    for character in text {
      let next = DisplayWidth.of(character)
      if width + next > room {
        lines.append(line)
        (line, width) = ("", 0)
      }
      line.append(character)
      width += next
    }
    return lines + [line]
  }
}
