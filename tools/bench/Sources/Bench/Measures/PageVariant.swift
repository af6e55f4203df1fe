import Ledger
import SQLite
import WorkloadModel

/// One project in the ledger and in SQLite, with the same workloads.
struct ProjectPair {
  let name: String
  let ledger: Ledger
  let peer: Peer
  let pages: PeerPages

  /// The first project of those names, which have in SQLite the numbers of their places.
  init(_ ledger: Ledger, _ peer: Peer, names: [(nameClass: NameClass, text: String)]) throws {
    guard let place = names.firstIndex(where: { $0.nameClass == .project }) else {
      throw FolderError(description: "the history has no project")
    }
    name = names[place].text
    self.ledger = ledger
    self.peer = peer
    pages = PeerPages(peer, project: Int64(place + 1), names: names)
  }
}

/// One combination of filters, with the pages of it that are asked for: the first, and others down to the end.
struct PageVariant {
  var name: String
  var query: WorkloadQuery
  /// Queries to go round, and the stream below which each page lies.
  var pages: [(query: WorkloadQuery, below: Int64?)] = []

  var isByName: Bool { query.name != nil }

  init(_ name: String, _ query: WorkloadQuery) {
    self.name = name
    self.query = query
  }
}

extension PageVariant {
  /// The combinations, chosen by what the project has: its busiest owner, the commonest and the rarest groups.
  static func all(of project: ProjectPair) throws -> [PageVariant] {
    let groups = try Group.all(of: project)
    guard let common = groups.max(by: { $0.count < $1.count }) else { return [] }
    // Each of its values alone is common, all together they are rare: the most has to be looked at.
    let ownerCounts = Dictionary(groups.map { ($0.owner, $0.count) }, uniquingKeysWith: +)
    let rare =
      groups.filter { (1...10).contains($0.count) }
      .max { (ownerCounts[$0.owner] ?? 0, $0.rank) < (ownerCounts[$1.owner] ?? 0, $1.rank) } ?? common
    let plain = WorkloadQuery(project: project.name)
    var all: [PageVariant] = []
    func add(_ name: String, _ change: (inout WorkloadQuery) -> Void) {
      var query = plain
      change(&query)
      all.append(PageVariant(name, query))
    }
    add("first") { _ in }
    add("deep") { _ in }
    add("with Deleted") { $0.includesDeleted = true }
    add("type") { $0.types = [common.type] }
    add("status") { $0.statuses = [.failed] }
    add("status Deleted") { $0.statuses = [.deleted] }
    add("owner") { $0.owner = common.owner }
    add("cluster") { $0.cluster = common.cluster }
    add("all four") { common.apply(to: &$0) }
    add("all four, rare") { rare.apply(to: &$0) }
    add("none match") {
      rare.apply(to: &$0)
      $0.owner = common.owner
      $0.types = [.preTraining]
      $0.statuses = [.deleteFailed]
      $0.cluster = rare.cluster
    }
    add("name, common") { $0.name = "lora" }
    add("name, rare") { $0.name = "run4242" }
    add("name, with Deleted") {
      $0.name = "lora"
      $0.includesDeleted = true
    }
    add("name and status") {
      $0.name = "BERT"
      $0.statuses = [.failed]
    }
    for index in all.indices { try all[index].findPages(project) }
    return all
  }

  /// Walks through all pages in large steps and keeps some of the tokens.
  private mutating func findPages(_ project: ProjectPair) throws {
    let now = Timestamp(microseconds: 1_800_000_000_000_000)
    var walk = query
    walk.limit = 1000
    if name != "deep" { pages = [(query, nil)] }
    if name == "first" { return }
    var tokens: [(String, WorkloadID)] = []
    repeat {
      let page = try project.ledger.page(walk, now: now)
      walk.pageToken = page.nextPageToken
      if let token = page.nextPageToken, let last = page.items.last { tokens.append((token, last.id)) }
      // A search by name reads all names for each page: a few steps are enough.
      if isByName, tokens.count >= 15 { break }
    } while walk.pageToken != nil
    let step = max(1, tokens.count / 15)
    for index in stride(from: step - 1, to: tokens.count, by: step) {
      var deep = query
      deep.pageToken = tokens[index].0
      pages.append((deep, try project.pages.stream(of: tokens[index].1)))
    }
    if pages.isEmpty { pages = [(query, nil)] }
  }

  /// How many undeleted workloads have these four values.
  private struct Group {
    var owner, cluster: String
    var type: WorkloadType
    var status: WorkloadStatus
    var count: Int
    /// Orders groups whose owners are the same.
    var rank: Int { Int(status.rawValue) * 8 + Int(type.rawValue) }

    func apply(to query: inout WorkloadQuery) {
      query.owner = owner
      query.cluster = cluster
      query.types = [type]
      query.statuses = [status]
    }

    static func all(of project: ProjectPair) throws -> [Group] {
      let statement = try project.peer.database.prepare(
        """
        SELECT o.name, c.name, type, status, count(*) FROM workloads w
        JOIN names o ON o.number = w.owner JOIN names c ON c.number = w.cluster
        WHERE status <> 6 GROUP BY w.owner, w.cluster, type, status
        """)
      defer { statement.reset() }
      var groups: [Group] = []
      while try statement.step() {
        guard let owner = statement.text(0), let cluster = statement.text(1),
          let type = WorkloadType(rawValue: UInt8(statement.int(2))),
          let status = WorkloadStatus(rawValue: UInt8(statement.int(3)))
        else { continue }
        groups.append(
          Group(owner: owner, cluster: cluster, type: type, status: status, count: Int(statement.int(4))))
      }
      return groups
    }
  }
}
