package import Ledger
import WorkloadModel

extension Workload: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    let common: [Table.Column] = [
      Table.Column("ID", priority: 3, minimum: context.idLength),
      Table.Column("NAME", priority: 0, minimum: 14),
      Table.Column("TYPE", priority: 5, minimum: 8),
      Table.Column("STATUS", priority: 1, minimum: 12),
      Table.Column("CLUSTER", priority: 4, minimum: 5),
      Table.Column("RESOURCES", priority: 2, minimum: 12),
      Table.Column("OWNER", priority: 8, minimum: 6, optional: true),
      Table.Column("CREATED", priority: 9, minimum: 20, optional: true),
    ]
    guard context.isWide else { return common }
    let more = [
      "CREATED BY", "QUEUED", "STARTED", "FINISHED", "DELETED", "DELETED BY", "ATTEMPT", "VERSION", "REASON",
    ]
    return common + more.enumerated().map { Table.Column($1, priority: 10 + $0) }
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    let common: [Table.Cell] = [
      Table.Cell(String(id.description.prefix(context.idLength)), .faint),
      Table.Cell(name),
      Table.Cell(type?.label),
      Table.Cell(status.label, Style.of(status)),
      Table.Cell(cluster),
      Table.Cell(HumanText.resources(resources)),
      Table.Cell(owner),
      Table.Cell(HumanText.time(createdAt)),
    ]
    guard context.isWide else { return common }
    return common + [
      Table.Cell(createdBy), Table.Cell(HumanText.time(queuedAt)), Table.Cell(HumanText.time(startedAt)),
      Table.Cell(HumanText.time(finishedAt)), Table.Cell(HumanText.time(deletedAt)), Table.Cell(deletedBy),
      Table.Cell(String(attempt)), Table.Cell(String(version)), Table.Cell(statusReason),
    ]
  }

  package static var csvTitles: [String] {
    [
      "id", "name", "type", "status", "statusReason", "project", "cluster", "owner", "cpuMillicores",
      "memoryBytes", "gpuMilli", "url", "labels", "sourceID", "attempt", "version", "createdAt", "createdBy",
      "queuedAt", "startedAt", "finishedAt", "deleteRequestedAt", "deleteRequestedBy", "deletedAt",
      "deletedBy", "lastPosition",
    ]
  }

  package func write(to csv: inout CSVWriter) {
    csv.field(id)
    csv.field(name)
    csv.field(type?.label)
    csv.field(status.label)
    csv.field(statusReason)
    csv.field(project)
    csv.field(cluster)
    csv.field(owner)
    csv.field(resources.cpuMillicores)
    csv.field(resources.memoryBytes)
    csv.field(resources.gpuMilli)
    csv.field(url)
    csv.field(labelsText(labels))
    csv.field(sourceID)
    csv.field(attempt)
    csv.field(version)
    csv.field(createdAt)
    csv.field(createdBy)
    csv.field(queuedAt)
    csv.field(startedAt)
    csv.field(finishedAt)
    csv.field(deleteRequestedAt)
    csv.field(deleteRequestedBy)
    csv.field(deletedAt)
    csv.field(deletedBy)
    csv.field(lastPosition)
    csv.endRecord()
  }
}

/// The labels as a JSON object, which keeps every key and value exact in one field; nil where there are none.
func labelsText(_ labels: [Workload.Label]) -> String? {
  guard !labels.isEmpty else { return nil }
  var json = JSONWriter()
  json.object { object in
    for label in labels {
      object.key(label.key)
      object.string(label.value)
    }
  }
  return String(decoding: json.bytes, as: UTF8.self)
}
