import SQLite
import WorkloadModel

extension Peer {
  /// The states of all workloads, folded from the events table by the same rules.
  struct Folded {
    var states: [WorkloadState] = []
    /// By stream: place + 1. Streams are positions, so no table is faster.
    var places: [UInt32]
  }

  /// Reads, decodes and folds all events.
  func fold() throws -> Folded {
    let bound = try database.prepare("SELECT max(position) FROM events")
    _ = try bound.step()
    var folded = Folded(places: Array(repeating: 0, count: Int(bound.int(0)) + 1))
    bound.reset()
    let events = try database.prepare(
      """
      SELECT position, kind, flags, stream, actor, occurred_at, reason IS NOT NULL, project, cluster, owner, type,
        cpu, memory, gpu FROM events ORDER BY position
      """)
    defer { events.reset() }
    while try events.step() {
      guard let kind = EventKind(rawValue: UInt8(events.int(1))), kind.isOfWorkload else { continue }
      var fact = WorkloadFact(
        kind, position: UInt64(events.int(0)), occurredAt: Timestamp(microseconds: events.int(5)),
        actor: NameNumber(rawValue: UInt32(events.int(4))))
      let flags = events.int(2)
      fact.isApplied = flags & 1 != 0
      fact.timeIsBound = flags & 2 != 0
      fact.hasReason = events.int(6) != 0
      let place = folded.places[Int(events.int(3))]
      if place > 0 {
        Decider.evolve(&folded.states[Int(place) - 1], fact)
        continue
      }
      folded.states.append(WorkloadState(created: fact, Self.creation(events)))
      folded.places[Int(fact.position)] = UInt32(folded.states.count)
    }
    return folded
  }

  private static func creation(_ row: Statement) -> WorkloadFact.Creation {
    WorkloadFact.Creation(
      project: NameNumber(rawValue: UInt32(row.int(7))), cluster: NameNumber(rawValue: UInt32(row.int(8))),
      owner: NameNumber(rawValue: UInt32(row.int(9))), type: WorkloadType(rawValue: UInt8(row.int(10))),
      resources: Resources(cpuMillicores: row.int(11), memoryBytes: row.int(12), gpuMilli: row.int(13)))
  }

  /// Makes the workloads table anew from the events: folds, writes all rows in order, then the indexes.
  func rebuild() throws {
    try database.execute("BEGIN IMMEDIATE")
    let folded = try fold()
    try database.execute("DROP TABLE workloads")
    try database.execute(PeerSchema.workloads)
    let created = try database.prepare(
      "SELECT position, subject, name, url, source_id, labels FROM events WHERE kind = 1 ORDER BY position")
    var bytes: [UInt8] = []
    while try created.step() {
      let place = folded.places[Int(created.int(0))]
      guard place > 0 else { continue }
      bytes.removeAll(keepingCapacity: true)
      func text(_ column: Int32) -> TextRange {
        let start = bytes.count
        return TextRange(offset: UInt32(start), count: UInt32(created.append(column, to: &bytes)))
      }
      let texts = WorkloadTexts(name: text(2), url: text(3), sourceID: text(4), labels: text(5))
      let id = created.id(1)
      try insert(
        folded.states[Int(place) - 1], id: WorkloadID(high: id.0, low: id.1), texts: texts, bytes)
    }
    created.reset()
    try database.execute(PeerSchema.workloadIndexes)
    try database.execute("COMMIT")
  }
}
