import Glibc
import HistoryModel
import Ledger
import SQLite
import WorkloadModel

/// The three contenders with the same history in them, a batch at a time.
///
/// A store is filled by rounds: a block of batches to the ledger, the same block to the floor, the same to
/// SQLite, so that all three meet the same disk and the same noise.
final class Stores {
  let folder: Folder
  let name: String
  let ledger: Ledger
  let floor: Floor
  let peer: Peer
  private(set) var planner: BatchPlanner
  private var toLedger = Transport()
  private var toPeer = Transport()
  private var outcomes: [EventOutcome] = []
  /// What had to be kept although it contradicts the history, and the rest that was not appended: none.
  private(set) var refusedCount = 0

  init(_ options: HistoryOptions, in folder: Folder, name: String) throws {
    self.folder = folder
    self.name = name
    let path = try folder.folder(name)
    _ = try Ledger.create(at: path + "/ledger", now: options.start)
    ledger = try Ledger(path: path + "/ledger")
    floor = try Floor(path: path + "/floor")
    peer = try Peer(path: path + "/peer.sqlite")
    planner = BatchPlanner(options)
  }

  /// Times of appends, by contender.
  struct Times {
    var ours = Samples()
    var floor = Samples()
    var peer = Samples()
    /// Seconds of computing, all together.
    var (oursProcessor, floorProcessor, peerProcessor) = (0.0, 0.0, 0.0)
  }

  func plan(_ size: Int) -> PlannedBatch? { planner.next(size) }

  /// Appends all batches to each contender in turn; a sample is what an event of the
  /// block takes, or what a batch takes.
  func append(_ block: [PlannedBatch], to times: inout Times, samplePerBatch: Bool = false) throws {
    let block = Block(batches: block, samplePerBatch: samplePerBatch)
    times.oursProcessor += try block.run(&times.ours) { plan in
      toLedger.load(plan, names: planner.names)
    } _: { plan in
      try ledger.append(&toLedger.batch, now: plan.now, outcomes: &outcomes)
    }
    refusedCount += outcomes.count { $0.position == 0 }
    times.floorProcessor += try block.run(&times.floor) { _ in
    } _: { plan in
      try floor.append(plan)
    }
    times.peerProcessor += try block.run(&times.peer) { plan in
      toPeer.load(plan, names: planner.names)
    } _: { plan in
      try peer.append(toPeer.batch, now: plan.now, names: planner.names)
    }
  }

  /// Bytes on the disk; SQLite's log is written back first.
  func sizes() throws -> (log: Int, views: Int, floorLog: Int, floorViews: Int, peer: Int) {
    try peer.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let path = folder.path + "/" + name
    // The kernel decides late which blocks a file gets.
    sync()
    return (
      fileBytes(path + "/ledger/log/data.mdb"), fileBytes(path + "/ledger/views/data.mdb"),
      fileBytes(path + "/floor/log/data.mdb"), fileBytes(path + "/floor/views/data.mdb"),
      fileBytes(path + "/peer.sqlite")
    )
  }
}

/// A block of batches: what is loaded is not measured, what is appended is.
private struct Block {
  let batches: [PlannedBatch]
  let samplePerBatch: Bool

  /// Returns the seconds of computing.
  func run(
    _ samples: inout Samples, _ load: (PlannedBatch) -> Void, _ append: (PlannedBatch) throws -> Void
  ) throws -> Double {
    var (total, processor) = (0.0, 0.0)
    for plan in batches {
      load(plan)
      let start = processorSeconds()
      let seconds = try time { () throws in try append(plan) }
      processor += processorSeconds() - start
      if samplePerBatch { samples.add(seconds) } else { total += seconds }
    }
    if !samplePerBatch { samples.add(total / Double(batches.reduce(0) { $0 + $1.events.count })) }
    return processor
  }
}
