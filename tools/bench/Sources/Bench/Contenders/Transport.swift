import WorkloadModel

/// The one batch that carries all planned batches to a contender, as an importer uses one again and again: the
/// names stay interned, so that each is looked up once.
struct Transport {
  var batch = EventBatch()
  private var nameCount = 0

  /// Fills the batch with the plan; what it takes is not measured.
  mutating func load(_ plan: borrowing PlannedBatch, names: [(nameClass: NameClass, text: String)]) {
    batch.removeEvents()
    while nameCount < plan.nameCount {
      _ = batch.intern(names[nameCount].nameClass, names[nameCount].text)
      nameCount += 1
    }
    precondition(batch.nameCount == nameCount, "the plan's names keep their places")
    batch.events.append(contentsOf: plan.events)
    _ = batch.addText(plan.bytes.span)
  }

  /// Fills the batch with one event, whose names the batch has.
  mutating func load(_ event: ProposedEvent, texts: [UInt8]) {
    batch.removeEvents()
    batch.events.append(event)
    let span = texts.span
    _ = batch.addText(span)
  }
}
