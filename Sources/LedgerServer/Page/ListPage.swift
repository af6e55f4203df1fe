import Ledger
import Presentation
import WorkloadModel

/// The page of a project's workloads.
struct ListPage {
  var page: WorkloadPage
  var query: WorkloadQuery
  /// Who looks at it.
  var identity: Identity
  /// What was just queued for deletion, by its name.
  var queued: String?
  /// The end of the log when the status was read.
  var lastPosition: UInt64
  /// When the status was read.
  var readAt: Timestamp
  /// Up to when what runs has run: now, or the moment that was asked for.
  var end: Timestamp

  var values: PageValues {
    let path = PageAddress.workloads(of: query.project)
    var values: PageValues = [
      "title": "Workloads of \(query.project)", "project": query.project, "path": path,
      "place": [["text": query.project]], "tabs": PageText.tabs(query.project, .workloads), "filter": filter,
      "summary": summary,
      "refresh": PageAddress.workloads(query, pageToken: query.pageToken),
      "types": WorkloadType.allCases.map {
        ["label": $0.label, "isOn": query.types.contains($0)] as PageValues
      },
      "statuses": WorkloadStatus.allCases.map {
        ["label": $0.label, "isOn": query.statuses.contains($0)] as PageValues
      },
      "slider": slider, "stream": PageAddress.stream(of: query.project, after: lastPosition),
      "hasRows": !page.items.isEmpty, "rows": page.items.map(row),
    ]
    values["readAt"] = PageText.time(readAt)
    if let queued { values["notice"] = ["text": "Queued for deletion:", "name": queued] }
    if query.pageToken != nil { values["first"] = PageAddress.workloads(query, pageToken: nil) }
    if let token = page.nextPageToken { values["next"] = PageAddress.workloads(query, pageToken: token) }
    var present = query
    present.moment = Moment()
    let now = PageAddress.workloads(present, pageToken: nil)
    values["past"] = PageText.past(query.moment, asOf: query.moment.isNow ? nil : page.asOf, now: now)
    return values
  }

  private var summary: String {
    let total = HumanText.count(page.total, "workload")
    if page.total == 0 {
      return query == WorkloadQuery(project: query.project) ? "No workloads" : "None match"
    }
    return page.items.count == page.total ? total : "\(HumanText.number(page.items.count)) of \(total)"
  }

  private var filter: PageValues {
    let types = WorkloadType.allCases.filter(query.types.contains).map(\.label)
    let statuses = WorkloadStatus.allCases.filter(query.statuses.contains).map(\.label)
    let all = query.includesDeleted ? "all" : "all but Deleted"
    var values: PageValues = [
      "name": query.name ?? "", "owner": query.owner ?? "", "cluster": query.cluster ?? "",
      "all": query.includesDeleted,
      "typeText": types.isEmpty ? "all" : types.joined(separator: ", "),
      "statusText": statuses.isEmpty ? all : statuses.joined(separator: ", "),
      "momentText": query.moment.isNow ? "now" : "the past",
    ]
    values.merge(PageText.fields(query.moment)) { $1 }
    return values
  }

  /// Where the slider stands. The filters go with it; a page's token is of its moment and does not.
  private var slider: PageValues {
    var rest = query
    rest.moment.asOf = nil
    let position = page.asOf ?? lastPosition
    let time = position == lastPosition ? "Now" : PageText.words(end)
    return [
      "last": lastPosition, "position": position, "text": "\(time), position \(HumanText.number(position))",
      "kept": PageAddress.parameters(rest).compactMap { parameter -> PageValues? in
        parameter.value.map { ["name": parameter.name, "value": $0] }
      },
    ]
  }

  private func row(_ workload: Workload) -> PageValues {
    var values: PageValues = [
      "id": workload.id.description,
      "address": PageAddress.workload(workload.id, at: query.moment), "name": workload.name,
      "type": workload.type?.label ?? "", "status": workload.status.label,
      "statusClass": PageText.styleClass(workload.status), "cluster": workload.cluster ?? "",
      "owner": workload.owner ?? "", "cpu": Quantity.text(thousandths: workload.resources.cpuMillicores),
      "memory": Quantity.text(bytes: workload.resources.memoryBytes),
      "gpu": Quantity.text(thousandths: workload.resources.gpuMilli),
      "runTime": PageText.runTime(workload, now: end) ?? "",
    ]
    values["created"] = PageText.time(workload.createdAt)
    values["workspace"] = PageText.workspace(workload)
    if DeletePage.isOffered(workload, at: query.moment, to: identity) {
      values["delete"] = PageAddress.deletion(of: workload.id, from: query)
    }
    return values
  }
}
