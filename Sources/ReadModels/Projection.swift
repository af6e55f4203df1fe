package import EventStore
package import LMDB
package import WorkloadModel

/// The fold: takes records in the order of the log, keeps what they change in memory, and writes it to the
/// views at once (`flush`).
///
/// What several events of a batch change is read once and written once. Deciding reads through the same
/// memory, so the next command of a group sees the one before it. Nothing is allocated per event; the
/// collections keep their storage from batch to batch.
package struct Projection: ~Copyable {
  /// A workload that was touched.
  struct Slot {
    var row: Row
    /// The id, of new workloads only.
    var id: WorkloadID
    /// What the views hold; nil for a new workload.
    var storedStatus: WorkloadStatus?
    /// The folded name, of new workloads only.
    var nameOffset: Int
    var nameCount: Int
  }

  package let tables: ViewTables
  /// Whether the views are empty and everything is in memory: then nothing is looked up.
  var isFromScratch: Bool
  /// The last position that was folded.
  package private(set) var position: UInt64
  /// What the record there looks like.
  var tail: UInt64 = 0
  /// The position that the views have.
  var flushedPosition: UInt64

  var slots: [Slot] = []
  var slotOfStream: PlaceTable<UInt64>
  /// The ids of new workloads, and their slots.
  var newIDs = PlaceTable<WorkloadID>()
  var foldedNames: [UInt8] = []
  /// The projects that were touched, and their places by number + 1.
  var projects: [(number: UInt32, entry: ProjectEntry, isChanged: Bool)] = []
  var placeOfProject = PlaceTable<UInt64>()
  /// User and project → position of the joining; 0 where the member left.
  var members: [UInt64: UInt64] = [:]
  /// What owners may hold and hold, and their places by project and owner, + 1.
  var holdings: [(key: UInt64, holding: Holding)] = []
  private var placeOfHolding = PlaceTable<UInt64>()
  var eventIDs: [Key128: UInt64] = [:]
  var idRuns = IDRunChanges()
  var bitmaps = BitmapChanges()
  var counts = CountChanges()
  var writer = ByteWriter(capacity: NameBlock.capacity)

  /// Where the views are empty and `eventCount` records are folded at once, memory is set aside for them: copying
  /// what grows would take a fifth of the time.
  package init(
    _ tables: ViewTables, position: UInt64, isFromScratch: Bool = false, eventCount: UInt64 = 0
  ) {
    self.tables = tables
    self.position = position
    flushedPosition = position
    self.isFromScratch = isFromScratch && position == 0
    idRuns.isFromScratch = self.isFromScratch
    let expected = self.isFromScratch ? Int(min(eventCount / Self.eventsPerWorkload, 2_000_000)) : 0
    slots.reserveCapacity(expected)
    slotOfStream = PlaceTable(expecting: expected)
  }

  /// What real histories have, about: only memory depends on it.
  private static let eventsPerWorkload: UInt64 = 5

  /// How many workloads wait in memory to be written.
  package var touchedCount: Int { slots.count }

  // MARK: Folding

  /// Folds a record. `position` must be the one after the last.
  package mutating func apply(
    _ record: RawSpan, at position: UInt64, _ views: borrowing ReadTransaction
  ) throws(StoreError) {
    guard let header = RecordHeader(record) else {
      throw .damaged(position: position, why: "its header can't be read")
    }
    precondition(position == self.position + 1, "records are folded in order, without gaps")
    self.position = position
    tail = RecordFingerprint.of(header)
    guard let kind = header.kind.event else { return }
    if kind.isOfWorkload {
      try applyToWorkload(kind, header, record, views)
    } else {
      try applyToProject(kind, header, record, views)
    }
    try withProject(header.project, views) { $0.lastPosition = position }
    if header.flags.has(.source) { try noteIdentity(kind, header, record, views) }
  }

  @inline(__always)
  private mutating func applyToWorkload(
    _ kind: EventKind, _ header: RecordHeader, _ record: RawSpan, _ views: borrowing ReadTransaction
  ) throws(StoreError) {
    var id = WorkloadID.none
    guard let fact = WorkloadFact(header, record, position: position, id: &id) else {
      throw .damaged(position: position, why: "its body can't be read")
    }
    if header.stream == position {
      guard let creation = fact.creation else {
        throw .damaged(position: position, why: "its stream begins without a creation")
      }
      try insert(id, WorkloadState(created: fact, creation), header, record, views)
      return
    }
    guard let slot = try slot(ofStream: header.stream, views) else {
      throw .damaged(position: position, why: "its stream \(header.stream) is not known")
    }
    let before = slots[slot].row.state.run
    Decider.evolve(&slots[slot].row.state, fact)
    let after = slots[slot].row.state.run
    if (before == .running) != (after == .running) {
      let state = slots[slot].row.state
      try withHolding(state.project, state.owner, views) { holding in
        if after == .running {
          holding.held = holding.held &+ state.resources
          holding.running &+= 1
        } else {
          holding.held = holding.held &- state.resources
          holding.running &-= 1
        }
      }
    }
  }

  private mutating func insert(
    _ id: WorkloadID, _ state: WorkloadState, _ header: RecordHeader, _ record: RawSpan,
    _ views: borrowing ReadTransaction
  ) throws(StoreError) {
    guard let body = RecordBody(record, header), let name = body.name else {
      throw .damaged(position: position, why: "its body can't be read")
    }
    let nameOffset = foldedNames.count
    let text = Span<UInt8>(_bytes: record.extracting(name))
    FoldedName.append(text, to: &foldedNames)
    let ordinal = try withProject(header.project, views) { project in
      defer { project.rowCount += 1 }
      return project.rowCount
    }
    let slot = slots.count
    slots.append(
      Slot(
        row: Row(state: state, ordinal: ordinal), id: id, storedStatus: nil, nameOffset: nameOffset,
        nameCount: foldedNames.count - nameOffset))
    slotOfStream.insert(position, slot)
    // A fold from the beginning decides on nothing, so it asks for no id.
    if !isFromScratch { newIDs.insert(id, slot) }
  }

  private mutating func applyToProject(
    _ kind: EventKind, _ header: RecordHeader, _ record: RawSpan, _ views: borrowing ReadTransaction
  ) throws(StoreError) {
    let position = position
    if kind == .actionRefused {
      if header.stream != 0, let slot = try slot(ofStream: header.stream, views) {
        Decider.note(refusalAt: position, on: &slots[slot].row.state)
      }
      return
    }
    try withProject(header.project, views) { project in
      if header.stream == position { project.stream = position }
      project.lastInStream = position
      project.version &+= 1
    }
    guard header.flags.has(.applied), let body = RecordBody(record, header) else { return }
    switch kind {
    case .projectCreated:
      if header.actor != .unknown {
        members[pairKey(header.actor.rawValue, header.project.rawValue)] = position
      }
    case .memberAdded: members[pairKey(body.user.rawValue, header.project.rawValue)] = position
    case .memberRemoved: members[pairKey(body.user.rawValue, header.project.rawValue)] = 0
    case .quotaSet: try withHolding(header.project, body.user, views) { $0.limits = body.limits }
    case .created, .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested,
      .deleted, .deleteFailed, .actionRefused:
      break
    }
  }

  /// Notes what makes an event of another source the same event when it arrives again.
  private mutating func noteIdentity(
    _ kind: EventKind, _ header: RecordHeader, _ record: RawSpan, _ views: borrowing ReadTransaction
  ) throws(StoreError) {
    if !header.flags.has(.anyID) {
      guard let slot = slotOfStream[header.stream] else { return }
      slots[slot].row.contentFilter |= Row.contentBits(kind, header.occurredAt)
      return
    }
    guard let identity = RecordIdentity(record, header) else {
      throw .damaged(position: position, why: "its body can't be read")
    }
    if let number = identity.number {
      try idRuns.add(identity.source.rawValue, number, at: position, in: tables.idRuns, views)
    } else if let text = identity.text {
      eventIDs[eventIDKey(source: identity.source, id: record.extracting(text))] = position
    }
  }
}

