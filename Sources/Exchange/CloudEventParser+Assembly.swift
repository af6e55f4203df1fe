import WorkloadModel

extension CloudEventParser {
  /// Judges the fields by the kind of the event, and appends it.
  mutating func assemble(
    _ text: Span<UInt8>, number: UInt64, file: String, into slot: inout ImportSlot
  ) throws(LineFlaw) {
    if line.seen & CloudEventField.specversion.bit == 0 { throw missing(.specversion) }
    guard let kind = line.kind else { throw missing(.type) }
    guard let time = line.time else { throw missing(.time) }
    if line.id.isAbsent { throw missing(.id) }
    if line.source.isAbsent { throw missing(.source) }
    if kind.isOfWorkload, line.subject == nil { throw missing(.subject) }
    try judge(kind, text, number: number, file: file, &slot)

    let mayHaveSubject = kind.isOfWorkload || kind == .actionRefused
    let subject = mayHaveSubject ? line.subject ?? .none : .none
    var event = ProposedEvent(kind, .observation, subject: subject, occurredAt: time)
    event.line = number
    event.timeIsBound = line.timeIsBound
    event.wasCommand = line.wasCommand
    event.source = name(.source, line.source, text, &slot)
    event.identity = identity(event, text, &slot)
    event.actor = name(.user, line.actor, text, &slot)
    event.reporter =
      line.reporter.isAbsent
      ? slot.batch.intern(.reporter, reporter.span) : name(.reporter, line.reporter, text, &slot)
    event.project = name(.project, line.project, text, &slot)
    event.reason = keep(line.reason, text, &slot)
    switch kind {
    case .created: try describe(&event, text, &slot)
    case .terminated: if event.reason.isAbsent { event.reason = slot.batch.addText("unknown") }
    case .actionRefused: event.refusedKind = line.command
    case .memberAdded, .memberRemoved: event.owner = name(.user, line.member, text, &slot)
    case .quotaSet:
      event.owner = name(.user, line.owner, text, &slot)
      event.resources = line.limits
    case .projectCreated: event.isImplied = line.isImplied
    case .queued, .started, .completed, .failed, .contactLost, .deleteRequested, .deleted, .deleteFailed:
      break
    }
    try refuseNobody(event)
    slot.batch.events.append(event)
    slot.sources.append(slot.source)
  }

  /// 'unknown' is nobody: it can be no source, no member and no owner of a quota, and no project that
  /// something happens to.
  @inline(__always)
  private mutating func refuseNobody(_ event: ProposedEvent) throws(LineFlaw) {
    if event.source == .unknown { throw nobody(.source) }
    switch event.kind {
    case .created: if event.project == .unknown, !event.isImplied { throw nobody(.project) }
    case .projectCreated: if event.project == .unknown { throw nobody(.project) }
    case .memberAdded, .memberRemoved:
      if event.project == .unknown { throw nobody(.project) }
      if event.owner == .unknown { throw nobody(.member) }
    case .quotaSet:
      if event.project == .unknown { throw nobody(.project) }
      if event.owner == .unknown { throw nobody(.owner) }
    case .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed, .actionRefused:
      return
    }
  }

  private mutating func nobody(_ field: CloudEventField) -> LineFlaw {
    self.field = field
    return .flaw(column: 0, reason: "'unknown' stands for nobody; a name must stand here")
  }

  /// A field that must be there and is not.
  private mutating func missing(_ field: CloudEventField) -> LineFlaw {
    self.field = field
    return .flaw(column: 0, reason: "it is missing")
  }

  // MARK: What a kind needs and does not know

  @inline(__always)
  private mutating func judge(
    _ kind: EventKind, _ text: Span<UInt8>, number: UInt64, file: String, _ slot: inout ImportSlot
  ) throws(LineFlaw) {
    switch kind {
    case .created:
      if line.name.isAbsent, !line.isImplied { throw missing(.name) }
      if line.project.isAbsent, !line.isImplied { throw missing(.project) }
    case .actionRefused: if line.command == nil { throw missing(.command) }
    case .memberAdded, .memberRemoved:
      if line.member.isAbsent { throw missing(.member) }
      if line.project.isAbsent { throw missing(.project) }
    case .quotaSet:
      if line.owner.isAbsent { throw missing(.owner) }
      if line.project.isAbsent { throw missing(.project) }
      if line.seen & CloudEventField.limits.bit == 0 { throw missing(.limits) }
    case .projectCreated: if line.project.isAbsent { throw missing(.project) }
    case .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed:
      break
    }
    // The attributes are known to every kind, but for the subject.
    var foreign = line.seen & ~attributeBits & ~membersOfKind[Int(kind.rawValue)]
    if line.subject != nil, !kind.isOfWorkload, kind != .actionRefused {
      foreign |= CloudEventField.subject.bit
    }
    if foreign != 0 || !unknown.isEmpty {
      try keepOut(foreign, kind, text, number: number, file: file, &slot)
    }
  }

