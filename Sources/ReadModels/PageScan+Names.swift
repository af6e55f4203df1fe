package import EventStore
package import LMDB
package import WorkloadModel

extension ViewStore {
  /// The workloads below `ordinal` (all where nil) with a part of the name, or with this name where `isWhole`,
  /// newest first. The names of all workloads that match otherwise are read, because the total needs them.
  package func scan(
    _ filter: PageFilter, named needle: borrowing Needle, isWhole: Bool = false, below ordinal: UInt32?,
    limit: Int, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> PageScan {
    var result = PageScan()
    guard let project = try project(filter.project, transaction), project.rowCount > 0 else { return result }
    var chunkFilter = ChunkFilter(filter)
    var words = [UInt64](repeating: 0, count: BitmapChunk.wordCount * 2)
    let last = (project.rowCount - 1) / UInt32(BitmapChunk.bitCount)
    for chunk in stride(from: Int(last), through: 0, by: -1) {
      let first = UInt32(chunk * BitmapChunk.bitCount)
      let rows = min(BitmapChunk.bitCount, Int(project.rowCount - first))
      guard
        try chunkFilter.load(
          chunk: UInt32(chunk), rows: rows, &words, from: tables.bitmaps, transaction)
      else { continue }
      try keep(named: needle, isWhole: isWhole, project: filter.project, first: first, &words, transaction)
      result.take(words, from: first, below: ordinal, limit: limit)
    }
    result.streams = try streams(filter.project, result.ordinals, transaction)
    return result
  }

  /// Keeps of the candidates of a chunk (128 words) those with the name.
  func keep(
    named needle: borrowing Needle, isWhole: Bool, project: NameNumber, first: UInt32,
    _ words: inout [UInt64], _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    for word in stride(from: 0, to: BitmapChunk.wordCount, by: NameChunk.groupCount) {
      let groups = word..<word + NameChunk.groupCount
      guard words[groups].contains(where: { $0 != 0 }) else { continue }
      let ordinal = first + UInt32(word * 64)
      let key = NameChunk.key(project: project.rawValue, ordinal: ordinal)
      if let chunk = try transaction.get(tables.chunks, key) {
        NameChunk.filter(&words, from: word, chunk, needle, isWhole: isWhole)
        continue
      }
      for word in groups where words[word] != 0 {
        let key = NameBlock.key(project: project.rawValue, ordinal: first + UInt32(word * 64))
        guard let block = try transaction.get(tables.blocks, key) else {
          throw .damaged(position: 0, why: "names of a project are missing in the views")
        }
        words[word] &= NameBlock.matches(block, needle, isWhole: isWhole)
      }
    }
  }

  /// The stream of the workload with this number in its project.
  package func stream(
    _ project: NameNumber, _ ordinal: UInt32, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> UInt64 {
    guard let found = try streams(project, [ordinal], transaction).first else {
      preconditionFailure("there is a stream for each number")
    }
    return found
  }

  /// The streams of the workloads with these numbers in their project. Those of one page are neighbours mostly, which a
  /// cursor finds without descending anew.
  func streams(
    _ project: NameNumber, _ ordinals: [UInt32], _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [UInt64] {
    try transaction.withCursor(tables.chunks) { (chunks) throws(StoreError) in
      try transaction.withCursor(tables.blocks) { (blocks) throws(StoreError) in
        var streams: [UInt64] = []
        streams.reserveCapacity(ordinals.count)
        for ordinal in ordinals {
          let found: UInt64?
          if try chunks.find(NameChunk.key(project: project.rawValue, ordinal: ordinal)) {
            found = NameChunk.stream(chunks.value, Int(ordinal) % NameChunk.rowCount)
          } else if try blocks.find(NameBlock.key(project: project.rawValue, ordinal: ordinal)) {
            found = NameBlock.stream(blocks.value, Int(ordinal % NameBlock.rowCount))
          } else {
            found = nil
          }
          guard let found else {
            throw .damaged(position: 0, why: "workload \(ordinal) of a project is missing in the views")
          }
          streams.append(found)
        }
        return streams
      }
    }
  }
}
