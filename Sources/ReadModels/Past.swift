package import EventStore
package import LMDB
package import WorkloadModel

/// A moment in a ledger's past, in the terms of the log: of the events up to a position those that had happened by
/// a time.
package struct PastMoment: Hashable, Sendable {
  /// The last position that was known.
  package var position: UInt64
  /// The time by which events must have occurred; nil where that does not matter.
  package var time: Timestamp?

  package init(position: UInt64, time: Timestamp? = nil) {
    self.position = position
    self.time = time
  }

  /// Whether an event belongs to it.
  @inline(__always)
  package func includes(_ header: RecordHeader, at position: UInt64) -> Bool {
    if let time, header.occurredAt > time { return false }
    return position <= self.position
  }
}

/// Which workloads of a project there were at a moment, and which of them had one of some statuses.
///
/// Up to a position, the base, the stored blocks of changes say it, but for the workloads of events that are not of
/// the moment: those are folded one by one. What lies behind the base is folded from the log, into a copy of the bits
/// of the chunks that it touches.
package struct Past {
  let project: NameNumber
  /// The statuses asked for (bit = raw value).
  let statuses: UInt16
  let base: UInt64
  /// How many workloads there were at the base.
  private(set) var rowCount: UInt32
  private var changed: [Chunk] = []
  private var placeOfChunk = PlaceTable<UInt64>()
  /// The streams that were folded one by one: nothing else may change their bits.
  private var settled: Set<UInt64> = []
  /// One above the newest workload.
  private(set) var end: UInt32

  /// The bits of a chunk that something happened in behind the base.
  struct Chunk {
    var number: UInt32
    var exists: [UInt64]
    var matches: [UInt64]
    /// Whose status is one of a deletion, as `WorkloadStatus.after` needs to know.
    var isOfDeletion: [UInt64]
  }

  package init(
    _ project: NameNumber, _ statuses: UInt16, at moment: PastMoment, _ views: ViewStore, _ log: EventLog,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    self.project = project
    self.statuses = statuses
    let folded = try views.historyPosition(transaction)
    var split = PastSplit(base: min(folded, moment.position))
    if let time = moment.time { split = try views.split(project, by: time, upTo: split.base, transaction) }
    base = split.base
    rowCount = try views.rowCount(project, upTo: base, transaction)
    end = rowCount
    for segment in split.before {
      let range = TimeSpan.range(of: segment, from: 1, through: base)
      try read(range, log, records) { (header, _, past) throws(StoreError) in
        guard let time = moment.time, header.occurredAt > time, !past.settled.contains(header.stream) else {
          return
        }
        try past.settle(header.stream, moment, views, log, transaction, records)
      }
    }
    let tail = moment.position > folded ? [folded + 1..<moment.position + 1] : []
    let behind = split.after.map { segment in
      TimeSpan.range(of: segment, from: base + 1, through: min(folded, moment.position))
    }
    for range in behind + tail {
      try read(range, log, records) { (header, position, past) throws(StoreError) in
        guard moment.includes(header, at: position), !past.settled.contains(header.stream),
          let kind = header.kind.event
        else { return }
        try past.apply(kind, header.stream, isCreation: header.stream == position, views, transaction)
      }
    }
  }

  /// Calls `body` for the records of the range that took effect on a workload of the project.
  private mutating func read(
    _ range: Range<UInt64>, _ log: EventLog, _ records: borrowing ReadTransaction,
    _ body: (RecordHeader, UInt64, inout Past) throws(StoreError) -> Void
  ) throws(StoreError) {
    try records.withCursor(log.events) { (cursor) throws(StoreError) in
      var isThere = try cursor.seek(range.lowerBound)
      while isThere, cursor.integerKey < range.upperBound {
        let position = cursor.integerKey
        guard let header = RecordHeader(cursor.value) else {
          throw .damaged(position: position, why: "its header can't be read")
        }
        if header.project == project, let kind = header.kind.event, kind.isOfWorkload,
          header.flags.has(.applied)
        {
          try body(header, position, &self)
        }
        isThere = try cursor.next()
      }
    }
  }

  /// Folds one workload's timeline by itself and sets its bits for good.
  private mutating func settle(
    _ stream: UInt64, _ moment: PastMoment, _ views: ViewStore, _ log: EventLog,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    guard let row = try views.row(stream, transaction) else {
      throw .damaged(position: stream, why: "its row in the views is missing")
    }
    settled.insert(stream)
    var kinds: [EventKind] = []
    var isThere = false
    var position = row.state.lastPosition
    while position != 0 {
      guard let record = try records.get(log.events, position), let header = RecordHeader(record),
        header.previousInStream < position
      else { throw .damaged(position: position, why: "it is in a timeline, but can't be read") }
      if moment.includes(header, at: position), header.flags.has(.applied), let kind = header.kind.event {
        kinds.append(kind)
        isThere = position == stream
      }
      position = header.previousInStream
    }
    let status = kinds.reversed().reduce(WorkloadStatus.added) { $0.after($1) }
    let bit = Int(row.ordinal) % BitmapChunk.bitCount
    let (word, mask) = (bit >> 6, UInt64(1) << UInt64(bit & 63))
    let place = try place(ofChunk: row.ordinal / UInt32(BitmapChunk.bitCount), views, transaction)
    let isMatch = statuses >> UInt16(status.rawValue) & 1 != 0
    changed[place].exists[word] = changed[place].exists[word] & ~mask | (isThere ? mask : 0)
    changed[place].matches[word] = changed[place].matches[word] & ~mask | (isMatch ? mask : 0)
  }

  private mutating func apply(
    _ kind: EventKind, _ stream: UInt64, isCreation: Bool, _ views: ViewStore,
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    let ordinal = try views.ordinal(ofStream: stream, transaction)
    let number = ordinal / UInt32(BitmapChunk.bitCount)
    let bit = Int(ordinal) % BitmapChunk.bitCount
    let (word, mask) = (bit >> 6, UInt64(1) << UInt64(bit & 63))
    let place = try place(ofChunk: number, views, transaction)
    if isCreation {
      changed[place].exists[word] |= mask
      end = max(end, ordinal + 1)
      return
    }
    // A step of a deletion leads from any status to its own; a report of the run is hidden by a deletion.
    let after = WorkloadStatus.added.after(kind)
    if changed[place].isOfDeletion[word] & mask != 0, !after.isOfDeletion { return }
    if statuses >> UInt16(after.rawValue) & 1 == 0 {
      changed[place].matches[word] &= ~mask
    } else {
      changed[place].matches[word] |= mask
    }
    if after.isOfDeletion { changed[place].isOfDeletion[word] |= mask }
  }

  private mutating func place(
    ofChunk number: UInt32, _ views: ViewStore, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Int {
    if let place = placeOfChunk[UInt64(number) + 1] { return place }
    let none = [UInt64](repeating: 0, count: BitmapChunk.wordCount)
    var chunk = Chunk(number: number, exists: none, matches: none, isOfDeletion: none)
    let first = number * UInt32(BitmapChunk.bitCount)
    for word in 0..<BitmapChunk.wordCount {
      chunk.exists[word] = Self.bits(Int(rowCount) - Int(first) - word * 64)
    }
    try views.matches(project, chunk: number, through: base, statuses, &chunk.matches, transaction)
    try views.matches(
      project, chunk: number, through: base, Self.statusesOfDeletion, &chunk.isOfDeletion, transaction)
    placeOfChunk.insert(UInt64(number) + 1, changed.count)
    changed.append(chunk)
    return changed.count - 1
  }

  private static let statusesOfDeletion: UInt16 = WorkloadStatus.allCases.reduce(0) {
    $1.isOfDeletion ? $0 | 1 << UInt16($1.rawValue) : $0
  }

  /// The lowest `count` bits of a word.
  private static func bits(_ count: Int) -> UInt64 {
    count >= 64 ? .max : count <= 0 ? 0 : (1 << UInt64(count)) - 1
  }

  /// Keeps of the bits of a chunk those of workloads that were there and had one of the statuses; `scratch` is
  /// overwritten.
  func narrow(
    _ words: inout [UInt64], chunk number: UInt32, _ scratch: inout [UInt64], _ views: ViewStore,
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    if let place = placeOfChunk[UInt64(number) + 1] {
      for word in 0..<BitmapChunk.wordCount {
        words[word] &= changed[place].exists[word] & changed[place].matches[word]
      }
      return
    }
    let first = Int(number) * BitmapChunk.bitCount
    let isAll = statuses & PageFilter.allStatuses == PageFilter.allStatuses
    if !isAll { try views.matches(project, chunk: number, through: base, statuses, &scratch, transaction) }
    for word in 0..<BitmapChunk.wordCount {
      words[word] &= Self.bits(Int(rowCount) - first - word * 64) & (isAll ? .max : scratch[word])
    }
  }
}

extension ViewStore {
  /// Sets the first 128 words to the workloads of a chunk that had one of the statuses at a position.
  func matches(
    _ project: NameNumber, chunk: UInt32, through position: UInt64, _ statuses: UInt16,
    _ words: inout [UInt64], _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    guard let history else { return StatusBlock.matchesNone(statuses, &words) }
    let key = HistoryTables.statusKey(project, chunk: chunk, first: position + 1)
    try transaction.withCursor(history.statuses) { (cursor) throws(StoreError) in
      guard position > 0, try cursor.seekBefore(key), try cursor.key128.high == key.high else {
        return StatusBlock.matchesNone(statuses, &words)
      }
      let first = try cursor.key128.low
      guard StatusBlock.matches(cursor.value, from: first, through: position, statuses, &words) else {
        throw .damaged(position: first, why: "the statuses from there on in the views can't be read")
      }
    }
  }

  /// How many workloads of a project had been created up to a position: they are numbered in that order.
  package func rowCount(
    _ project: NameNumber, upTo position: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> UInt32 {
    guard let entry = try self.project(project, transaction) else { return 0 }
    var (low, high) = (UInt32(0), entry.rowCount)
    while low < high {
      let middle = low + (high - low) / 2
      if try stream(project, middle, transaction) <= position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
