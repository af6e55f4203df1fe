import SQLite
import WorkloadModel

/// The same ledger over SQLite, as a careful application would write it: an events table, a workloads table
/// that holds the folded state, and the indexes that the same queries need. Names are numbers, as ours are;
/// the state of a workload is read once and written once a batch; one transaction a batch.
///
/// It keeps less than the ledger does: no totals of what owners hold, no members, no counts, no timeline's
/// links to the project. What is left out makes it faster and smaller, never slower.
final class Peer {
  let database: Database
  private let begin, commit, rollback, lastPosition: Statement
  private let insertEvent, findWorkload: Statement
  private let insertName: Statement
  private let insertWorkload, updateWorkload: Statement
  /// Of each name of the plan its number; 0 where it is not registered yet.
  private var numbers: [Int64] = []
  private var nextNumber: Int64 = 1

  /// The workloads that the batch has touched, as they are now.
  private struct Touched {
    var id: WorkloadID
    var state: WorkloadState
    var isNew: Bool
    /// The event that created it, where that is in this batch.
    var creation: Int
  }
  private var touched: [Touched] = []
  private var touchedPlaces: [WorkloadID: Int] = [:]

  init(path: String, isNew: Bool = true, isIndexed: Bool = true) throws {
    database = try Database(path: path)
    if isNew {
      try database.execute(PeerSchema.tables)
      if isIndexed { try database.execute(PeerSchema.indexes) }
    }
    begin = try database.prepare("BEGIN IMMEDIATE")
    commit = try database.prepare("COMMIT")
    rollback = try database.prepare("ROLLBACK")
    lastPosition = try database.prepare("SELECT max(position) FROM events")
    insertEvent = try database.prepare(PeerSchema.insertEvent)
    findWorkload = try database.prepare(PeerSchema.findWorkload)
    insertName = try database.prepare("INSERT INTO names VALUES (?, ?, ?)")
    insertWorkload = try database.prepare(PeerSchema.insertWorkload)
    updateWorkload = try database.prepare(PeerSchema.updateWorkload)
  }

  // MARK: Appending

  /// Appends all events of the batch in one durable transaction.
  func append(
    _ batch: EventBatch, now: Timestamp, names: [(nameClass: NameClass, text: String)]
  ) throws(DatabaseError) {
    try append(batch, now: now) { () throws(DatabaseError) in try register(names, upTo: batch.nameCount) }
  }

  /// The same; `resolve` gives the names of the batch their numbers inside the transaction.
  func append(
    _ batch: EventBatch, now: Timestamp, resolving resolve: () throws(DatabaseError) -> Void
  ) throws(DatabaseError) {
    try begin.run()
    do throws(DatabaseError) {
      try resolve()
      _ = try lastPosition.step()
      var position = UInt64(lastPosition.int(0))
      lastPosition.reset()
      touched.removeAll(keepingCapacity: true)
      touchedPlaces.removeAll(keepingCapacity: true)
      for index in batch.events.indices {
        position += 1
        try append(index, of: batch, at: position, now: now)
      }
      for workload in touched { try write(workload, batch) }
      try commit.run()
    } catch {
      try rollback.run()
      throw error
    }
  }

  private func append(
    _ index: Int, of batch: borrowing EventBatch, at position: UInt64, now: Timestamp
  ) throws(DatabaseError) {
    let event = batch.events[index]
    var row = EventRow(position: position, recordedAt: now)
    if event.kind.isOfWorkload {
      var fact = WorkloadFact(
        event.kind, position: position, occurredAt: event.occurredAt, actor: number(event.actor))
      fact.timeIsBound = event.timeIsBound
      fact.hasReason = !event.reason.isAbsent
      if let place = try place(of: event.subject) {
        row.anomaly = Decider.anomaly(of: event.kind, on: touched[place].state)
        fact.isApplied = row.anomaly == nil
        Decider.evolve(&touched[place].state, fact)
        row.stream = touched[place].state.stream
        row.version = touched[place].state.version
      } else {
        let state = WorkloadState(created: fact, creation(event))
        touchedPlaces[event.subject] = touched.count
        touched.append(Touched(id: event.subject, state: state, isNew: true, creation: index))
        row.stream = position
        row.version = 1
      }
    } else if event.kind == .actionRefused, let place = try place(of: event.subject) {
      Decider.note(refusalAt: position, on: &touched[place].state)
      row.stream = touched[place].state.stream
      row.version = touched[place].state.version
    }
    try insert(event, row, batch)
  }

  /// Where the workload is among the touched ones; nil where there is none such at all.
  private func place(of id: WorkloadID) throws(DatabaseError) -> Int? {
    if let known = touchedPlaces[id] { return known }
    findWorkload.bind(1, id: (id.high, id.low))
    defer { findWorkload.reset() }
    guard try findWorkload.step() else { return nil }
    let state = PeerSchema.state(findWorkload)
    touchedPlaces[id] = touched.count
    touched.append(Touched(id: id, state: state, isNew: false, creation: 0))
    return touched.count - 1
  }

  private func creation(_ event: ProposedEvent) -> WorkloadFact.Creation {
    WorkloadFact.Creation(
      project: number(event.project), cluster: number(event.cluster), owner: number(event.owner),
      type: event.type, resources: event.resources)
  }

  private func number(_ name: NameReference) -> NameNumber {
    NameNumber(rawValue: name.index == 0 ? 0 : UInt32(numbers[Int(name.index) - 1]))
  }

