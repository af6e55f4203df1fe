package import Evidence
package import WorkloadModel

/// What a witness has seen last of a log.
package struct WitnessedLog: Sendable {
  package var name: String
  package var head: TreeHead
  /// When it was cosigned.
  package var time: Timestamp

  package init(name: String, record: WitnessRecord) {
    self.name = name
    head = record.head
    let latest = UInt64(Timestamp.latest.microseconds / 1_000_000)
    time = Timestamp(microseconds: Int64(min(record.time, latest)) * 1_000_000)
  }
}

extension WitnessedLog: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    [
      Table.Column("LOG", priority: 0, minimum: 10), Table.Column("RECORDS", priority: 1, numeric: true),
      Table.Column("COSIGNED", priority: 2, minimum: 20), Table.Column("ROOT", priority: 3, minimum: 8),
    ]
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    [
      Table.Cell(name), Table.Cell(String(head.size)), Table.Cell(HumanText.time(time)),
      Table.Cell(head.root.base64, .faint),
    ]
  }

  package static var csvTitles: [String] { ["log", "size", "cosignedAt", "root"] }

  package func write(to csv: inout CSVWriter) {
    csv.field(name)
    csv.field(head.size)
    csv.field(time)
    csv.field(head.root.base64)
    csv.endRecord()
  }

  package func write(to json: inout JSONWriter) {
    json.object {
      $0.field("log", name)
      $0.field("size", head.size)
      $0.field("cosignedAt", time)
      $0.field("root", head.root.base64)
    }
  }
}
