public import Ledger
import WorkloadModel

extension WorkloadDetails {
  /// Appends every field, each step with when, by whom and reported by whom, the time in each status, and the
  /// whole timeline.
  public func writeText(to bytes: inout [UInt8], _ appearance: Appearance) {
    fields.write(to: &bytes, appearance)
    if !timePerStatus.isEmpty {
      bytes.append(UInt8(ascii: "\n"))
      append("Time per status", .strong, colour: appearance.hasColour, to: &bytes)
      bytes.append(UInt8(ascii: "\n"))
      var list = FieldList()
      for entry in timePerStatus {
        list.add("  " + entry.status.label, HumanText.duration(microseconds: entry.microseconds))
      }
      list.write(to: &bytes, appearance)
    }
    bytes.append(UInt8(ascii: "\n"))
    append("Timeline", .strong, colour: appearance.hasColour, to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
    var table = Table(TimelineRow.columns(isWide: appearance.isWide), appearance)
    table.write(timeline.map { TimelineRow.cells($0, isWide: appearance.isWide) }, to: &bytes)
  }

  private var fields: FieldList {
    var list = FieldList()
    list.add("ID", workload.id.description)
    list.add("Name", workload.name, .strong)
    list.add("Type", workload.type?.label ?? "unknown")
    list.add("Status", workload.status.label, Style.of(workload.status))
    list.add("Since", HumanText.time(workload.statusSince))
    list.add("Reason", workload.statusReason)
    list.add("Project", workload.project)
    list.add("Cluster", workload.cluster)
    list.add("Owner", workload.owner)
    list.add("Resources", HumanText.resources(workload.resources))
    list.add("Address", workload.url)
    list.add("Labels", workload.labels.map { "\($0.key)=\($0.value)" }.joined(separator: ", "))
    list.add("Source ID", workload.sourceID)
    list.add("Attempt", String(workload.attempt))
    list.add("Version", String(workload.version))
    for step in steps { list.add(step.label, step.text) }
    list.add("Last position", String(workload.lastPosition))
    return list
  }
}

/// A row of one workload's timeline: an event without what all of them share.
private enum TimelineRow {
  static func columns(isWide: Bool) -> [Table.Column] {
    [
      Table.Column("POSITION", priority: 3, minimum: 8, numeric: true),
      Table.Column("TIME", priority: 1, minimum: 20),
      Table.Column("EVENT", priority: 0, minimum: 10),
      Table.Column("ACTOR", priority: 2, minimum: 6),
      Table.Column("REPORTER", priority: 6, minimum: 8, optional: !isWide),
      Table.Column("DETAIL", priority: 4, minimum: 10),
    ]
  }

  static func cells(_ event: Event, isWide: Bool) -> [Table.Cell] {
    [
      Table.Cell(String(event.position), .faint),
      Table.Cell((event.timeIsBound ? "≤" : "") + HumanText.time(event.occurredAt)),
      Table.Cell(event.kind.label, event.isApplied && event.kind != .actionRefused ? .plain : .bad),
      Table.Cell(event.actor ?? "unknown"),
      Table.Cell(event.reporter ?? "unknown"),
      Table.Cell(event.detailText),
    ]
  }
}
