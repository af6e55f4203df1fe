package import Ledger
import WorkloadModel

extension FieldOrigin: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    var columns: [Table.Column] = [
      Table.Column("FIELD", priority: 0, minimum: 12), Table.Column("VALUE", priority: 1, minimum: 12),
      Table.Column("SET BY", priority: 2, minimum: 10),
      Table.Column("POSITION", priority: 3, minimum: 8, numeric: true),
      Table.Column("TIME", priority: 5, minimum: 20), Table.Column("ACTOR", priority: 4, minimum: 6),
      Table.Column("REPORTER", priority: 6, minimum: 8),
    ]
    if context.isWide { columns.append(Table.Column("RECORDED", priority: 7)) }
    return columns
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    var cells: [Table.Cell] = [
      Table.Cell(field.rawValue, .faint), Table.Cell(value.text),
      Table.Cell(event.kind.label + (event.isImplied ? " (implied)" : "")),
      Table.Cell(String(event.position), .faint),
      Table.Cell((event.timeIsBound ? "≤" : "") + HumanText.time(event.occurredAt)),
      Table.Cell(event.actor ?? "unknown"), Table.Cell(event.reporter ?? "unknown"),
    ]
    if context.isWide { cells.append(Table.Cell(HumanText.time(event.recordedAt))) }
    return cells
  }

  package static var csvTitles: [String] { ["field", "value"] + Event.csvTitles }

  package func write(to csv: inout CSVWriter) {
    csv.field(field.rawValue)
    csv.field(value.exactText)
    event.write(to: &csv)
  }

  /// Writes the field, its value as in the JSON of a workload, and the whole event that set it.
  package func write(to json: inout JSONWriter) {
    json.object {
      $0.field("field", field.rawValue)
      $0.key("value")
      value.write(to: &$0)
      $0.key("event")
      event.write(to: &$0)
    }
  }
}

extension WorkloadField.Value {
  /// As people read it.
  var text: String {
    switch self {
    case .text(let text): text
    case .number(let number): String(number)
    case .time(let time): HumanText.time(time)
    case .resources(let resources): HumanText.resources(resources)
    case .labels(let labels): labels.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    }
  }

  /// As programs read it: nothing rounded, and several values as a JSON object.
  var exactText: String? {
    switch self {
    case .text(let text): return text
    case .number(let number): return String(number)
    case .time(let time): return time.rfc3339
    case .labels(let labels): return labelsText(labels)
    case .resources:
      var json = JSONWriter()
      write(to: &json)
      return String(decoding: json.bytes, as: UTF8.self)
    }
  }

  func write(to json: inout JSONWriter) {
    switch self {
    case .text(let text): json.string(text)
    case .number(let number): json.number(number)
    case .time(let time): json.time(time)
    case .resources(let resources): json.resources(resources)
    case .labels(let labels): writeLabelValues(labels, to: &json)
    }
  }
}
