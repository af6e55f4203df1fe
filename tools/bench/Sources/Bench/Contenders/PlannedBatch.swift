import HistoryModel
import WorkloadModel

/// A batch that was generated before the clock starts, with what the floor needs to know of it.
struct PlannedBatch: Sendable {
  var events: [ProposedEvent] = []
  /// What the texts of the events point into.
  var bytes: [UInt8] = []
  /// How many names of the plan are in use so far.
  var nameCount = 0
  /// What the ledger's clock says.
  var now = Timestamp(microseconds: 0)
  /// How long each record of the floor is: as long as the ledger's own.
  var recordSizes: [Int32] = []
  /// The rows that the batch changes, each once.
  var rows: [UInt64] = []
  /// The workloads that the batch creates, with their rows.
  var created: [(id: WorkloadID, row: UInt64)] = []
}

/// Generates batches of one history, so that all contenders get the same.
struct BatchPlanner {
  private var model: HistoryModel
  private var batch = EventBatch()
  /// Every name used so far, in the order of the batch's table.
  private(set) var names: [(nameClass: NameClass, text: String)] = []
  private var rowOfWorkload: [WorkloadID: UInt64] = [:]
  private var position: UInt64 = 0
  private(set) var eventCount = 0

  init(_ options: HistoryOptions) { model = HistoryModel(options) }

  /// The next batch of at most `count` events; nil at the end. `look` sees each as it is made.
  mutating func next(
    _ count: Int, _ look: (ProposedEvent, HistoryModel.Report, borrowing EventBatch) -> Void = { _, _, _ in }
  ) -> PlannedBatch? {
    batch.removeEvents()
    var plan = PlannedBatch()
    while batch.events.count < count, model.next(into: &batch) {
      if let event = batch.events.last { look(event, model.lastReport, batch) }
    }
    guard !batch.events.isEmpty else { return nil }
    plan.events = batch.events
    plan.bytes = batch.bytes
    plan.now = model.lastReport.reportedAt
    while names.count < batch.nameCount {
      guard let name = batch.name(NameReference(index: UInt32(names.count + 1))) else { break }
      names.append((name.class, name.text))
    }
    plan.nameCount = names.count
    planRows(&plan)
    eventCount += plan.events.count
    return plan
  }

  /// All rows and all ids, each in their order.
  var rowsAndIDs: (rows: [UInt64], ids: [WorkloadID]) {
    (rowOfWorkload.values.sorted(), rowOfWorkload.keys.sorted())
  }

  private mutating func planRows(_ plan: inout PlannedBatch) {
    var seen: Set<UInt64> = []
    plan.recordSizes.reserveCapacity(plan.events.count)
    for event in plan.events {
      position += 1
      plan.recordSizes.append(Int32(event.recordSize))
      guard event.kind.isOfWorkload else { continue }
      let row: UInt64
      if let known = rowOfWorkload[event.subject] {
        row = known
      } else {
        row = position
        rowOfWorkload[event.subject] = row
        plan.created.append((event.subject, row))
      }
      if seen.insert(row).inserted { plan.rows.append(row) }
    }
  }
}

extension ProposedEvent {
  /// How long the ledger's record of it is: `schemas/storage.md`, the header and the parts of the body.
  var recordSize: Int {
    var size = 54 + 4
    if case .number(let number) = identity { size += varintSize(number) }
    if !reason.isAbsent { size += textSize(reason) }
    switch kind {
    case .created:
      size += 16 + 1 + 4 + 4 + amountsSize + textSize(name)
      for text in [url, sourceID, labels] where !text.isAbsent { size += textSize(text) }
    case .actionRefused: size += 18
    case .memberAdded, .memberRemoved: size += 4
    case .quotaSet: size += 5 + amountsSize
    case .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed, .projectCreated:
      break
    }
    return size
  }

  private var amountsSize: Int {
    [resources.cpuMillicores, resources.memoryBytes, resources.gpuMilli].reduce(0) {
      $0 + varintSize(UInt64(max(0, $1)))
    }
  }

  private func textSize(_ text: TextRange) -> Int { varintSize(UInt64(text.count)) + Int(text.count) }

  private func varintSize(_ value: UInt64) -> Int { max(1, (70 - value.leadingZeroBitCount) / 7) }
}
