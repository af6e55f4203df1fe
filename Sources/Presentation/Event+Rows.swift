package import Ledger
import WorkloadModel

extension Event: Presentable {
  package static func columns(_ context: RowContext) -> [Table.Column] {
    var columns: [Table.Column] = [
      Table.Column("POSITION", priority: 2, minimum: 8, numeric: true),
      Table.Column("TIME", priority: 1, minimum: 20),
      Table.Column("EVENT", priority: 0, minimum: 10),
      Table.Column("WORKLOAD", priority: 3, minimum: context.idLength),
      Table.Column("ACTOR", priority: 4, minimum: 6),
      Table.Column("PROJECT", priority: 8, minimum: 7, optional: true),
      Table.Column("DETAIL", priority: 5, minimum: 10),
    ]
    if context.isWide {
      let more = ["REPORTER", "RECORDED", "VERSION", "SOURCE", "EVENT ID"]
      columns += more.enumerated().map { Table.Column($1, priority: 10 + $0) }
    }
    return columns
  }

  package func cells(_ context: RowContext) -> [Table.Cell] {
    var cells: [Table.Cell] = [
      Table.Cell(String(position), .faint),
      Table.Cell((timeIsBound ? "≤" : "") + HumanText.time(occurredAt)),
      Table.Cell(kind.label, style),
      Table.Cell(subject.map { String($0.description.prefix(context.idLength)) }, .faint),
      Table.Cell(actor ?? "unknown"),
      Table.Cell(project),
      Table.Cell(detailText),
    ]
    if context.isWide {
      cells += [
        Table.Cell(reporter ?? "unknown"), Table.Cell(HumanText.time(recordedAt)),
        Table.Cell(version == 0 ? "" : String(version)), Table.Cell(source), Table.Cell(id),
      ]
    }
    return cells
  }

  private var style: Style {
    if !isApplied { return .bad }
    switch kind {
    case .actionRefused, .failed, .deleteFailed: return .bad
    case .completed: return .good
    case .started: return .busy
    case .queued: return .waiting
    default: return .plain
    }
  }

  /// What only this event says, in a few words.
  package var detailText: String {
    var parts: [String] = []
    if let anomaly { parts.append("not applied (\(anomaly.label))") }
    if isImplied { parts.append("implied") }
    switch detail {
    case .none: break
    case .created(let creation):
      let words = [creation.name, creation.type?.label, HumanText.resources(creation.resources)]
      parts.append(words.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", "))
    case .refused(let command): parts.append("\(command.command)")
    case .member(let member): parts.append(member)
    case .quota(let owner, let limits): parts.append("\(owner): \(limits.text)")
    }
    if let reason { parts.append(reason) }
    return parts.filter { !$0.isEmpty }.joined(separator: ": ")
  }

  package static var csvTitles: [String] {
    [
      "position", "id", "source", "type", "subject", "time", "timeBound", "recordedtime", "actor", "reporter",
      "project", "version", "applied", "anomaly", "observed", "implied", "reason", "command", "member",
      "name",
      "workloadType", "cluster", "owner", "cpuMillicores", "memoryBytes", "gpuMilli", "url", "sourceID",
      "labels",
    ]
  }

  package func write(to csv: inout CSVWriter) {
    csv.field(position)
    csv.field(id)
    csv.field(source)
    csv.field(kind.cloudEventType)
    csv.field(subject)
    csv.field(occurredAt)
    csv.field(timeIsBound ? "atOrBefore" : nil)
    csv.field(recordedAt)
    csv.field(actor ?? "unknown")
    csv.field(reporter ?? "unknown")
    csv.field(project)
    csv.field(version)
    csv.field(isApplied ? "true" : "false")
    csv.field(anomaly?.label)
    csv.field(isObserved ? "true" : "false")
    csv.field(isImplied ? "true" : nil)
    csv.field(reason)
    writeDetail(to: &csv)
    csv.endRecord()
  }

  private func writeDetail(to csv: inout CSVWriter) {
    var command: String?
    var member: String?
    var creation: Creation?
    var quota: (owner: String, limits: QuotaLimits)?
    switch detail {
    case .none: break
    case .created(let created): creation = created
    case .refused(let kind): command = kind.cloudEventType
    case .member(let name): member = name
    case .quota(let owner, let limits): quota = (owner, limits)
    }
    csv.field(command)
    csv.field(member)
    csv.field(creation?.name)
    csv.field(creation?.type?.label)
    csv.field(creation?.cluster)
    csv.field(creation?.owner ?? quota?.owner)
    csv.field(creation?.resources.cpuMillicores ?? quota?.limits.cpuMillicores)
    csv.field(creation?.resources.memoryBytes ?? quota?.limits.memoryBytes)
    csv.field(creation?.resources.gpuMilli ?? quota?.limits.gpuMilli)
    csv.field(creation?.url)
    csv.field(creation?.sourceID)
    csv.field(creation.flatMap { labelsText($0.labels) })
  }
}

extension QuotaLimits {
  /// `8 CPU, 64Gi, 2 GPU`, or `no limit`.
  package var text: String {
    var parts: [String] = []
    if let cpuMillicores { parts.append(Quantity.text(thousandths: cpuMillicores) + " CPU") }
    if let memoryBytes { parts.append(Quantity.text(bytes: memoryBytes)) }
    if let gpuMilli { parts.append(Quantity.text(thousandths: gpuMilli) + " GPU") }
    return parts.isEmpty ? "no limit" : parts.joined(separator: ", ")
  }
}
