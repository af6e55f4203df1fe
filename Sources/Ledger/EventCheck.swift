import WorkloadModel

/// The last check before the log: whoever filled a batch, nothing out of range gets in.
enum EventCheck {
  static func check(_ batch: EventBatch) throws(LedgerError) {
    let texts = batch.bytes.span
    for index in batch.events.indices {
      let event = batch.events[index]
      if let flaw = flaw(event, texts, batch.nameCount) {
        let place = event.line > 0 ? "line \(event.line)" : "event \(index + 1)"
        throw .usage("\(place) (\(event.kind.cloudEventType)): \(flaw)")
      }
    }
    for index in batch.checkedNames..<batch.nameCount {
      let reference = NameReference(index: UInt32(index + 1))
      guard let (nameClass, name) = batch.name(reference) else { continue }
      if let flaw = TextFlaw.find(in: batch.nameBytes(reference).span, limit: Limits.name) {
        throw .usage("the \(nameClass) name '\(name.prefix(40))' \(flaw.explanation)")
      }
    }
  }

  private static func flaw(_ event: ProposedEvent, _ texts: Span<UInt8>, _ nameCount: Int) -> String? {
    if event.kind.isOfWorkload, event.subject == .none { return "it has no workload" }
    if !event.occurredAt.isValid { return "its time is outside the years 1 to 9999" }
    if let flaw = flaw("source id", event.sourceID, texts, Limits.name) { return flaw }
    if event.lastName.index > nameCount { return "a name is not in the batch" }
    if event.kind == .created {
      if !event.resources.isValid { return "a resource is below 0 or above \(Resources.limit)" }
      if event.name.isAbsent, !event.isImplied { return "the workload has no name" }
      if let flaw = flaw("name", event.name, texts, Limits.name) { return flaw }
      if let flaw = flaw("url", event.url, texts, Limits.url) { return flaw }
      if event.labels.count > Limits.labels { return "its labels have more than \(Limits.labels) bytes" }
      if !areLabels(event.labels, texts) { return "its labels can't be read" }
    }
    if event.kind == .memberAdded || event.kind == .memberRemoved, event.owner == .unknown {
      return "it names no member"
    }
    if event.kind == .quotaSet, event.resources.isAboveLimit { return "a limit is above \(Resources.limit)" }
    if event.kind == .terminated, event.reason.isAbsent {
      return "the cause is missing ('unknown' if need be)"
    }
    if !event.kind.isOfWorkload, event.kind != .actionRefused, event.project == .unknown {
      return "it names no project"
    }
    if case .number(let number) = event.identity, number == 0 || number > UInt64(Int64.max) {
      return "its id is not a number from 1 to \(Int64.max)"
    }
    if case .text(let range) = event.identity,
      let flaw = flaw("id", range, texts, Limits.eventID)
    {
      return flaw
    }
    if event.identity == .content, !event.kind.isOfWorkload { return "an event of a project needs an id" }
    if event.identity == .ledger, event.source != .unknown { return "it has a source but no id" }
    if event.identity != .ledger, event.source == .unknown { return "it has an id but no source" }
    return flaw("reason", event.reason, texts, Limits.reason, multiline: true)
  }

  /// Whether the range holds keys and values, each after its length, and nothing else.
  private static func areLabels(_ range: TextRange, _ texts: Span<UInt8>) -> Bool {
    let end = Int(range.offset) + Int(range.count)
    guard range.isAbsent || end <= texts.count else { return false }
    var at = Int(range.offset)
    var count = 0
    while at < end {
      var length = 0
      var shift = 0
      while at < end, texts[at] >= 0x80, shift < 21 {
        length |= Int(texts[at] & 0x7F) << shift
        shift += 7
        at += 1
      }
      guard at < end, texts[at] < 0x80 else { return false }
      at += 1 + (length | Int(texts[at]) << shift)
      count += 1
    }
    return at == end && count % 2 == 0
  }

  private static func flaw(
    _ field: String, _ range: TextRange, _ texts: Span<UInt8>, _ limit: Int, multiline: Bool = false
  ) -> String? {
    if range.isAbsent { return nil }
    let start = Int(range.offset)
    guard start + Int(range.count) <= texts.count else { return "its \(field) is not in the batch" }
    let text = texts.extracting(start..<start + Int(range.count))
    return TextFlaw.find(in: text, limit: limit, multiline: multiline).map {
      "its \(field) \($0.explanation)"
    }
  }
}

extension ProposedEvent {
  /// The one of its names that stands last in the batch.
  fileprivate var lastName: NameReference {
    let people = max(source.index, actor.index, reporter.index)
    return NameReference(index: max(people, project.index, cluster.index, owner.index))
  }
}

extension Resources {
  fileprivate var isAboveLimit: Bool {
    cpuMillicores > Self.limit || memoryBytes > Self.limit || gpuMilli > Self.limit
  }
}
