import WorkloadModel

/// A batch on its way from the reader to the sink, with all that was noticed while it was filled.
///
/// A slot is used again and again, so that its buffers are allocated once.
struct ImportSlot: Sendable {
  static let eventLimit = 16_384
  /// The first filling ends sooner, so that reading and appending go on side by side in a small file too.
  static let firstEventLimit = 4_096
  static let textLimit = 4 << 20
  /// What else ends a slot: so that a file of nothing but bad lines is reported as it is read.
  static let rejectionLimit = 512
  static let lineLimit = 65_536
  /// Different warnings that are kept.
  static let warningLimit = 200

  private var eventLimit = firstEventLimit
  var batch = EventBatch()
  var outcomes: [EventOutcome] = []
  /// Of each event, the source it came from.
  var sources: [UInt32] = []
  var rejections: [ImportRejection] = []
  var warnings: [ImportWarning] = []
  var lines = 0
  var eventlessRows = 0
  var source: UInt32 = 0
  var bytesRead: UInt64 = 0
  var names = NameCache()
  /// Of each name of the batch that is sorted, the place in this slot's batch.
  var translations: [NameReference] = []

  /// An empty slot whose batch says who imports.
  init(importer: String) { batch.importer = batch.intern(.user, importer) }

  /// Whether it should be handed on before another line is read that may give `events`.
  @inline(__always)
  func isFull(roomFor events: Int) -> Bool {
    batch.events.count + events > eventLimit || batch.bytes.count >= Self.textLimit
      || rejections.count >= Self.rejectionLimit || lines >= Self.lineLimit
  }

  /// Empties it for the next filling; the names stay.
  mutating func clear() {
    eventLimit = Self.eventLimit
    batch.removeEvents()
    outcomes.removeAll(keepingCapacity: true)
    sources.removeAll(keepingCapacity: true)
    rejections.removeAll(keepingCapacity: true)
    warnings.removeAll(keepingCapacity: true)
    lines = 0
    eventlessRows = 0
  }

  /// Counts a field that is not kept.
  mutating func warn(_ field: String, file: String, line: UInt64) {
    if let index = warnings.firstIndex(where: { $0.field == field }) {
      warnings[index].count += 1
    } else if warnings.count < Self.warningLimit {
      warnings.append(ImportWarning(field: field, count: 1, file: file, line: line))
    } else {
      warnings[Self.warningLimit - 1].field = "other fields"
      warnings[Self.warningLimit - 1].count += 1
    }
  }
}

/// Reads sources into slots.
protocol EventProducer: ~Copyable {
  /// Fills an empty slot. What it holds counts also where the filling failed.
  mutating func fill(_ slot: inout ImportSlot) -> FillResult
}

/// How the filling of a slot ended.
enum FillResult: Sendable {
  /// There may be more.
  case filled
  /// This was the last.
  case ended
  /// Reading can't go on.
  case failed(ImportError)
}
