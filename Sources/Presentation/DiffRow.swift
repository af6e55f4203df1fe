package import Ledger
import WorkloadModel

/// A row of a diff: a workload that was created, or one field that became other.
package struct DiffRow {
  /// The workload that the row is about.
  package let diff: WorkloadDiff
  private let change: WorkloadDiff.FieldChange?
  /// Whether the row is the first of its workload: the others need not repeat which one it is.
  private let isFirst: Bool

  /// The workload as a whole, for formats in which one object says everything.
  package init(_ diff: WorkloadDiff) { self.init(diff, nil, isFirst: true) }

  private init(_ diff: WorkloadDiff, _ change: WorkloadDiff.FieldChange?, isFirst: Bool) {
    self.diff = diff
    self.change = change
    self.isFirst = isFirst
  }

  /// The rows of a workload. That it has a newer event is said by what the event changed; only where `isWhole` the
  /// version and the last position are rows too, and without them there may be none.
  package static func rows(of diff: WorkloadDiff, isWhole: Bool) -> [DiffRow] {
    if diff.before == nil { return [DiffRow(diff)] }
    let fields = diff.fields.filter { isWhole || $0.field != .version && $0.field != .lastPosition }
    return fields.enumerated().map { DiffRow(diff, $1, isFirst: $0 == 0) }
  }

  private var field: String { (change?.field ?? .status).rawValue }
  private var to: WorkloadField.Value? { change == nil ? .text(diff.after.status.label) : change?.to }
  private var by: String { (change == nil ? diff.after.createdBy : change?.by) ?? "unknown" }
  private var position: UInt64 { change?.position ?? diff.stream }
}

extension DiffRow: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    [
      Table.Column("CHANGE", priority: 1, minimum: 8),
      Table.Column("ID", priority: 6, minimum: context.idLength),
      Table.Column("NAME", priority: 0, minimum: 12), Table.Column("FIELD", priority: 2, minimum: 9),
      Table.Column("FROM", priority: 4, minimum: 8), Table.Column("TO", priority: 3, minimum: 8),
      Table.Column("BY", priority: 5, minimum: 6),
      Table.Column("POSITION", priority: 7, minimum: 8, numeric: true),
    ]
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    [
      Table.Cell(isFirst ? diff.kind.rawValue : nil),
      Table.Cell(isFirst ? String(diff.after.id.description.prefix(context.idLength)) : nil, .faint),
      Table.Cell(isFirst ? diff.after.name : nil), Table.Cell(field), Table.Cell(change?.from?.text),
      Table.Cell(to?.text), Table.Cell(by), Table.Cell(String(position), .faint),
    ]
  }

  package static var csvTitles: [String] {
    ["change", "id", "name", "project", "field", "from", "to", "by", "position"]
  }

  package func write(to csv: inout CSVWriter) {
    csv.field(diff.kind.rawValue)
    csv.field(diff.after.id)
    csv.field(diff.after.name)
    csv.field(diff.after.project)
    csv.field(field)
    csv.field(change?.from?.exactText)
    csv.field(to?.exactText)
    csv.field(by)
    csv.field(position)
    csv.endRecord()
  }

  package func write(to json: inout JSONWriter) { diff.write(to: &json) }
}
