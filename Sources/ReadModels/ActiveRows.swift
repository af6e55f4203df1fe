import EventStore
import LMDB
import WorkloadModel

/// The workloads of a project that something happened to in a span of time, or that waited or ran all through it.
///
/// The first are in the segments of the log whose times meet the span. The others had not ended at the base that the
/// past is split at (`PastSplit`), as the stored changes of status say: what began before the span is up to the base and
/// what ends behind it is not, but for the events of segments that are out of order, whose workloads are taken too. So
/// the work grows with the span, and none is left out, whatever the clocks did.
struct ActiveRows {
  private let project: NameNumber
  /// Bit = stream: far smaller than the log, and in order as it is.
  private var streams: [UInt64] = []

  /// What it costs to read a workload's row, in events that are looked at.
  private static let rowCost: UInt64 = 5
  /// Whose run may not have ended.
  private static let openStatuses: UInt16 = WorkloadStatus.allCases.reduce(0) { mask, status in
    switch status {
    case .complete, .failed, .terminated, .deleted: mask
    case .added, .pending, .running, .unknown, .deleteRequested, .deleteFailed:
      mask | 1 << UInt16(status.rawValue)
    }
  }

  /// nil where it is as well to look at every workload of the project.
  init?(
    of project: NameNumber, since: Timestamp, until: Timestamp, _ views: ViewStore, _ log: EventLog,
    _ transaction: borrowing ReadTransaction, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    self.project = project
    let last = try views.position(transaction) ?? 0
    let folded = min(last, try views.historyPosition(transaction))
    let spans = try views.spans(of: project, upTo: folded, transaction)
    let split = PastSplit(spans, by: since, upTo: folded)
    let inside = spans.filter { $0.span.earliest < until && $0.span.latest >= since }.map(\.segment)
    let segments = Set(split.before + split.after + inside).sorted()
    let rowCount = try views.project(project, transaction)?.rowCount ?? 0
    let events = UInt64(segments.count) << TimeSpan.segmentShift + (last - folded)
    guard events < UInt64(rowCount) * Self.rowCost else { return nil }
    streams = Array(repeating: 0, count: Int(last >> 6) + 1)
    for segment in segments {
      try add(TimeSpan.range(of: segment, from: 1, through: folded), log, records)
    }
    try add(folded + 1..<last + 1, log, records)
    try addOpen(at: split.base, views, transaction)
  }

  /// Adds the workloads of the events in a range of positions.
  private mutating func add(
    _ range: Range<UInt64>, _ log: EventLog, _ records: borrowing ReadTransaction
  ) throws(StoreError) {
    try log.forEachChange(of: project, in: range, records) { (header) throws(StoreError) in
      insert(header.stream)
    }
  }

  /// Adds the workloads that were there at a position and had not ended.
  private mutating func addOpen(
    at position: UInt64, _ views: ViewStore, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) {
    let rowCount = try views.rowCount(project, upTo: position, transaction)
    var ordinals: [UInt32] = []
    var words = [UInt64](repeating: 0, count: BitmapChunk.wordCount)
    for first in stride(from: 0, to: rowCount, by: BitmapChunk.bitCount) {
      try views.matches(
        project, chunk: first / UInt32(BitmapChunk.bitCount), through: position, Self.openStatuses, &words,
        transaction)
      for index in 0..<BitmapChunk.wordCount {
        while words[index] != 0 {
          let ordinal = first + UInt32(index * 64 + words[index].trailingZeroBitCount)
          if ordinal < rowCount { ordinals.append(ordinal) }
          words[index] &= words[index] - 1
        }
      }
    }
    for stream in try views.streams(project, ordinals, transaction) { insert(stream) }
  }

  private mutating func insert(_ stream: UInt64) { streams[Int(stream >> 6)] |= 1 << (stream & 63) }

  /// Calls `body` for each, in the order of creation.
  func forEach(_ body: (UInt64) throws(StoreError) -> Void) throws(StoreError) {
    for index in streams.indices {
      var word = streams[index]
      while word != 0 {
        try body(UInt64(index << 6 | word.trailingZeroBitCount))
        word &= word - 1
      }
    }
  }
}
