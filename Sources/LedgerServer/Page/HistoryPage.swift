import Ledger
import Presentation
import WorkloadModel

/// The page of a project's history: who did what, newest first.
struct HistoryPage {
  /// Events of a page.
  static let limit = 50

  var project: String
  var query: HistoryQuery
  var slice: HistorySlice
  /// Names of the workloads that the events are about.
  var names: [WorkloadID: String]
  /// When the events were read.
  var readAt: Timestamp

  var values: PageValues {
    var values: PageValues = [
      "title": "History of \(project)", "project": project, "path": PageAddress.page(.history, of: project),
      "place": PageText.place(project, .history), "tabs": PageText.tabs(project, .history),
      "filter": filter, "summary": summary, "refresh": PageAddress.history(query, to: query.to),
      "csv": PageAddress.historyCSV(query),
      "actions": EventKind.allCases.map {
        ["label": $0.label, "isOn": query.kinds.contains($0)] as PageValues
      },
      "types": WorkloadType.allCases.map {
        ["label": $0.label, "isOn": query.types.contains($0)] as PageValues
      },
      "hasRows": !slice.events.isEmpty, "rows": slice.events.map(row),
    ]
    values["readAt"] = PageText.time(readAt)
    if query.to != nil { values["newest"] = PageAddress.history(query, to: nil) }
    if let next = slice.next { values["older"] = PageAddress.history(query, to: next) }
    return values
  }

  private var summary: String {
    guard let first = slice.events.first, let last = slice.events.last else { return "None match" }
    let positions = "position \(HumanText.number(first.position))"
    if slice.events.count == 1 { return "1 event, \(positions)" }
    return "\(slice.events.count) events, \(positions) down to \(HumanText.number(last.position))"
  }

  private var filter: PageValues {
    let actions = EventKind.allCases.filter(query.kinds.contains).map(\.label)
    let types = WorkloadType.allCases.filter(query.types.contains).map(\.label)
    return [
      "actor": query.actor ?? "", "name": query.name ?? "", "workload": query.workload?.description ?? "",
      "since": query.since?.rfc3339 ?? "", "until": query.until?.rfc3339 ?? "",
      "actionText": actions.isEmpty ? "all" : actions.joined(separator: ", "),
      "typeText": types.isEmpty ? "all" : types.joined(separator: ", "),
    ]
  }

  private func row(_ event: Event) -> PageValues {
    var values = PageText.row(event)
    if let id = event.subject, let name = names[id] {
      values["workload"] = ["name": name, "address": PageAddress.workload(id)]
    }
    return values
  }
}
