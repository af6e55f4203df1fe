import Ledger
import SQLite
import WorkloadModel

/// `workledger list` and `show` as whole processes, from the spawn to the end, beside `sqlite3` answering the
/// same from its database. The floor is `true`, a process that does nothing.
struct ProcessMeasure {
  /// The command line of the ledger, linked as it is shipped.
  let program: String

  private static let now = Timestamp(microseconds: 1_800_000_000_000_000)

  func run(_ stores: Stores, size: Int, _ report: (Figure) -> Void) throws {
    let path = stores.folder.path + "/" + stores.name
    try stores.peer.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    guard let project = try stores.ledger.projects().max(by: { $0.workloads < $1.workloads })?.name else {
      throw FolderError(description: "processes: the history has no project")
    }
    let page = try stores.ledger.page(WorkloadQuery(project: project), now: Self.now)
    try compare(page, stores)
    let (ledger, database) = (path + "/ledger", path + "/peer.sqlite")
    let lists = [
      (
        ours: [program, "list", "--ledger", ledger, "--project", project],
        peer: ["sqlite3", "-readonly", database, PeerQueries.list(of: project)]
      )
    ]
    report(try measure("workledger list", lists, size: size))
    let shows = page.items.map {
      (
        ours: [program, "show", "--ledger", ledger, $0.id.description],
        peer: ["sqlite3", "-readonly", database, PeerQueries.show($0.id)]
      )
    }
    report(try measure("workledger show", shows, size: size))
  }

  private func measure(
    _ name: String, _ questions: [(ours: [String], peer: [String])], size: Int
  ) throws -> Figure {
    var (ours, floor, peer) = (Samples(), Samples(), Samples())
    let nothing = ChildProcess(arguments: ["true"])
    var budget = 15.0
    // Two rounds more, to warm up.
    for round in -2..<400 where budget > 0 {
      let question = questions[(round + 2) % questions.count]
      let ourTime = try time { () throws(FolderError) in try ChildProcess(arguments: question.ours).run() }
      let peerTime = try time { () throws(FolderError) in try ChildProcess(arguments: question.peer).run() }
      let floorTime = try time { () throws(FolderError) in try nothing.run() }
      budget -= ourTime + peerTime + floorTime
      guard round >= 0 else { continue }
      ours.add(ourTime)
      peer.add(peerTime)
      floor.add(floorTime)
    }
    let (p99, peerP99) = (Int(ours.percentile(0.99) * 1e6), Int(peer.percentile(0.99) * 1e6))
    return Figure(
      "\(name), a process, p50", size: size, .microseconds, ours: ours.median * 1e6,
      floor: floor.median * 1e6,
      peer: peer.median * 1e6,
      target: .init(
        ("≤ 3 × sqlite3", ours.median <= 3 * peer.median),
        ("≤ 10000", ours.median <= 0.01)), note: "p99 \(p99), sqlite3 \(peerP99); floor: true(1)")
  }

  /// Both must have the same answer, or the times say nothing.
  private func compare(_ page: WorkloadPage, _ stores: Stores) throws {
    let statement = try stores.peer.database.prepare(PeerQueries.rows(of: page.project))
    defer { statement.reset() }
    var ids: [String] = []
    while try statement.step() { ids.append(statement.text(0) ?? "") }
    guard ids == page.items.map({ PeerQueries.hex($0.id) }), !ids.isEmpty else {
      throw FolderError(
        description:
          "processes: \(page.items.count) workloads in the ledger's page, \(ids.count) in SQLite's, "
          + "or other ones")
    }
  }
}

/// The same questions in SQL, for the shell of SQLite.
private enum PeerQueries {
  static func hex(_ id: WorkloadID) -> String {
    [id.high, id.low].map { half in
      let digits = String(half, radix: 16, uppercase: true)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  private static func number(of project: String) -> String {
    let quoted = project.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
    return "(SELECT number FROM names WHERE class = \(NameClass.project.rawValue) AND name = '\(quoted)')"
  }

  static func rows(of project: String) -> String {
    """
    SELECT hex(w.id), w.name, w.type, w.status, c.name, w.cpu, w.memory, w.gpu, o.name, w.created_at
    FROM workloads w LEFT JOIN names c ON c.number = w.cluster LEFT JOIN names o ON o.number = w.owner
    WHERE w.project = \(number(of: project)) AND w.status <> 6 ORDER BY w.stream DESC LIMIT 50;
    """
  }

  static func list(of project: String) -> String {
    "SELECT count(*) FROM workloads WHERE project = \(number(of: project)) AND status <> 6;"
      + rows(of: project)
  }

  static func show(_ id: WorkloadID) -> String {
    """
    SELECT w.*, p.name, c.name, o.name FROM workloads w LEFT JOIN names p ON p.number = w.project
    LEFT JOIN names c ON c.number = w.cluster LEFT JOIN names o ON o.number = w.owner
    WHERE w.id = x'\(hex(id))';
    SELECT e.position, e.kind, e.version, e.occurred_at, e.recorded_at, a.name, r.name, e.reason, e.anomaly
    FROM events e LEFT JOIN names a ON a.number = e.actor LEFT JOIN names r ON r.number = e.reporter
    WHERE e.stream = (SELECT stream FROM workloads WHERE id = x'\(hex(id))') ORDER BY e.position;
    """
  }
}
