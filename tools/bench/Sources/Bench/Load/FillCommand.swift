import ArgumentParser
import HistoryModel
import Ledger
import SQLite
import WorkloadModel

/// Fills a folder for `tools/bench/load`: a ledger with one project of many workloads, SQLite with the same events,
/// and the questions that both servers are asked.
struct Fill: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fill", abstract: "Makes a ledger, the same in SQLite, and questions for both.")

  @Option(help: "How many workloads the project has, at least.")
  var workloads = 1_000_000
  @Option(help: "The folder, which is made.")
  var dir: String

  func run() throws {
    try makeFolder(dir)
    let options = HistoryOptions(events: workloads * 6, projects: 1)
    guard try Ledger.create(at: dir + "/ledger", now: options.start) else {
      throw ValidationError("\(dir) has a ledger already")
    }
    let ledger = try Ledger(path: dir + "/ledger")
    let peer = try Peer(path: dir + "/peer.sqlite")
    var planner = BatchPlanner(options)
    let ids = try append(&planner, to: ledger, peer)
    try peer.database.execute("ANALYZE")
    try peer.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let pair = try ProjectPair(ledger, peer, names: planner.names)
    try Questions(about: pair, ids: ids).write(to: dir + "/questions.tsv")
    try ledger.close()
  }

  /// Appends the same batches to both, until there are enough workloads; the ids of these.
  private func append(
    _ planner: inout BatchPlanner, to ledger: Ledger, _ peer: Peer
  ) throws -> [WorkloadID] {
    var toLedger = Transport()
    var toPeer = Transport()
    var outcomes: [EventOutcome] = []
    var ids: [WorkloadID] = []
    while ids.count < workloads, let plan = planner.next(10_000) {
      toLedger.load(plan, names: planner.names)
      try ledger.append(&toLedger.batch, now: plan.now, outcomes: &outcomes)
      toPeer.load(plan, names: planner.names)
      try peer.append(toPeer.batch, now: plan.now, names: planner.names)
      ids += plan.created.map(\.id)
    }
    return ids
  }
}