// MARK: - Looking up

extension Projection {
  /// A workload's row as of the last record folded; nil where there is no such stream.
  package mutating func row(
    ofStream stream: UInt64, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> Row? {
    guard let slot = try slot(ofStream: stream, views) else { return nil }
    return slots[slot].row
  }

  /// The stream of a workload; nil where its id was never used.
  package mutating func stream(
    of id: WorkloadID, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> UInt64? {
    if let slot = newIDs[id] { return slots[slot].row.state.stream }
    if isFromScratch { return nil }
    guard let found = try views.get(tables.ids, Key128(high: id.high, low: id.low)), found.byteCount == 8
    else { return nil }
    return found.u64(at: 0)
  }

  /// How far a project is.
  package mutating func project(
    _ number: NameNumber, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> ProjectEntry {
    projects[try loadProject(number, views)].entry
  }

  /// Whether a user is a member.
  package func isMember(
    _ user: NameNumber, of project: NameNumber, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    let key = pairKey(user.rawValue, project.rawValue)
    if let position = members[key] { return position != 0 }
    if isFromScratch { return false }
    return try views.get(tables.membersByUser, key) != nil
  }

  /// What an owner may hold, and holds.
  package mutating func holding(
    _ project: NameNumber, _ owner: NameNumber, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> Holding {
    try withHolding(project, owner, views) { $0 }
  }

  /// The position of a source's numbered event; nil where it was never seen.
  package mutating func position(
    ofNumber number: UInt64, from source: NameNumber, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> UInt64? {
    try idRuns.position(source.rawValue, number, in: tables.idRuns, views)
  }

  /// The position of a foreign event by its id's key; nil where it was never seen.
  package func position(
    ofEventID key: Key128, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> UInt64? {
    if let position = eventIDs[key] { return position }
    guard let found = try views.get(tables.eventIDs, key), found.byteCount == 8 else { return nil }
    return found.u64(at: 0)
  }

  mutating func slot(
    ofStream stream: UInt64, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> Int? {
    if let slot = slotOfStream[stream] { return slot }
    if isFromScratch || stream == 0 { return nil }
    guard let stored = try views.get(tables.rows, stream) else { return nil }
    guard let row = Row(stored, stream: stream) else {
      throw .damaged(position: stream, why: "its row in the views can't be read")
    }
    slots.append(
      Slot(row: row, id: .none, storedStatus: row.state.status, nameOffset: 0, nameCount: 0))
    slotOfStream.insert(stream, slots.count - 1)
    return slots.count - 1
  }

  /// The place of a project among those that were touched.
  private mutating func loadProject(
    _ number: NameNumber, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> Int {
    if let place = placeOfProject[UInt64(number.rawValue) + 1] { return place }
    var entry = ProjectEntry()
    if !isFromScratch, let stored = try views.get(tables.projects, UInt64(number.rawValue)) {
      guard let read = ProjectEntry(stored) else {
        throw .damaged(position: 0, why: "the row of project #\(number.rawValue) in the views can't be read")
      }
      entry = read
    }
    projects.append((number.rawValue, entry, false))
    placeOfProject.insert(UInt64(number.rawValue) + 1, projects.count - 1)
    return projects.count - 1
  }

  @discardableResult
  private mutating func withProject<R>(
    _ number: NameNumber, _ views: borrowing ReadTransaction, _ body: (inout ProjectEntry) -> R
  ) throws(StoreError) -> R {
    let place = try loadProject(number, views)
    projects[place].isChanged = true
    return body(&projects[place].entry)
  }

  @discardableResult
  private mutating func withHolding<R>(
    _ project: NameNumber, _ owner: NameNumber, _ views: borrowing ReadTransaction,
    _ body: (inout Holding) -> R
  ) throws(StoreError) -> R {
    let key = pairKey(project.rawValue, owner.rawValue)
    if let place = placeOfHolding[key + 1] { return body(&holdings[place].holding) }
    var holding = Holding()
    if !isFromScratch, let stored = try views.get(tables.holdings, key) {
      guard let read = Holding(stored) else {
        throw .damaged(position: 0, why: "a row of quotas in the views can't be read")
      }
      holding = read
    }
    placeOfHolding.insert(key + 1, holdings.count)
    holdings.append((key, holding))
    return body(&holdings[holdings.count - 1].holding)
  }

  mutating func forgetHoldings() {
    holdings.removeAll(keepingCapacity: true)
    placeOfHolding.removeAll()
  }
}

extension Projection {
  /// Whether a project has any member.
  package func hasMembers(
    _ project: NameNumber, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    for (key, position) in members where UInt32(truncatingIfNeeded: key) == project.rawValue && position != 0
    {
      return true
    }
    let stored = try views.withCursor(tables.membersByProject) { (cursor) throws(StoreError) in
      var users: [UInt32] = []
      var isThere = try cursor.seek(pairKey(project.rawValue, 0))
      while isThere, cursor.integerKey >> 32 == UInt64(project.rawValue) {
        users.append(UInt32(truncatingIfNeeded: cursor.integerKey))
        isThere = try cursor.next()
      }
      return users
    }
    return stored.contains { members[pairKey($0, project.rawValue)] != 0 }
  }
}
