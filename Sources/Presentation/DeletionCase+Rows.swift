package import Ledger
import WorkloadModel

extension DeletionCase: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    var columns: [Table.Column] = [
      Table.Column("REQUESTED", priority: 3, minimum: 20), Table.Column("BY", priority: 1, minimum: 6),
      Table.Column("RESULT", priority: 2, minimum: 7), Table.Column("AFTER", priority: 4, minimum: 5),
      Table.Column("REPORTER", priority: 5, minimum: 8),
      Table.Column("ID", priority: 6, minimum: context.idLength),
      Table.Column("NAME", priority: 0, minimum: 10),
    ]
    if context.isWide {
      let more = [
        "RESULT AT", "RESULT BY", "REQUEST REASON", "RESULT REASON", "REQUEST POSITION", "RESULT POSITION",
      ]
      columns += more.enumerated().map { Table.Column($1, priority: 7 + $0) }
    }
    return columns
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    var cells: [Table.Cell] = [
      request.map { Table.Cell(Self.time($0)) } ?? Table.Cell("no request", .bad),
      Table.Cell(request.map { $0.actor ?? "unknown" }),
      Table.Cell(result?.kind.label ?? "none yet", result?.kind == .deleted ? .plain : .bad),
      Table.Cell(duration.map { HumanText.duration(microseconds: $0) }),
      Table.Cell(result.map { $0.reporter ?? "unknown" }),
      Table.Cell(String(id.description.prefix(context.idLength)), .faint), Table.Cell(name),
    ]
    if context.isWide {
      cells += [
        Table.Cell(result.map(Self.time)), Table.Cell(result.map { $0.actor ?? "unknown" }),
        Table.Cell(request?.reason), Table.Cell(result?.reason),
        Table.Cell(request.map { String($0.position) }), Table.Cell(result.map { String($0.position) }),
      ]
    }
    return cells
  }

  private static func time(_ event: Event) -> String {
    (event.timeIsBound ? "≤" : "") + HumanText.time(event.occurredAt)
  }

  package static var csvTitles: [String] {
    ["id", "name"] + titles("request") + ["result"] + titles("result") + ["secondsBetween"]
  }

  private static func titles(_ of: String) -> [String] {
    ["Position", "At", "TimeBound", "Recorded", "By", "Reporter", "Reason"].map { of + $0 }
  }

  package func write(to csv: inout CSVWriter) {
    csv.field(id)
    csv.field(name)
    Self.write(request, to: &csv)
    csv.field(result?.kind.cloudEventType)
    Self.write(result, to: &csv)
    var seconds = JSONWriter()
    if let duration { seconds.seconds(ofMicroseconds: duration) }
    csv.field(String(decoding: seconds.bytes, as: UTF8.self))
    csv.endRecord()
  }

  private static func write(_ event: Event?, to csv: inout CSVWriter) {
    csv.field(event?.position)
    csv.field(event?.occurredAt)
    csv.field(event?.timeIsBound == true ? "atOrBefore" : nil)
    csv.field(event?.recordedAt)
    csv.field(event.map { $0.actor ?? "unknown" })
    csv.field(event.map { $0.reporter ?? "unknown" })
    csv.field(event?.reason)
  }

  /// Writes the workload, the whole events of the request and of the result, and the seconds between them.
  package func write(to json: inout JSONWriter) {
    json.object {
      $0.field("id", id)
      $0.field("name", name)
      if let request {
        $0.key("request")
        request.write(to: &$0)
      }
      if let result {
        $0.key("result")
        result.write(to: &$0)
      }
      if let duration { $0.field("secondsBetween", secondsOf: duration) }
    }
  }
}
