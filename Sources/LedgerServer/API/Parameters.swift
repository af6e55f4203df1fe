import Hummingbird
import Ledger
import WorkloadModel

/// Reads the parameters that several routes share.
extension Query {
  /// The moment of an address that has no other parameters.
  static func moment(of request: Request, dropsEmpty: Bool = false) throws(Problem) -> Moment {
    var parameters = try Query(request.uri.query, dropsEmpty: dropsEmpty)
    let moment = try parameters.moment()
    try parameters.finish()
    return moment
  }

  /// `asOf`, a position or a recorded time, and `at`, a time.
  mutating func moment() throws(Problem) -> Moment {
    var moment = Moment()
    if let text = try one("asOf") {
      if Self.isDecimal(text), let position = UInt64(text), position <= Self.maxPosition {
        moment.asOf = .position(position)
      } else if let time = Timestamp(rfc3339: text) {
        moment.asOf = .recorded(time)
      } else {
        throw Problem(
          .badParameter,
          "'asOf' is a position or a time in RFC 3339 (2023-07-01T08:30:00Z), not '\(text.prefix(40))'",
          parameter: "asOf")
      }
    }
    moment.at = try time("at")
    return moment
  }

  /// A time, or the midnight that a date begins with.
  mutating func time(_ name: String) throws(Problem) -> Timestamp? {
    guard let text = try one(name) else { return nil }
    guard let time = Timestamp(rfc3339: text) else {
      throw Problem(
        .badParameter, "'\(name)' is a time in RFC 3339 (2023-07-01T08:30:00Z), not '\(text.prefix(40))'",
        parameter: name)
    }
    return time
  }

  /// A workload's id.
  mutating func workload(_ name: String) throws(Problem) -> WorkloadID? {
    guard let text = try one(name) else { return nil }
    return try Self.workload(text, name)
  }

  /// The id that a text is.
  static func workload(_ text: String, _ name: String) throws(Problem) -> WorkloadID {
    guard let id = WorkloadID(text) else {
      throw Problem(
        .badParameter, "'\(text.prefix(40))' is no id of a workload; an id is a UUID of 36 characters",
        parameter: name)
    }
    return id
  }

  /// The filters and the page of a list of workloads.
  mutating func workloads(of project: String) throws(Problem) -> WorkloadQuery {
    var query = WorkloadQuery(project: project)
    query.name = try text("name")
    query.types = try words("type", WorkloadType.init(input:), labels: WorkloadType.allCases.map(\.label))
    query.statuses = try words(
      "status", WorkloadStatus.init(input:), labels: WorkloadStatus.allCases.map(\.label))
    query.owner = try text("owner")
    query.cluster = try text("cluster")
    query.includesDeleted = try flag("all")
    if let limit = try number("limit", 1...1000) { query.limit = Int(limit) }
    query.pageToken = try one("pageToken")
    query.moment = try moment()
    return query
  }

  /// The filters and the page of a project's history.
  mutating func history(of project: String, limit: Int) throws(Problem) -> HistoryQuery {
    var query = HistoryQuery()
    query.project = project
    query.workload = try workload("workload")
    query.actor = try text("actor")
    query.kinds = try words("action", EventKind.init(input:), labels: EventKind.allCases.map(\.label))
    query.types = try words("type", WorkloadType.init(input:), labels: WorkloadType.allCases.map(\.label))
    query.name = try text("name")
    query.since = try time("since")
    query.until = try time("until")
    query.from = try number("from", 1...Self.maxPosition) ?? 1
    query.to = try number("to", 1...Self.maxPosition)
    query.limit = Int(try number("limit", 1...1000) ?? UInt64(limit))
    return query
  }

  /// The largest position that JSON readers with doubles read exactly (RFC 8259 section 6).
  static let maxPosition: UInt64 = 9_007_199_254_740_991
}

/// Reads the parameters of a path.
enum PathParameter {
  /// The project's name.
  static func project(_ context: ServerContext) throws(Problem) -> String {
    let raw = context.parameters.get("project") ?? ""
    guard let name = PercentCoding.decode(raw[...]) else {
      throw Problem(
        .badParameter, "the project's name is not percent-encoded UTF-8", parameter: "project")
    }
    return try Query.checked(name, "project")
  }

  /// The user's name.
  static func user(_ context: ServerContext) throws(Problem) -> String {
    let raw = context.parameters.get("user") ?? ""
    guard let name = PercentCoding.decode(raw[...]) else {
      throw Problem(.badParameter, "the user's name is not percent-encoded UTF-8", parameter: "user")
    }
    return try Query.checked(name, "user")
  }

  /// The workload's id.
  static func workload(_ context: ServerContext) throws(Problem) -> WorkloadID {
    let raw = context.parameters.get("id") ?? ""
    if let id = WorkloadID(raw) { return id }
    guard let text = PercentCoding.decode(raw[...]), let id = WorkloadID(text) else {
      throw Problem(
        .badParameter, "'\(raw.prefix(40))' is no id of a workload; an id is a UUID of 36 characters",
        parameter: "id")
    }
    return id
  }
}
