import EventStore
import LMDB
import WorkloadModel

/// When the events of a project in a segment of the log happened, the earliest and the latest of them: of all
/// that took effect on a workload.
///
/// What was true at a time is the fold of the segments that end before it, and of few events of others where events
/// come about in order (`PastSplit`). Nothing else is assumed: where they do not, more segments are read.
struct TimeSpan: Hashable, Sendable {
  var earliest: Timestamp
  var latest: Timestamp

  /// Segment s has the positions 2,048 s to 2,048 s + 2,047.
  static let segmentShift: UInt64 = 11

  static func segment(of position: UInt64) -> UInt64 { position >> segmentShift }
  static func first(of segment: UInt64) -> UInt64 { segment << segmentShift }

  /// The positions of a segment from one on and up to another.
  static func range(of segment: UInt64, from first: UInt64, through last: UInt64) -> Range<UInt64> {
    let start = max(self.first(of: segment), first)
    return start..<max(start, min(self.first(of: segment + 1), last + 1))
  }

  static func key(_ project: NameNumber, _ segment: UInt64) -> Key128 {
    Key128(high: UInt64(project.rawValue), low: segment)
  }

  init(_ time: Timestamp) {
    earliest = time
    latest = time
  }

  /// nil where the bytes are none.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount == 16 else { return nil }
    earliest = Timestamp(microseconds: bytes.i64(at: 0))
    latest = Timestamp(microseconds: bytes.i64(at: 8))
  }

  mutating func include(_ time: Timestamp) {
    earliest = min(earliest, time)
    latest = max(latest, time)
  }

  func write(to writer: inout ByteWriter) {
    writer.reset()
    writer.i64(earliest.microseconds)
    writer.i64(latest.microseconds)
  }
}

/// Where to change from the stored changes of status, which are by position, to single events, when a question is
/// about a time.
struct PastSplit {
  /// Up to here the stored changes count.
  var base: UInt64
  /// Segments up to the base with events that had not happened yet: their workloads are folded one by one.
  var before: [UInt64] = []
  /// Segments behind the base with events that had happened.
  var after: [UInt64] = []

  init(base: UInt64) { self.base = base }

  /// What it costs to read a segment behind the base.
  private static let readCost = 1
  /// What it costs to have a segment up to the base with some events that had not happened yet, and with such
  /// events alone: each of their workloads is looked at.
  private static let someLateCost = 4
  private static let allLateCost = 16

  /// Splits so that little is to be read. A single event of a clock that was wrong moves the base by nothing: its
  /// workload is folded by itself.
  init(_ spans: [(segment: UInt64, span: TimeSpan)], by time: Timestamp, upTo last: UInt64) {
    var cost = spans.reduce(0) { $0 + ($1.span.earliest <= time ? Self.readCost : 0) }
    var (lowest, count) = (cost, 0)
    for (index, entry) in spans.enumerated() {
      if entry.span.earliest <= time { cost -= Self.readCost }
      if entry.span.latest > time {
        cost += entry.span.earliest <= time ? Self.someLateCost : Self.allLateCost
      }
      if cost < lowest { (lowest, count) = (cost, index + 1) }
    }
    base = count < spans.count ? max(1, TimeSpan.first(of: spans[count].segment)) - 1 : last
    before = spans[..<count].filter { $0.span.latest > time }.map(\.segment)
    after = spans[count...].filter { $0.span.earliest <= time }.map(\.segment)
  }
}

extension ViewStore {
  /// Where to split the events of a project for a time, as far as `last`, where the tables of the past must have
  /// come to.
  func split(
    _ project: NameNumber, by time: Timestamp, upTo last: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> PastSplit {
    PastSplit(try spans(of: project, upTo: last, transaction), by: time, upTo: last)
  }

  /// The times of the segments of a project, as far as `last`, where the tables of the past must have come to.
  func spans(
    of project: NameNumber, upTo last: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [(segment: UInt64, span: TimeSpan)] {
    guard let history, last > 0 else { return [] }
    return try transaction.withCursor(history.spans) { (cursor) throws(StoreError) in
      var spans: [(segment: UInt64, span: TimeSpan)] = []
      var isThere = try cursor.seek(TimeSpan.key(project, 0))
      while isThere, try cursor.key128.high == UInt64(project.rawValue) {
        let segment = try cursor.key128.low
        if TimeSpan.first(of: segment) > last { break }
        guard let span = TimeSpan(cursor.value) else {
          throw .damaged(position: TimeSpan.first(of: segment), why: "the times from there on can't be read")
        }
        spans.append((segment, span))
        isThere = try cursor.next()
      }
      return spans
    }
  }
}
