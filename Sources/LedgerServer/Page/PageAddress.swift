import Ledger
import WorkloadModel

/// Addresses of pages, with their filters in them.
enum PageAddress {
  /// The pages of a project, in the order of their tabs. The raw values stand in addresses.
  enum ProjectPage: String, CaseIterable {
    case workloads, history, deletions, charts

    /// The word on its tab.
    var title: String {
      switch self {
      case .workloads: "Workloads"
      case .history: "History"
      case .deletions: "Deletion queue"
      case .charts: "Charts"
      }
    }
  }

  /// A page of a project, without filters.
  static func page(_ page: ProjectPage, of project: String) -> String {
    "/projects/\(PercentCoding.encode(project))/\(page.rawValue)"
  }

  /// The workloads of a project, without filters.
  static func workloads(of project: String) -> String { page(.workloads, of: project) }

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

  /// A project's history with the filters of a query, from a position down.
  static func history(_ query: HistoryQuery, to position: UInt64?) -> String {
    var parameters = filters(query)
    parameters.append(("to", position.map { String($0) }))
    if let limit = query.limit, limit != HistoryPage.limit { parameters.append(("limit", String(limit))) }
    return page(.history, of: query.project ?? "") + text(parameters)
  }

  /// The newest events of the same history, as CSV.
  static func historyCSV(_ query: HistoryQuery) -> String {
    let all: [(String, String?)] = [("reverse", "true"), ("limit", "1000"), ("format", "csv")]
    return "/api/v1" + page(.history, of: query.project ?? "") + text(filters(query) + all)
  }

  private static func filters(_ query: HistoryQuery) -> [(String, String?)] {
    var parameters: [(String, String?)] = [
      ("actor", query.actor), ("name", query.name), ("workload", query.workload?.description),
      ("since", query.since?.rfc3339), ("until", query.until?.rfc3339),
    ]
    for kind in EventKind.allCases where query.kinds.contains(kind) {
      parameters.append(("action", kind.label))
    }
    for type in WorkloadType.allCases where query.types.contains(type) {
      parameters.append(("type", type.label))
    }
    if query.from > 1 { parameters.append(("from", String(query.from))) }
    return parameters
  }

  /// A project's charts of so many days, up to a time or up to now.
  static func charts(of project: String, days: Int, until: Timestamp?) -> String {
    page(.charts, of: project) + text([("days", String(days)), ("until", until?.rfc3339)])
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
