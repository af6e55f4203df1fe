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

  /// The newest run of the source of the last event: most come from one, so it is at hand.
  private var current: Run?
  /// The newest run of each other source, which the next event may make longer.
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
    guard let newest = try newest(source, table, transaction) else { return nil }
    if let position = Self.position(number, in: newest) { return position }
    if number > newest.first { return nil }
    if let position = strays[Key128(high: UInt64(source), low: number)] { return position }
    if let runs = closed[source], let run = runs.last(where: { $0.first <= number }) {
      if let position = Self.position(number, in: run) { return position }
    }
    return try transaction.withCursor(table) { (cursor) throws(StoreError) in
      let key = Key128(high: UInt64(source), low: number)
      let found =
        try cursor.seek(key) ? (try cursor.key128 == key ? true : try cursor.previous()) : try cursor.last()
      guard found, let run = Self.read(try cursor.key128, cursor.value), run.source == source else {
        return nil
      }
      return Self.position(number, in: run)
    }
  }

  /// Notes a source's event.
  mutating func add(
    _ source: UInt32, _ number: UInt64, at position: UInt64, in table: Table,
    _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    guard let run = try newest(source, table, transaction) else {
      current = Run(source: source, first: number, position: position, length: 1)
      return
    }
    if number == run.first + UInt64(run.length), position == run.position + UInt64(run.length),
      run.length < .max
    {
      current?.length += 1
    } else if number > run.first {
      closed[source, default: []].append(run)
      current = Run(source: source, first: number, position: position, length: 1)
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
    if let current { runs.append(current) }
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
    current = nil
    strays.removeAll(keepingCapacity: true)
    loaded.removeAll(keepingCapacity: true)
  }

  /// The newest run of a source, which becomes the current one; nil where there is none.
  private mutating func newest(
    _ source: UInt32, _ table: Table, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Run? {
    if let current, current.source == source { return current }
    if let current { open[current.source] = current }
    current = open.removeValue(forKey: source)
    if current == nil, !isFromScratch, loaded.insert(source).inserted {
      current = try transaction.withCursor(table) { (cursor) throws(StoreError) -> Run? in
        let key = Key128(high: UInt64(source) + 1, low: 0)
        let isThere = try cursor.seek(key) ? try cursor.previous() : try cursor.last()
        guard isThere, let run = Self.read(try cursor.key128, cursor.value), run.source == source else {
          return nil
        }
        return run
      }
    }
    return current
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
