import EventStore
import LMDB
import WorkloadModel

/// Which numbered events of a source stand where, as runs: event `first + i` at position `position + i`.
///
/// A source that numbers its events and delivers them in order needs one row for all of them, where an index
/// would need a row for each; and a number above all that were seen needs no look-up at all.
struct IDRunChanges {
  struct Run {
    var source: UInt32
    var first: UInt64
    var position: UInt64
    var length: UInt32
  }

  /// The newest run of each source, which the next event may make longer.
  private var open: [UInt32: Run] = [:]
  /// Runs that are finished but not yet stored, ascending in each source.
  private var closed: [UInt32: [Run]] = [:]
  /// Events that came out of order.
  private var strays: [Key128: UInt64] = [:]
  /// Whether nothing is stored yet, so that there is nothing to look at.
  var isFromScratch = false
  /// Whether the source's newest stored run was looked at.
  private var loaded: Set<UInt32> = []

  /// The position of a source's event; nil where it was never seen.
  mutating func position(
    _ source: UInt32, _ number: UInt64, in table: Table, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> UInt64? {
    try load(source, table, transaction)
    guard let newest = open[source] else { return nil }
    if let position = Self.position(number, in: newest) { return position }
    if number > newest.first { return nil }
    if let position = strays[Key128(high: UInt64(source), low: number)] { return position }
    if let runs = closed[source], let run = runs.last(where: { $0.first <= number }) {
      if let position = Self.position(number, in: run) { return position }
    }
    return try transaction.withCursor(table) { (cursor) throws(StoreError) in
      let key = Key128(high: UInt64(source), low: number)
      let found =
        try cursor.seek(key) ? (cursor.key128 == key ? true : try cursor.previous()) : try cursor.last()
      guard found, let run = Self.read(cursor.key128, cursor.value), run.source == source else { return nil }
      return Self.position(number, in: run)
    }
  }

  /// Notes a source's event.
  mutating func add(
    _ source: UInt32, _ number: UInt64, at position: UInt64, in table: Table,
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    try load(source, table, transaction)
    guard var run = open[source] else {
      open[source] = Run(source: source, first: number, position: position, length: 1)
      return
    }
    if number == run.first + UInt64(run.length), position == run.position + UInt64(run.length),
      run.length < .max
    {
      run.length += 1
      open[source] = run
    } else if number > run.first {
      closed[source, default: []].append(run)
      open[source] = Run(source: source, first: number, position: position, length: 1)
    } else {
      strays[Key128(high: UInt64(source), low: number)] = position
    }
  }

  /// Stores all runs and forgets them.
  mutating func flush(
    to table: Table, _ transaction: inout WriteTransaction, _ writer: inout ByteWriter
  ) throws(LMDBError) {
    var runs = closed.values.flatMap { $0 }
    runs.append(contentsOf: open.values)
    for (key, position) in strays {
      runs.append(
        Run(source: UInt32(truncatingIfNeeded: key.high), first: key.low, position: position, length: 1))
    }
    for run in runs.sorted(by: { ($0.source, $0.first) < ($1.source, $1.first) }) {
      writer.reset()
      writer.u48(run.position)
      writer.u32(run.length)
      try transaction.put(table, Key128(high: UInt64(run.source), low: run.first), writer.bytes)
    }
    closed.removeAll(keepingCapacity: true)
    open.removeAll(keepingCapacity: true)
    strays.removeAll(keepingCapacity: true)
    loaded.removeAll(keepingCapacity: true)
  }

  private mutating func load(
    _ source: UInt32, _ table: Table, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    guard !isFromScratch, loaded.insert(source).inserted else { return }
    let newest = try transaction.withCursor(table) { (cursor) throws(StoreError) -> Run? in
      let found =
        try cursor.seek(Key128(high: UInt64(source) + 1, low: 0)) ? try cursor.previous() : try cursor.last()
      guard found, let run = Self.read(cursor.key128, cursor.value), run.source == source else { return nil }
      return run
    }
    if let newest { open[source] = newest }
  }

  private static func position(_ number: UInt64, in run: Run) -> UInt64? {
    number >= run.first && number - run.first < UInt64(run.length) ? run.position + (number - run.first) : nil
  }

  private static func read(_ key: Key128, _ value: RawSpan) -> Run? {
    guard value.byteCount == 10 else { return nil }
    return Run(
      source: UInt32(truncatingIfNeeded: key.high), first: key.low, position: value.u48(at: 0),
      length: value.u32(at: 6))
  }
}
