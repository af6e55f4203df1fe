package import EventStore
package import LMDB
import WorkloadModel

/// Folds records into the tables of the past: in memory first, and then all at once into the views.
///
/// Reading and folding need only a snapshot, so nobody who appends waits for them; the write transaction is as
/// long as copying the blocks takes.
package struct StatusHistoryFold {
  /// The position that the tables had.
  private let start: UInt64
  /// The last position folded.
  package private(set) var position: UInt64
  private let views: ViewStore
  private let tables: HistoryTables
  /// The newest block of each chunk that was touched, and its place by project and chunk, + 1.
  private var blocks: [(key: UInt64, block: OpenStatusBlock)] = []
  private var placeOfChunk = PlaceTable<UInt64>()
  private var fullBlocks: [(key: Key128, bytes: [UInt8])] = []
  /// The present segment of each project that was touched, and its place by project, + 1.
  private var spans: [(key: Key128, span: TimeSpan)] = []
  private var placeOfSpan = PlaceTable<UInt64>()
  private var fullSpans: [(key: Key128, span: TimeSpan)] = []
  /// The numbers of the workloads that were touched, and their places by stream.
  private var ordinals: [UInt32] = []
  private var placeOfStream = PlaceTable<UInt64>()

  /// nil where the views have no such tables.
  package init?(_ views: ViewStore, _ transaction: borrowing ReadTransaction) throws(StoreError) {
    guard let history = views.history else { return nil }
    self.views = views
    tables = history
    start = try views.historyPosition(transaction)
    position = start
  }

  /// Folds a record. `position` must be the one after the last, and the views must have folded it.
  package mutating func apply(
    _ record: RawSpan, at position: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    precondition(position == self.position + 1, "records are folded in order, without gaps")
    guard let header = RecordHeader(record) else {
      throw .damaged(position: position, why: "its header can't be read")
    }
    self.position = position
    guard let kind = header.kind.event, kind.isOfWorkload, header.flags.has(.applied) else { return }
    try note(header.occurredAt, of: header.project, transaction)
    // A workload is Added before anything else happens to it, so its creation is no change.
    if header.stream == position { return }
    let ordinal = try ordinal(ofStream: header.stream, transaction)
    let bit = Int(ordinal) % BitmapChunk.bitCount
    let place = try place(
      ofChunk: pairKey(header.project.rawValue, ordinal / UInt32(BitmapChunk.bitCount)), transaction)
    guard let before = blocks[place].block.status(bit) else {
      throw .damaged(position: position, why: "the statuses before it in the views can't be read")
    }
    let after = before.after(kind)
    if after == before { return }
    if let full = blocks[place].block.append(after, bit: bit, at: position) {
      fullBlocks.append((Key128(high: blocks[place].key, low: full.first), full.bytes))
    }
  }

  /// Writes what was folded. Where somebody else was faster, nothing: the same is there.
  package func flush(to transaction: inout WriteTransaction) throws(StoreError) {
    guard try views.historyPosition(transaction.reading) == start, position > start else { return }
    if start == 0 { for table in tables.all { try transaction.removeAll(table) } }
    var writer = ByteWriter(capacity: StatusBlock.byteLimit)
    for (key, bytes) in fullBlocks.sorted(by: { $0.key < $1.key }) {
      try transaction.put(tables.statuses, key, bytes.span.bytes)
    }
    for (key, block) in blocks.sorted(by: { $0.key < $1.key }) where block.first != 0 {
      try transaction.put(tables.statuses, Key128(high: key, low: block.first), block.bytes.span.bytes)
    }
    for (key, span) in fullSpans + spans {
      span.write(to: &writer)
      try transaction.put(tables.spans, key, writer.bytes)
    }
    writer.reset()
    writer.u32(HistoryTables.version)
    writer.u64(position)
    try transaction.put(views.tables.meta, HistoryTables.positionKey, writer.bytes)
  }

  private mutating func ordinal(
    ofStream stream: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> UInt32 {
    if let place = placeOfStream[stream] { return ordinals[place] }
    let ordinal = try views.ordinal(ofStream: stream, transaction)
    placeOfStream.insert(stream, ordinals.count)
    ordinals.append(ordinal)
    return ordinal
  }

  /// The place of a chunk's newest block.
  private mutating func place(
    ofChunk chunk: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Int {
    if let place = placeOfChunk[chunk + 1] { return place }
    var block = OpenStatusBlock()
    if start > 0 {
      block = try transaction.withCursor(tables.statuses) { (cursor) throws(StoreError) in
        guard try cursor.seekBefore(Key128(high: chunk, low: .max)), try cursor.key128.high == chunk else {
          return OpenStatusBlock()
        }
        guard let read = OpenStatusBlock(cursor.value, from: try cursor.key128.low) else {
          throw .damaged(
            position: try cursor.key128.low, why: "the statuses from there on in the views can't be read")
        }
        return read
      }
    }
    placeOfChunk.insert(chunk + 1, blocks.count)
    blocks.append((chunk, block))
    return blocks.count - 1
  }

  /// Widens the span of the present segment of a project.
  private mutating func note(
    _ time: Timestamp, of project: NameNumber, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    let key = TimeSpan.key(project, TimeSpan.segment(of: position))
    if let place = placeOfSpan[UInt64(project.rawValue) + 1] {
      if spans[place].key != key {
        fullSpans.append(spans[place])
        spans[place] = (key, TimeSpan(time))
      }
      spans[place].span.include(time)
      return
    }
    var span = TimeSpan(time)
    // Only the segment that the tables end in may be there already.
    if start > 0, let stored = try transaction.get(tables.spans, key) {
      guard let read = TimeSpan(stored) else {
        throw .damaged(position: position, why: "the times of its segment in the views can't be read")
      }
      span = read
      span.include(time)
    }
    placeOfSpan.insert(UInt64(project.rawValue) + 1, spans.count)
    spans.append((key, span))
  }
}
