package import Ledger
import WorkloadModel

extension NameRedaction: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    [
      Table.Column("POSITION", priority: 3, minimum: 8, numeric: true),
      Table.Column("REDACTED", priority: 2, minimum: 20), Table.Column("BY", priority: 1, minimum: 6),
      Table.Column("PSEUDONYM", priority: 0, minimum: 10),
      Table.Column("NAME OF", priority: 5, minimum: 4), Table.Column("REASON", priority: 4, minimum: 8),
      Table.Column("REPORTER", priority: 6, minimum: 8, optional: true),
    ]
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    [
      Table.Cell(String(position)), Table.Cell(HumanText.time(redactedAt)),
      Table.Cell(redactedBy ?? "unknown"), Table.Cell(pseudonym), Table.Cell("a \(nameClass)"),
      Table.Cell(reason), Table.Cell(reporter ?? "unknown"),
    ]
  }

  package static var csvTitles: [String] {
    ["position", "redactedAt", "redactedBy", "reporter", "pseudonym", "class", "reason"]
  }

  package func write(to csv: inout CSVWriter) {
    csv.field(position)
    csv.field(redactedAt)
    csv.field(redactedBy ?? "unknown")
    csv.field(reporter ?? "unknown")
    csv.field(pseudonym)
    csv.field("\(nameClass)")
    csv.field(reason)
    csv.endRecord()
  }

  /// Writes which name was destroyed, when, by whom and why: `schemas/redaction.json`.
  package func write(to json: inout JSONWriter) {
    json.object { writeFields(to: &$0) }
  }

  func writeFields(to json: inout JSONWriter) {
    json.field("position", position)
    json.field("redactedAt", redactedAt)
    json.field("redactedBy", redactedBy ?? "unknown")
    json.field("reporter", reporter ?? "unknown")
    json.field("pseudonym", pseudonym)
    json.field("class", "\(nameClass)")
    json.field("reason", reason)
  }
}
