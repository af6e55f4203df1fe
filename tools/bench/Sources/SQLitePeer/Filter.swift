import Hummingbird
import SQLite
import WorkloadModel

/// What a list asks for.
struct Filter: Sendable {
  private let project: String
  private let type: WorkloadType?
  private let status: WorkloadStatus?
  private let owner, cluster, name: String?
  private let includesDeleted: Bool
  /// The row of the last workload of the page before.
  let below: Int64?

  init(project: String, _ parameters: Parameters) {
    self.project = project
    type = parameters.get("type").flatMap(WorkloadType.init(input:))
    status = parameters.get("status").flatMap(WorkloadStatus.init(input:))
    owner = parameters.get("owner")
    cluster = parameters.get("cluster")
    name = parameters.get("name")
    includesDeleted = parameters.get("all") == "true"
    below = parameters.get("pageToken").flatMap { Int64($0) }
  }

  /// A part of the statement and the value for its place.
  struct Condition {
    enum Value {
      case number(Int64)
      case text(String)
    }
    var sql: String
    var value: Value

    func bind(to statement: Statement, _ column: Int32) {
      switch value {
      case .number(let number): statement.bind(column, number)
      case .text(let text): statement.bind(column, copying: text)
      }
    }
  }

  /// All that a workload must meet; nil where a name is asked for that nobody has.
  func conditions(_ number: (NameClass, String) -> Int64?) -> [Condition]? {
    guard let project = number(.project, project) else { return nil }
    var conditions = [Condition(sql: "w.project = ?", value: .number(project))]
    if let status {
      conditions.append(Condition(sql: "w.status = ?", value: .number(Int64(status.rawValue))))
    } else if !includesDeleted {
      conditions.append(
        Condition(sql: "w.status <> ?", value: .number(Int64(WorkloadStatus.deleted.rawValue))))
    }
    if let type { conditions.append(Condition(sql: "w.type = ?", value: .number(Int64(type.rawValue)))) }
    if let owner {
      guard let user = number(.user, owner) else { return nil }
      conditions.append(Condition(sql: "w.owner = ?", value: .number(user)))
    }
    if let cluster {
      guard let place = number(.cluster, cluster) else { return nil }
      conditions.append(Condition(sql: "w.cluster = ?", value: .number(place)))
    }
    if let name { conditions.append(Condition(sql: "w.name LIKE ?", value: .text("%\(name)%"))) }
    return conditions
  }
}
