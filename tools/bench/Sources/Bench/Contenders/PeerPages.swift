import Ledger
import SQLite
import WorkloadModel

/// The page's queries over the peer's tables: the number of matches, and fifty rows.
final class PeerPages {
  /// What a page shows of a workload, as values that outlive the statement.
  struct Row {
    var id: WorkloadID
    var state: WorkloadState
    var name, url, sourceID, labels: String?
    var cluster, owner, createdBy, deleteRequestedBy, deletedBy: String
  }

  private let peer: Peer
  private let project: Int64
  private let names: [String]
  private let numbers: [String: Int64]
  private var statements: [String: Statement] = [:]

  init(_ peer: Peer, project: Int64, names: [(nameClass: NameClass, text: String)]) {
    self.peer = peer
    self.project = project
    self.names = ["unknown"] + names.map(\.text)
    var numbers: [String: Int64] = [:]
    for (index, name) in names.enumerated() where name.nameClass == .user || name.nameClass == .cluster {
      numbers["\(name.nameClass.rawValue):\(name.text)"] = Int64(index + 1)
    }
    self.numbers = numbers
  }

  /// How many workloads match.
  func count(_ query: WorkloadQuery) throws -> Int {
    let statement = try prepared("SELECT count(*) FROM workloads WHERE ", query, below: nil, "")
    defer { statement.reset() }
    _ = try statement.step()
    return Int(statement.int(0))
  }

  /// The newest fifty that match, below a stream.
  func rows(_ query: WorkloadQuery, below: Int64?) throws -> [Row] {
    let statement = try prepared(
      "SELECT \(PeerSchema.pageColumns) FROM workloads WHERE ", query, below: below,
      " ORDER BY stream DESC LIMIT 50")
    defer { statement.reset() }
    var rows: [Row] = []
    rows.reserveCapacity(50)
    while try statement.step() {
      let id = statement.id(27)
      let state = PeerSchema.state(statement)
      rows.append(
        Row(
          id: WorkloadID(high: id.0, low: id.1), state: state, name: statement.text(28),
          url: statement.text(29), sourceID: statement.text(30), labels: statement.text(31),
          cluster: names[Int(state.cluster.rawValue)], owner: names[Int(state.owner.rawValue)],
          createdBy: names[Int(state.createdBy.rawValue)],
          deleteRequestedBy: names[Int(state.deleteRequestedBy.rawValue)],
          deletedBy: names[Int(state.deletedBy.rawValue)]))
    }
    return rows
  }

  /// The stream of a workload: where the next page begins.
  func stream(of id: WorkloadID) throws -> Int64 {
    let statement = try peer.database.prepare("SELECT stream FROM workloads WHERE id = ?")
    statement.bind(1, id: (id.high, id.low))
    defer { statement.reset() }
    return try statement.step() ? statement.int(0) : 0
  }

  private func prepared(
    _ head: String, _ query: WorkloadQuery, below: Int64?, _ tail: String
  ) throws -> Statement {
    var sql = head + "project = ?"
    var values = [project]
    if let status = query.statuses.first {
      sql += " AND status = ?"
      values.append(Int64(status.rawValue))
    } else if !query.includesDeleted {
      sql += " AND status <> 6"
    }
    if let type = query.types.first {
      sql += " AND type = ?"
      values.append(Int64(type.rawValue))
    }
    if let owner = query.owner {
      sql += " AND owner = ?"
      values.append(numbers["\(NameClass.user.rawValue):\(owner)"] ?? -1)
    }
    if let cluster = query.cluster {
      sql += " AND cluster = ?"
      values.append(numbers["\(NameClass.cluster.rawValue):\(cluster)"] ?? -1)
    }
    if let below {
      sql += " AND stream < ?"
      values.append(below)
    }
    // Case-insensitive for ASCII; the ledger folds all of Unicode.
    if query.name != nil { sql += " AND name LIKE ?" }
    sql += tail
    let statement = try statements[sql] ?? peer.database.prepare(sql)
    statements[sql] = statement
    for (index, value) in values.enumerated() { statement.bind(Int32(index + 1), value) }
    if let name = query.name { statement.bind(Int32(values.count + 1), copying: "%\(name)%") }
    return statement
  }
}
