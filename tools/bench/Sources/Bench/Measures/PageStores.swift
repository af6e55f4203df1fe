import HistoryModel
import Ledger
import SQLite
import WorkloadModel

/// One project with many workloads in the ledger, and the same rows in the floor and in SQLite.
///
/// The ledger gets the whole history. The other two get the rows as they are at its end, folded here, so that
/// SQLite need not append five million events to answer a page: its tables come out as if it had, and more
/// compact.
final class PageStores {
  let floor: Floor
  let pair: ProjectPair
  private(set) var workloads = 0
  private(set) var eventCount = 0
  /// The row that the middle page of the floor begins with.
  private(set) var middle: UInt64 = 0

  private struct Entry {
    var id: WorkloadID
    var state: WorkloadState
    var texts: WorkloadTexts
  }

  init(workloads wanted: Int, in folder: Folder, name: String) throws {
    let path = try folder.folder(name)
    let options = HistoryOptions(events: wanted * 6, projects: 1)
    _ = try Ledger.create(at: path + "/ledger", now: options.start)
    let ledger = try Ledger(path: path + "/ledger")
    floor = try Floor(path: path + "/floor")
    let peer = try Peer(path: path + "/peer.sqlite", isIndexed: false)
    var planner = BatchPlanner(options)
    var transport = Transport()
    var outcomes: [EventOutcome] = []
    var entries: [Entry] = []
    var places: [WorkloadID: Int] = [:]
    var texts: [UInt8] = []
    while entries.count < wanted, let plan = planner.next(10_000) {
      transport.load(plan, names: planner.names)
      try ledger.append(&transport.batch, now: plan.now, outcomes: &outcomes)
      Self.fold(plan, from: UInt64(eventCount), &entries, &places, &texts)
      eventCount += plan.events.count
    }
    workloads = entries.count
    middle = entries[entries.count / 2].state.stream
    try floor.load(rowKeys: entries.map(\.state.stream))
    try peer.load(names: planner.names) { insert in
      for entry in entries { try insert(entry.state, entry.id, entry.texts, texts) }
    }
    pair = try ProjectPair(ledger, peer, names: planner.names)
  }

  /// Folds a batch into the entries, by the rules of the domain.
  private static func fold(
    _ plan: PlannedBatch, from position: UInt64, _ entries: inout [Entry], _ places: inout [WorkloadID: Int],
    _ texts: inout [UInt8]
  ) {
    for (index, event) in plan.events.enumerated() where event.kind.isOfWorkload {
      func number(_ name: NameReference) -> NameNumber { NameNumber(rawValue: name.index) }
      var fact = WorkloadFact(
        event.kind, position: position + UInt64(index) + 1, occurredAt: event.occurredAt,
        actor: number(event.actor))
      fact.timeIsBound = event.timeIsBound
      fact.hasReason = !event.reason.isAbsent
      if let place = places[event.subject] {
        fact.isApplied = Decider.anomaly(of: event.kind, on: entries[place].state) == nil
        Decider.evolve(&entries[place].state, fact)
        continue
      }
      let creation = WorkloadFact.Creation(
        project: number(event.project), cluster: number(event.cluster), owner: number(event.owner),
        type: event.type, resources: event.resources)
      var kept = WorkloadTexts(event)
      for path in [\WorkloadTexts.name, \.url, \.sourceID, \.labels] where !kept[keyPath: path].isAbsent {
        let start = Int(kept[keyPath: path].offset)
        let bytes = plan.bytes[start..<start + Int(kept[keyPath: path].count)]
        kept[keyPath: path].offset = UInt32(texts.count)
        texts.append(contentsOf: bytes)
      }
      places[event.subject] = entries.count
      entries.append(
        Entry(id: event.subject, state: WorkloadState(created: fact, creation), texts: kept))
    }
  }
}

extension Peer {
  /// Loads rows in order, then makes the indexes and lets the planner count.
  func load(
    names: [(nameClass: NameClass, text: String)],
    _ rows: ((WorkloadState, WorkloadID, WorkloadTexts, [UInt8]) throws -> Void) throws -> Void
  ) throws {
    try database.execute("BEGIN IMMEDIATE")
    try register(names, upTo: names.count)
    try rows { (state, id, texts, bytes) in try self.insert(state, id: id, texts: texts, bytes) }
    try database.execute("COMMIT")
    try database.execute(PeerSchema.workloadIndexes)
    try database.execute("ANALYZE")
    try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }
}
