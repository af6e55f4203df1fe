import Ledger
import WorkloadModel

/// The replay's fold, and the rebuild of all stored views.
enum FoldMeasure {
  static func fold(_ stores: Stores, size: Int, _ report: (Figure) -> Void) throws {
    var (ours, floor, peer) = (Samples(), Samples(), Samples())
    for round in 0..<(size < 100_000 ? 20 : 7) {
      let folded = try ours.measure { () throws(LedgerError) in try stores.ledger.fold() }
      _ = try floor.measure { () throws(FloorError) in try stores.floor.scan() }
      // SQLite takes its time, and its times differ little.
      guard round < 3 else { continue }
      let states = try peer.measure { () throws in try stores.peer.fold() }.states.count
      guard folded.workloads == states else {
        throw FolderError(
          description: "fold: \(folded.workloads) workloads in the ledger, \(states) in SQLite")
      }
    }
    let (rate, peerRate) = (Double(size) / ours.median, Double(size) / peer.median)
    report(
      Figure(
        "replay fold", size: size, .eventsPerSecond, ours: rate, floor: Double(size) / floor.median,
        peer: peerRate,
        target: .init(("≥ 5,000,000", rate >= 5_000_000), ("≥ 20 × SQLite", rate >= 20 * peerRate)),
        note: "floor: a cursor scan"))
  }

  static func rebuild(_ stores: Stores, size: Int, _ report: (Figure) -> Void) throws {
    let (rows, ids) = stores.planner.rowsAndIDs
    var (ours, floor, peer) = (Samples(), Samples(), Samples())
    for round in 0..<(size < 100_000 ? 5 : 3) {
      _ = try ours.measure { () throws(LedgerError) in try stores.ledger.rebuild() }
      try floor.measure { () throws(FloorError) in try stores.floor.rebuild(rowKeys: rows, sortedIDs: ids) }
      if round == 0 || size < 100_000 { try peer.measure { () throws in try stores.peer.rebuild() } }
    }
    let rate = Double(size) / ours.median
    report(
      Figure(
        "rebuild of all views", size: size, .eventsPerSecond, ours: rate, floor: Double(size) / floor.median,
        peer: Double(size) / peer.median, target: .init(("≥ 1,000,000", rate >= 1_000_000))))
  }
}
