import Ledger
import WorkloadModel

/// Addresses of pages, with their filters in them.
enum PageAddress {
  /// The workloads of a project, without filters.
  static func workloads(of project: String) -> String {
    "/projects/\(PercentCoding.encode(project))/workloads"
  }

  /// The same with the filters and the moment of a query, at the page of a token; with a notice that a workload was
  /// queued for deletion, where it was.
  static func workloads(_ query: WorkloadQuery, pageToken: String?, queued: WorkloadID? = nil) -> String {
    workloads(of: query.project)
      + text(parameters(query) + [("pageToken", pageToken), ("queued", queued?.description)])
  }

  /// The filters and the moment of a query, as they stand in an address; those that are not set are nil.
  static func parameters(_ query: WorkloadQuery) -> [(name: String, value: String?)] {
    var parameters: [(name: String, value: String?)] = [
      ("name", query.name), ("owner", query.owner), ("cluster", query.cluster),
    ]
    for type in WorkloadType.allCases where query.types.contains(type) {
      parameters.append(("type", type.label))
    }
    for status in WorkloadStatus.allCases where query.statuses.contains(status) {
      parameters.append(("status", status.label))
    }
    if query.includesDeleted { parameters.append(("all", "true")) }
    parameters += moment(query.moment)
    if query.limit != WorkloadQuery(project: "").limit { parameters.append(("limit", String(query.limit))) }
    return parameters
  }

  /// A workload at a moment.
  static func workload(_ id: WorkloadID, at moment: Moment = Moment()) -> String {
    "/workloads/\(id)" + text(Self.moment(moment))
  }

  /// Where the deletion of a workload is asked for, with the filters of the list to go back to.
  static func deletion(of id: WorkloadID, from query: WorkloadQuery? = nil) -> String {
    let back = query.map { text(parameters($0)).dropFirst() } ?? ""
    return "/workloads/\(id)/delete" + text([("back", back.isEmpty ? nil : String(back))])
  }

  /// What proves the timeline of a workload, as a page.
  static func evidence(for id: WorkloadID) -> String { "/workloads/\(id)/evidence" }

  /// The same as a document.
  static func proof(of id: WorkloadID) -> String { "/api/v1/workloads/\(id)/proof" }

  /// The feed of a project's events behind a position.
  static func stream(of project: String, after position: UInt64) -> String {
    "/api/v1/events/stream" + text([("project", project), ("lastEventId", String(position))])
  }

  /// A moment as it is typed; nil where nothing is.
  static func asOf(_ moment: Moment) -> String? {
    switch moment.asOf {
    case nil: nil
    case .position(let position): String(position)
    case .recorded(let time): time.rfc3339
    case .checkpoint(let size, _): String(size)
    }
  }

  private static func moment(_ moment: Moment) -> [(name: String, value: String?)] {
    [("asOf", asOf(moment)), ("at", moment.at?.rfc3339)]
  }

  private static func text(_ parameters: [(name: String, value: String?)]) -> String {
    let parts = parameters.compactMap { name, value in value.map { name + "=" + PercentCoding.encode($0) } }
    return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
  }
}
