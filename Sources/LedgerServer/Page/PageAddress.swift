import Ledger
import WorkloadModel

/// Addresses of pages, with their filters in them.
enum PageAddress {
  /// The workloads of a project, without filters.
  static func workloads(of project: String) -> String {
    "/projects/\(PercentCoding.encode(project))/workloads"
  }

  /// The same with the filters and the moment of a query, at the page of a token.
  static func workloads(_ query: WorkloadQuery, pageToken: String?) -> String {
    var parameters: [(String, String?)] = [
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
    parameters.append(("pageToken", pageToken))
    return workloads(of: query.project) + text(parameters)
  }

  /// A workload at a moment.
  static func workload(_ id: WorkloadID, at moment: Moment = Moment()) -> String {
    "/workloads/\(id)" + text(Self.moment(moment))
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

  private static func moment(_ moment: Moment) -> [(String, String?)] {
    [("asOf", asOf(moment)), ("at", moment.at?.rfc3339)]
  }

  private static func text(_ parameters: [(String, String?)]) -> String {
    let parts = parameters.compactMap { name, value in value.map { name + "=" + PercentCoding.encode($0) } }
    return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
  }
}
