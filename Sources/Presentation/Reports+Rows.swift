package import Ledger
import WorkloadModel

extension PendingDeletion: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    [
      Table.Column("REQUESTED", priority: 2, minimum: 20), Table.Column("BY", priority: 1, minimum: 6),
      Table.Column("ID", priority: 3, minimum: context.idLength),
      Table.Column("NAME", priority: 0, minimum: 12),
      Table.Column("TYPE", priority: 6, minimum: 8), Table.Column("STATUS", priority: 4, minimum: 9),
      Table.Column("REQUESTS", priority: 7, minimum: 3, numeric: true, optional: true),
      Table.Column("REASON", priority: 8, minimum: 8, optional: true),
    ]
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    [
      Table.Cell(HumanText.time(requestedAt)), Table.Cell(requestedBy ?? "unknown"),
      Table.Cell(String(workload.id.description.prefix(context.idLength)), .faint), Table.Cell(workload.name),
      Table.Cell(workload.type?.label), Table.Cell(workload.status.label, Style.of(workload.status)),
      Table.Cell(String(attempts)), Table.Cell(workload.statusReason),
    ]
  }

  package static var csvTitles: [String] { ["requestedAt", "requestedBy", "attempts"] + Workload.csvTitles }

  package func write(to csv: inout CSVWriter) {
    csv.field(requestedAt)
    csv.field(requestedBy ?? "unknown")
    csv.field(attempts)
    workload.write(to: &csv)
  }
}

extension QuotaStatus: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    [
      Table.Column("OWNER", priority: 0, minimum: 8), Table.Column("CPU", priority: 1, minimum: 6),
      Table.Column("MEMORY", priority: 2, minimum: 6), Table.Column("GPU", priority: 3, minimum: 6),
      Table.Column("RUNNING", priority: 4, minimum: 3, numeric: true, optional: true),
    ]
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    [
      Table.Cell(owner), cell(held.cpuMillicores, limits.cpuMillicores, Quantity.text(thousandths:)),
      cell(held.memoryBytes, limits.memoryBytes, Quantity.text(bytes:)),
      cell(held.gpuMilli, limits.gpuMilli, Quantity.text(thousandths:)), Table.Cell(String(running)),
    ]
  }

  private func cell(_ held: Int64, _ limit: Int64?, _ text: (Int64) -> String) -> Table.Cell {
    Table.Cell(HumanText.use(held, of: limit, text), held > limit ?? .max ? .bad : .plain)
  }

  package static var csvTitles: [String] {
    [
      "project", "owner", "cpuMillicoresHeld", "cpuMillicoresLimit", "memoryBytesHeld", "memoryBytesLimit",
      "gpuMilliHeld", "gpuMilliLimit", "running",
    ]
  }

  package func write(to csv: inout CSVWriter) {
    csv.field(project)
    csv.field(owner)
    csv.field(held.cpuMillicores)
    csv.field(limits.cpuMillicores)
    csv.field(held.memoryBytes)
    csv.field(limits.memoryBytes)
    csv.field(held.gpuMilli)
    csv.field(limits.gpuMilli)
    csv.field(running)
    csv.endRecord()
  }
}

extension ProjectStatus: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    [
      Table.Column("PROJECT", priority: 0, minimum: 10),
      Table.Column("WORKLOADS", priority: 1, minimum: 9, numeric: true),
      Table.Column("CREATED", priority: 4, minimum: 20, optional: true),
      Table.Column("BY", priority: 3, minimum: 6, optional: true),
      Table.Column("MEMBERS", priority: 2, minimum: 8),
    ]
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    [
      Table.Cell(name), Table.Cell(String(workloads)), Table.Cell(HumanText.time(createdAt)),
      Table.Cell(createdBy ?? "unknown"), Table.Cell(memberText(isWide: context.isWide)),
    ]
  }

  /// A project may have hundreds; a few say enough where not all were asked for.
  private func memberText(isWide: Bool) -> String {
    let shown = isWide || members.count <= 5 ? members[...] : members.prefix(3)
    let rest = members.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  package static var csvTitles: [String] { ["name", "workloads", "members", "createdAt", "createdBy"] }

  package func write(to csv: inout CSVWriter) {
    csv.field(name)
    csv.field(workloads)
    var json = JSONWriter()
    json.array { array in for member in members { array.string(member) } }
    csv.field(String(decoding: json.bytes, as: UTF8.self))
    csv.field(createdAt)
    csv.field(createdBy)
    csv.endRecord()
  }
}