  /// Counts or, where it is strict, refuses what this kind of event does not know.
  @inline(never)
  private mutating func keepOut(
    _ foreign: UInt64, _ kind: EventKind, _ text: Span<UInt8>, number: UInt64, file: String,
    _ slot: inout ImportSlot
  ) throws(LineFlaw) {
    var paths: [(path: String, column: Int)] = []
    for known in CloudEventField.allCases where foreign & known.bit != 0 { paths.append((known.path, 0)) }
    for (key, isData) in unknown {
      let path = (isData ? "data." : "") + cursor.message(key, text)
      paths.append((path, key.offset - cursor.start + 1))
    }
    if isStrict, let first = paths.first {
      field = nil
      throw .flaw(
        column: first.column,
        reason: "\(kind.cloudEventType) knows no field '\(first.path)' (without --strict it is left out)")
    }
    for (path, _) in paths { slot.warn("\(path) of \(kind.cloudEventType)", file: file, line: number) }
  }

  // MARK: Fields

  @inline(__always)
  private func name(
    _ nameClass: NameClass, _ item: JSONText, _ text: Span<UInt8>, _ slot: inout ImportSlot
  ) -> NameReference {
    if item.isAbsent { return .unknown }
    if item.isInScratch {
      return cursor.withBytes(item, text) { slot.batch.intern(nameClass, $0) }
    }
    return slot.names.intern(nameClass, text, item.start, item.count, in: &slot.batch)
  }

  @inline(__always)
  private func keep(_ item: JSONText, _ text: Span<UInt8>, _ slot: inout ImportSlot) -> TextRange {
    if item.isAbsent { return .absent }
    return cursor.withBytes(item, text) { slot.batch.addText($0) }
  }

  @inline(__always)
  private func identity(
    _ event: ProposedEvent, _ text: Span<UInt8>, _ slot: inout ImportSlot
  ) -> EventIdentity {
    if let number = cursor.withBytes(line.id, text, { eventNumber($0) }) { return .number(number) }
    return textIdentity(event, text, &slot)
  }

  /// An id that says the event's own subject, kind and time adds nothing to them.
  @inline(never)
  private func textIdentity(
    _ event: ProposedEvent, _ text: Span<UInt8>, _ slot: inout ImportSlot
  ) -> EventIdentity {
    let isContent = cursor.withBytes(line.id, text) { span in
      guard span.count > 38, span[36] == UInt8(ascii: "/") else { return false }
      var own = TextBuffer()
      event.subject.write(to: &own)
      own.append("/\(event.kind.rawValue)/\(event.occurredAt.microseconds)")
      return own.withUnsafeBytes { own in span.withUnsafeBytes { $0.elementsEqual(own) } }
    }
    return isContent ? .content : .text(keep(line.id, text, &slot))
  }

  /// Fills in what only `created` says.
  private mutating func describe(
    _ event: inout ProposedEvent, _ text: Span<UInt8>, _ slot: inout ImportSlot
  ) throws(LineFlaw) {
    event.labels = try labelRange(text, &slot)
    event.isImplied = line.isImplied
    event.name = keep(line.name, text, &slot)
    event.type = line.workloadType
    event.cluster = name(.cluster, line.cluster, text, &slot)
    event.owner = name(.user, line.owner, text, &slot)
    event.resources = line.resources
    event.url = keep(line.url, text, &slot)
    event.sourceID = keep(line.sourceID, text, &slot)
  }

  /// Writes labels as they are stored: sorted by key, each key and value after its length.
  private mutating func labelRange(
    _ text: Span<UInt8>, _ slot: inout ImportSlot
  ) throws(LineFlaw) -> TextRange {
    if labels.isEmpty, !line.isCustomType { return .absent }
    field = .labels
    let cursor = cursor
    if labels.count > 1 { labels.sort { cursor.isLess($0.key, $1.key, text) } }
    labelBytes.removeAll(keepingCapacity: true)
    // `type=Custom` is put in its place, unless there is such a label.
    var isCustomDue = line.isCustomType && !labels.contains { isText($0.key, "type", text) }
    for index in labels.indices {
      let (key, value) = labels[index]
      if index > 0, cursor.isSame(key, labels[index - 1].key, text) {
        throw cursor.duplicate(key, text)
      }
      if isCustomDue, cursor.withBytes(key, text, { isAfterType($0) }) {
        appendCustomType()
        isCustomDue = false
      }
      appendLabelText(key, text)
      appendLabelText(value, text)
    }
    if isCustomDue { appendCustomType() }
    if labelBytes.count > Limits.labels {
      throw .flaw(
        column: 0, reason: "all labels take \(labelBytes.count) bytes; \(Limits.labels) is the most")
    }
    return slot.batch.addText(labelBytes.span)
  }

  private mutating func appendLabelText(_ item: JSONText, _ text: Span<UInt8>) {
    appendVarint(UInt64(item.count), to: &labelBytes)
    if item.isInScratch {
      labelBytes.append(contentsOf: cursor.scratch[item.start..<item.start + item.count])
    } else {
      for index in item.start..<item.start + item.count { labelBytes.append(text[index]) }
    }
  }

  private mutating func appendCustomType() {
    labelBytes.append(4)
    labelBytes.append(contentsOf: "type".utf8)
    labelBytes.append(6)
    labelBytes.append(contentsOf: "Custom".utf8)
  }

  private func isAfterType(_ key: Span<UInt8>) -> Bool {
    var bytes: [UInt8] = []
    for index in key.indices { bytes.append(key[index]) }
    return "type".utf8.lexicographicallyPrecedes(bytes)
  }
}
