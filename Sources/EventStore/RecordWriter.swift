package import LMDB
package import WorkloadModel

extension ByteWriter {
  /// A writer for records, which stay far below what a tile entry may have (65,535 bytes).
  package static func forRecords() -> ByteWriter { ByteWriter(capacity: 65_535) }

  /// Begins a record.
  package mutating func header(_ header: RecordHeader) {
    reset()
    u8(RecordHeader.format)
    u8(header.kind.rawValue)
    u16(header.flags.rawValue)
    u32(header.version)
    u32(header.actor.rawValue)
    u32(header.reporter.rawValue)
    u32(header.project.rawValue)
    u48(header.stream)
    u48(header.previousInStream)
    u48(header.previousInProject)
    i64(header.occurredAt.microseconds)
    i64(header.recordedAt.microseconds)
  }

  /// A UUID in the order of its text.
  package mutating func id(_ id: WorkloadID) {
    bigEndian(id.high)
    bigEndian(id.low)
  }
}

/// The texts of a batch while its events are written: one span over all of them.
package struct EventNames: Sendable, BitwiseCopyable {
  package var source = NameNumber.unknown
  package var cluster = NameNumber.unknown
  package var owner = NameNumber.unknown
  package init() {}
}

extension ByteWriter {
  /// Writes the whole record of an event. `texts` are the batch's bytes; `ownID` says that the id is the
  /// position itself, so that nothing need be stored.
  package mutating func record(
    _ header: RecordHeader, _ event: ProposedEvent, _ names: EventNames, anomaly: Anomaly?,
    refusalCode: UInt8, texts: Span<UInt8>
  ) {
    var header = header
    if names.source != .unknown { header.flags.set(.source) }
    switch event.identity {
    case .number: header.flags.set(.idNumber)
    case .text: header.flags.set(.idText)
    case .ledger, .content: break
    }
    if !event.reason.isAbsent { header.flags.set(.reason) }
    if event.kind == .created {
      if !event.url.isAbsent { header.flags.set(.url) }
      if !event.sourceID.isAbsent { header.flags.set(.sourceID) }
      if !event.labels.isAbsent { header.flags.set(.labels) }
    }
    self.header(header)
    fixedPart(event, names, refusalCode)
    if names.source != .unknown { u32(names.source.rawValue) }
    switch event.identity {
    case .number(let number): varint(number)
    case .text(let range): text(range, texts)
    case .ledger, .content: break
    }
    if let anomaly { u8(anomaly.rawValue) }
    if !event.reason.isAbsent { text(event.reason, texts) }
    if event.kind == .created {
      text(event.name, texts)
      if !event.url.isAbsent { text(event.url, texts) }
      if !event.sourceID.isAbsent { text(event.sourceID, texts) }
      if !event.labels.isAbsent { text(event.labels, texts) }
    }
  }

  private mutating func fixedPart(_ event: ProposedEvent, _ names: EventNames, _ refusalCode: UInt8) {
    switch event.kind {
    case .created:
      id(event.subject)
      u8(event.type?.rawValue ?? 0)
      u32(names.cluster.rawValue)
      u32(names.owner.rawValue)
      amounts(event.resources)
    case .actionRefused:
      id(event.subject)
      u8((event.refusedKind ?? .actionRefused).rawValue)
      u8(refusalCode)
    case .memberAdded, .memberRemoved: u32(names.owner.rawValue)
    case .quotaSet:
      u32(names.owner.rawValue)
      let limits = event.resources
      var present: UInt8 = 0
      if limits.cpuMillicores >= 0 { present |= 1 }
      if limits.memoryBytes >= 0 { present |= 2 }
      if limits.gpuMilli >= 0 { present |= 4 }
      u8(present)
      amounts(limits)
    case .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed, .projectCreated:
      break
    }
  }

  /// An amount below zero says "not limited" and is written as zero; a bit beside it tells.
  private mutating func amounts(_ amounts: Resources) {
    varint(UInt64(max(0, amounts.cpuMillicores)))
    varint(UInt64(max(0, amounts.memoryBytes)))
    varint(UInt64(max(0, amounts.gpuMilli)))
  }

  private mutating func text(_ range: TextRange, _ texts: Span<UInt8>) {
    let start = Int(range.offset)
    text(texts.extracting(start..<start + Int(range.count)))
  }
}
