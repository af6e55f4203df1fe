import EventStore
import LMDB
import LedgerTestSupport
import ReadModels
import WorkloadModel

/// Views that are folded from records made in the test, in batches, without a log.
final class FoldHarness {
  let folder = TemporaryFolder()
  let store: ViewStore
  private var waiting: [[UInt8]] = []
  private var folded: UInt64 = 0
  var position: UInt64 { folded + UInt64(waiting.count) }

  init() throws { store = try ViewStore(openingAt: folder("views"), bootID: "test") }

  /// Adds a record; `stream` nil begins one.
  func add(
    _ event: ProposedEvent, project: UInt32, stream: UInt64?, names: EventNames = EventNames(),
    _ batch: EventBatch
  ) {
    let header = RecordHeader(
      kind: RecordKind(event.kind), flags: [.applied], version: 1, project: NameNumber(rawValue: project),
      stream: stream ?? position + 1, occurredAt: event.occurredAt, recordedAt: event.occurredAt)
    var writer = ByteWriter.forRecords()
    writer.record(header, event, names, anomaly: nil, refusalCode: 0, texts: batch.bytes.span)
    waiting.append(writer.bytes.withUnsafeBytes { Array($0) })
  }

  /// Folds what was added, in one batch; `look` sees the projection before it is written.
  func flush(_ look: (inout Projection, borrowing ReadTransaction) throws(LMDBError) -> Void = { _, _ in })
    throws
  {
    try store.write { (transaction) throws(LMDBError) in
      var projection = Projection(self.store.tables, position: self.folded, isFromScratch: false)
      for (index, record) in self.waiting.enumerated() {
        try projection.apply(record.span.bytes, at: self.folded + UInt64(index) + 1, transaction.reading)
      }
      try look(&projection, transaction.reading)
      try projection.flush(to: &transaction)
    }
    folded = position
    waiting.removeAll()
  }
}
