import Hummingbird
import Ledger
import WorkloadModel

/// Reads the parameters that several routes share.
extension Query {
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
    if let text = try one("at") {
      guard let time = Timestamp(rfc3339: text) else {
        throw Problem(
          .badParameter, "'at' is a time in RFC 3339 (2023-07-01T08:30:00Z), not '\(text.prefix(40))'",
          parameter: "at")
      }
      moment.at = time
    }
    return moment
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
    guard let text = PercentCoding.decode(raw[...]), let id = WorkloadID(text) else {
      throw Problem(
        .badParameter, "'\(raw.prefix(40))' is no id of a workload; an id is a UUID of 36 characters",
        parameter: "id")
    }
    return id
  }
}
