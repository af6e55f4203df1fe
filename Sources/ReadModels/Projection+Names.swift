import LMDB
import WorkloadModel

/// Writing the names of new workloads: blocks of 64 at the end of a project, chunks of 2,048 before them.
extension Projection {
  /// Writes the streams and names of new workloads; `fresh` is in the order of project and ordinal.
  mutating func flushNames(
    _ fresh: [(place: UInt64, slot: Int)], _ transaction: inout WriteTransaction
  ) throws(LMDBError) {
    var list = NameList()
    var start = 0
    while start < fresh.count {
      let chunk = Self.chunkKey(fresh[start].place)
      var end = start
      while end < fresh.count, Self.chunkKey(fresh[end].place) == chunk { end += 1 }
      let last = Int(UInt32(truncatingIfNeeded: fresh[end - 1].place))
      if last % NameChunk.rowCount == NameChunk.rowCount - 1 {
        try completeChunk(fresh[start..<end], &list, &transaction)
      } else {
        try extendBlocks(fresh[start..<end], &list, &transaction)
      }
      start = end
    }
  }

  /// Puts the blocks of a chunk and the workloads that complete it together.
  private mutating func completeChunk(
    _ fresh: ArraySlice<(place: UInt64, slot: Int)>, _ list: inout NameList,
    _ transaction: inout WriteTransaction
  ) throws(LMDBError) {
    guard let first = fresh.first else { return }
    let (project, ordinal) = Self.parts(first.place)
    list.removeAll()
    var block = ordinal - ordinal % UInt32(NameChunk.rowCount)
    while block < ordinal {
      let key = NameBlock.key(project: project, ordinal: block)
      if let stored = try transaction.reading.get(tables.blocks, key) { list.append(block: stored) }
      try transaction.delete(tables.blocks, key)
      block += NameBlock.rowCount
    }
    for (_, slot) in fresh { append(slot, to: &list) }
    let writer = list.chunk()
    try transaction.put(tables.chunks, NameChunk.key(project: project, ordinal: ordinal), writer.bytes)
  }

  private mutating func extendBlocks(
    _ fresh: ArraySlice<(place: UInt64, slot: Int)>, _ list: inout NameList,
    _ transaction: inout WriteTransaction
  ) throws(LMDBError) {
    var start = fresh.startIndex
    while start < fresh.endIndex {
      let (project, ordinal) = Self.parts(fresh[start].place)
      let key = NameBlock.key(project: project, ordinal: ordinal)
      list.removeAll()
      if ordinal % NameBlock.rowCount != 0, let stored = try transaction.reading.get(tables.blocks, key) {
        list.append(block: stored)
      }
      while start < fresh.endIndex {
        let (project, ordinal) = Self.parts(fresh[start].place)
        guard NameBlock.key(project: project, ordinal: ordinal) == key else { break }
        append(fresh[start].slot, to: &list)
        start += 1
      }
      list.writeBlock(to: &writer)
      try transaction.put(tables.blocks, key, writer.bytes)
    }
  }

  private func append(_ slot: Int, to list: inout NameList) {
    let slot = slots[slot]
    list.append(slot.row.state.stream, foldedNames[slot.nameOffset..<slot.nameOffset + slot.nameCount])
  }

  private static func parts(_ place: UInt64) -> (project: UInt32, ordinal: UInt32) {
    (UInt32(truncatingIfNeeded: place >> 32), UInt32(truncatingIfNeeded: place))
  }

  private static func chunkKey(_ place: UInt64) -> UInt64 {
    let (project, ordinal) = parts(place)
    return NameChunk.key(project: project, ordinal: ordinal)
  }
}
