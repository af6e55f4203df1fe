package import EventStore
package import LMDB
import WorkloadModel

extension Projection {
  /// Writes all changes to the views, with their position, and forgets them.
  package mutating func flush(to transaction: inout WriteTransaction) throws(StoreError) {
    // A batch of repeats was only looked at.
    if position == flushedPosition { return }
    flushedPosition = position
    try flushRows(&transaction)
    try bitmaps.flush(to: tables.bitmaps, &transaction, &writer)
    try flushSmallTables(&transaction)
    try idRuns.flush(to: tables.idRuns, &transaction, &writer)
    try counts.flush(to: tables.counts, &transaction, &writer)
    writer.reset()
    writer.u32(ViewStore.schemaVersion)
    writer.u64(position)
    writer.u64(tail)
    try transaction.put(tables.meta, ViewTables.positionKey, writer.bytes)
    isFromScratch = false
    idRuns.isFromScratch = false
    slots.removeAll(keepingCapacity: slots.count < 100_000)
    slotOfStream.removeAll()
    newIDs.removeAll()
    foldedNames.removeAll(keepingCapacity: foldedNames.count < 1 << 20)
  }

  /// Writes rows, ids and name blocks, and notes what changes in the bitmaps and counts.
  private mutating func flushRows(_ transaction: inout WriteTransaction) throws(LMDBError) {
    var fresh: [(place: UInt64, slot: Int)] = []
    var known: [(stream: UInt64, slot: Int)] = []
    for slot in slots.indices {
      let row = slots[slot].row
      if slots[slot].storedStatus == nil {
        fresh.append((pairKey(row.state.project.rawValue, row.ordinal), slot))
      } else {
        known.append((row.state.stream, slot))
      }
    }
    known.sort { $0.stream < $1.stream }
    try transaction.withWriter(tables.rows) { (rows) throws(LMDBError) in
      for (stream, slot) in known {
        slots[slot].row.write(to: &writer)
        try rows.put(stream, writer.bytes)
      }
    }
    // New streams come in the order of their positions, behind all others.
    for (_, slot) in fresh {
      slots[slot].row.write(to: &writer)
      try transaction.append(tables.rows, slots[slot].row.state.stream, writer.bytes)
    }
    for (_, slot) in known { try noteStatus(of: slot, transaction.reading) }
    if fresh.isEmpty { return }
    fresh.sort { $0.place < $1.place }
    try flushIDs(fresh, &transaction)
    try flushNames(fresh, &transaction)
    try markNew(fresh, &transaction)
  }

  /// Notes in the bitmaps and counts what a workload that the views have has become.
  private mutating func noteStatus(of slot: Int, _ views: borrowing ReadTransaction) throws(LMDBError) {
    let row = slots[slot].row
    let (state, status) = (row.state, row.state.status)
    guard let storedStatus = slots[slot].storedStatus, status != storedStatus else { return }
    let (project, bit) = (state.project.rawValue, Int(row.ordinal))
    let (chunk, offset) = (UInt32(bit / BitmapChunk.bitCount), bit % BitmapChunk.bitCount)
    func key(_ status: WorkloadStatus) -> Key128 {
      bitmapKey(project: project, .status, value: UInt32(status.rawValue), chunk: chunk)
    }
    try bitmaps.set(false, key(storedStatus), bit: offset, in: tables.bitmaps, views)
    try bitmaps.set(true, key(status), bit: offset, in: tables.bitmaps, views)
    counts.add(-1, state, storedStatus)
    counts.add(1, state, status)
  }

  /// In key order, so that neighbours are written on the same page one after the other.
  private mutating func flushIDs(
    _ fresh: [(place: UInt64, slot: Int)], _ transaction: inout WriteTransaction
  ) throws(LMDBError) {
    var ids = fresh.map { (id: slots[$0.slot].id, stream: slots[$0.slot].row.state.stream) }
    ids.sort { $0.id < $1.id }
    if isFromScratch {
      for (id, stream) in ids {
        writer.reset()
        writer.u64(stream)
        try transaction.append(tables.ids, Key128(high: id.high, low: id.low), writer.bytes)
      }
      return
    }
    try transaction.withWriter(tables.ids) { (table) throws(LMDBError) in
      for (id, stream) in ids {
        writer.reset()
        writer.u64(stream)
        try table.put(Key128(high: id.high, low: id.low), writer.bytes)
      }
    }
  }

  /// Sets the bits and counts of new workloads, chunk by chunk, so that memory holds few chunks at a time.
  private mutating func markNew(
    _ fresh: [(place: UInt64, slot: Int)], _ transaction: inout WriteTransaction
  ) throws(LMDBError) {
    var present: UInt64 = .max
    for (place, slot) in fresh {
      let state = slots[slot].row.state
      let project = state.project.rawValue
      let bit = Int(UInt32(truncatingIfNeeded: place))
      let (chunk, offset) = (UInt32(bit / BitmapChunk.bitCount), bit % BitmapChunk.bitCount)
      if pairKey(project, chunk) != present {
        if present != .max { try bitmaps.flush(to: tables.bitmaps, &transaction, &writer) }
        present = pairKey(project, chunk)
      }
      let status = state.status
      let values: [4 of UInt32] = [
        UInt32(status.rawValue), UInt32(state.type?.rawValue ?? 0), state.owner.rawValue,
        state.cluster.rawValue,
      ]
      for dimension in BitmapDimension.allCases {
        let value = values[Int(dimension.rawValue) - 1]
        let key = bitmapKey(project: project, dimension, value: value, chunk: chunk)
        try bitmaps.set(true, key, bit: offset, in: tables.bitmaps, transaction.reading)
      }
      counts.add(1, state, status)
    }
  }

  private mutating func flushSmallTables(_ transaction: inout WriteTransaction) throws(LMDBError) {
    for (number, entry, isChanged) in projects where isChanged {
      entry.write(to: &writer)
      try transaction.put(tables.projects, UInt64(number), writer.bytes)
    }
    for (key, position) in members {
      let (user, project) = (UInt32(truncatingIfNeeded: key >> 32), UInt32(truncatingIfNeeded: key))
      if position == 0 {
        try transaction.delete(tables.membersByUser, key)
        try transaction.delete(tables.membersByProject, pairKey(project, user))
      } else {
        writer.reset()
        writer.u64(position)
        try transaction.put(tables.membersByUser, key, writer.bytes)
        try transaction.put(tables.membersByProject, pairKey(project, user), writer.bytes)
      }
    }
    holdings.sort { $0.key < $1.key }
    for (key, holding) in holdings {
      if holding == Holding() {
        try transaction.delete(tables.holdings, key)
      } else {
        holding.write(to: &writer)
        try transaction.put(tables.holdings, key, writer.bytes)
      }
    }
    for (key, position) in eventIDs.sorted(by: { $0.key < $1.key }) {
      writer.reset()
      writer.u64(position)
      try transaction.put(tables.eventIDs, key, writer.bytes)
    }
    projects.removeAll(keepingCapacity: true)
    placeOfProject.removeAll()
    members.removeAll(keepingCapacity: true)
    forgetHoldings()
    eventIDs.removeAll(keepingCapacity: true)
  }
}