  /// Gives numbers to the names of the plan that have none yet.
  func register(
    _ names: [(nameClass: NameClass, text: String)], upTo count: Int
  ) throws(DatabaseError) {
    while numbers.count < count {
      let name = names[numbers.count]
      numbers.append(try register(name.nameClass, name.text))
    }
  }

  /// Gives a number to a name that has none.
  func register(_ nameClass: NameClass, _ text: String) throws(DatabaseError) -> Int64 {
    insertName.bind(1, nextNumber)
    insertName.bind(2, Int64(nameClass.rawValue))
    insertName.bind(3, copying: text)
    try insertName.run()
    defer { nextNumber += 1 }
    return nextNumber
  }

  /// Takes over the numbers that another connection gave to the names.
  func adopt(_ numbers: [Int64]) { self.numbers = numbers }

  // MARK: Rows

  private struct EventRow {
    var position: UInt64
    var recordedAt: Timestamp
    var stream: UInt64 = 0
    var version: UInt32 = 0
    var anomaly: Anomaly?
  }

  private func insert(
    _ event: ProposedEvent, _ row: EventRow, _ batch: borrowing EventBatch
  ) throws(DatabaseError) {
    let s = insertEvent
    var flags = (row.anomaly == nil ? 1 : 0) | (event.timeIsBound ? 2 : 0) | (event.isImplied ? 4 : 0)
    if event.intent == .observation, !event.wasCommand { flags |= 8 }
    s.bind(1, Int64(row.position))
    s.bind(2, Int64(event.kind.rawValue))
    s.bind(3, Int64(flags))
    s.bind(4, Int64(row.version))
    s.bind(5, Int64(number(event.actor).rawValue))
    s.bind(6, Int64(number(event.reporter).rawValue))
    s.bind(7, Int64(number(event.project).rawValue))
    s.bind(8, Int64(row.stream))
    s.bind(9, event.occurredAt.microseconds)
    s.bind(10, row.recordedAt.microseconds)
    s.bind(11, Int64(number(event.source).rawValue))
    if case .number(let id) = event.identity { s.bind(12, Int64(id)) } else { s.bindNull(12) }
    if let anomaly = row.anomaly { s.bind(13, Int64(anomaly.rawValue)) } else { s.bindNull(13) }
    let failure: DatabaseError? = batch.bytes.withUnsafeBufferPointer { texts in
      s.bind(14, text: texts.text(event.reason))
      bindDetails(event, texts)
      do throws(DatabaseError) { try s.run() } catch { return error }
      return nil
    }
    if let failure { throw failure }
  }

  /// What only some kinds have; all of it is bound each time, because bindings stay.
  private func bindDetails(_ event: ProposedEvent, _ texts: UnsafeBufferPointer<UInt8>) {
    let s = insertEvent
    if let refused = event.refusedKind { s.bind(15, Int64(refused.rawValue)) } else { s.bindNull(15) }
    if event.owner == .unknown { s.bindNull(16) } else { s.bind(16, Int64(number(event.owner).rawValue)) }
    guard event.kind == .created || event.kind == .quotaSet else {
      for column in Int32(17)...26 { s.bindNull(column) }
      return
    }
    s.bind(17, event.resources.cpuMillicores)
    s.bind(18, event.resources.memoryBytes)
    s.bind(19, event.resources.gpuMilli)
    s.bind(20, Int64(event.type?.rawValue ?? 0))
    s.bind(21, Int64(number(event.cluster).rawValue))
    s.bind(22, text: texts.text(event.name))
    s.bind(23, text: texts.text(event.url))
    s.bind(24, text: texts.text(event.sourceID))
    s.bind(25, text: texts.text(event.labels))
    if event.kind == .created {
      s.bind(26, id: (event.subject.high, event.subject.low))
    } else {
      s.bindNull(26)
    }
  }

  private func write(_ workload: Touched, _ batch: borrowing EventBatch) throws(DatabaseError) {
    guard workload.isNew else {
      PeerSchema.bindChanging(workload.state, to: updateWorkload, from: 1)
      updateWorkload.bind(19, Int64(workload.state.stream))
      return try updateWorkload.run()
    }
    try insert(
      workload.state, id: workload.id, texts: WorkloadTexts(batch.events[workload.creation]), batch.bytes)
  }

  /// Writes the row of a new workload.
  func insert(
    _ state: WorkloadState, id: WorkloadID, texts: WorkloadTexts, _ bytes: [UInt8]
  ) throws(DatabaseError) {
    let s = insertWorkload
    PeerSchema.bindChanging(state, to: s, from: 1)
    PeerSchema.bindFixed(state, to: s, from: 19)
    s.bind(28, id: (id.high, id.low))
    let failure: DatabaseError? = bytes.withUnsafeBufferPointer { bytes in
      s.bind(29, text: bytes.text(texts.name))
      s.bind(30, text: bytes.text(texts.url))
      s.bind(31, text: bytes.text(texts.sourceID))
      s.bind(32, text: bytes.text(texts.labels))
      do throws(DatabaseError) { try s.run() } catch { return error }
      return nil
    }
    if let failure { throw failure }
  }
}

/// Where the texts of a workload stand in the bytes beside them.
struct WorkloadTexts {
  var name, url, sourceID, labels: TextRange
}

extension WorkloadTexts {
  init(_ event: ProposedEvent) {
    self.init(name: event.name, url: event.url, sourceID: event.sourceID, labels: event.labels)
  }
}

extension UnsafeBufferPointer<UInt8> {
  func text(_ range: TextRange) -> UnsafeBufferPointer<UInt8> {
    if range.isAbsent { return .init(start: nil, count: 0) }
    let start = Int(range.offset)
    return .init(rebasing: self[start..<start + Int(range.count)])
  }
}
