package import Ledger
import WorkloadModel

extension AccessToken: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    [
      Table.Column("ID", priority: 0, minimum: 8), Table.Column("USER", priority: 1, minimum: 8),
      Table.Column("ROLE", priority: 2, minimum: 8), Table.Column("CLUSTER", priority: 5, minimum: 6),
      Table.Column("ISSUED", priority: 4, minimum: 20), Table.Column("EXPIRES", priority: 3, minimum: 20),
    ]
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    [
      Table.Cell(id), Table.Cell(subject), Table.Cell(role.word), Table.Cell(role.cluster ?? ""),
      Table.Cell(HumanText.time(issuedAt)), Table.Cell(HumanText.time(expiresAt)),
    ]
  }

  package static var csvTitles: [String] { ["id", "user", "role", "cluster", "issuedAt", "expiresAt"] }

  package func write(to csv: inout CSVWriter) {
    csv.field(id)
    csv.field(subject)
    csv.field(role.word)
    csv.field(role.cluster)
    csv.field(issuedAt)
    csv.field(expiresAt)
    csv.endRecord()
  }

  /// Writes whose token it is and until when: `schemas/token.json`.
  package func write(to json: inout JSONWriter) { json.object { writeFields(to: &$0) } }

  /// The same with the token itself, for the one time that it is shown.
  package func write(text: String, to json: inout JSONWriter) {
    json.object {
      writeFields(to: &$0)
      $0.field("token", text)
    }
  }

  private func writeFields(to json: inout JSONWriter) {
    json.field("id", id)
    json.field("user", subject)
    json.field("role", role.word)
    json.field("cluster", role.cluster)
    json.field("issuedAt", issuedAt)
    json.field("expiresAt", expiresAt)
  }
}
