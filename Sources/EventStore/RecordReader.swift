internal import LMDB
package import WorkloadModel

/// Walks the body of a record, field by field. Reading past the end fails, it never traps: the bytes come
/// from a file.
package struct RecordReader: Sendable, BitwiseCopyable {
  package private(set) var offset: Int

  /// At the beginning of the body.
  package init() { offset = RecordHeader.byteCount }

  package init(at offset: Int) { self.offset = offset }

  package mutating func u8(_ record: RawSpan) -> UInt8? {
    guard offset < record.byteCount else { return nil }
    defer { offset += 1 }
    return record.u8(at: offset)
  }

  package mutating func u32(_ record: RawSpan) -> UInt32? {
    guard offset + 4 <= record.byteCount else { return nil }
    defer { offset += 4 }
    return record.u32(at: offset)
  }

  package mutating func id(_ record: RawSpan) -> WorkloadID? {
    guard offset + 16 <= record.byteCount else { return nil }
    defer { offset += 16 }
    return WorkloadID(
      high: record.u64(at: offset).byteSwapped, low: record.u64(at: offset + 8).byteSwapped)
  }

  package mutating func varint(_ record: RawSpan) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < record.byteCount, shift < 64 {
      let byte = record.u8(at: offset)
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      // One form for each number: a last byte of zero adds nothing.
      if byte < 0x80 { return byte == 0 && shift > 0 ? nil : value }
      shift += 7
    }
    return nil
  }

  /// Where a text with its length before it stands.
  package mutating func text(_ record: RawSpan) -> Range<Int>? {
    guard let length = varint(record), length <= UInt64(record.byteCount - offset) else { return nil }
    defer { offset += Int(length) }
    return offset..<offset + Int(length)
  }
}

/// Who gave a record's event its id, and which: the part of a body that makes a retry safe, and the only one that
/// the fold reads of every imported record.
package struct RecordIdentity: Sendable {
  package var source: NameNumber
  package var number: UInt64?
  package var text: Range<Int>?

  /// Reads it from a record that has a source; nil where the bytes do not hold together.
  package init?(_ record: RawSpan, _ header: RecordHeader) {
    guard let event = header.kind.event else { return nil }
    var reader = RecordReader()
    guard reader.skipFixedPart(event, record), let source = reader.u32(record) else { return nil }
    self.source = NameNumber(rawValue: source)
    if header.flags.has(.idNumber) {
      guard let number = reader.varint(record) else { return nil }
      self.number = number
    }
    if header.flags.has(.idText) {
      guard let range = reader.text(record) else { return nil }
      text = range
    }
  }
}

extension RecordReader {
  /// Moves behind what only this kind has; false where the record ends before.
  fileprivate mutating func skipFixedPart(_ event: EventKind, _ record: RawSpan) -> Bool {
    switch event {
    case .created: offset += 25
    case .actionRefused: offset += 18
    case .memberAdded, .memberRemoved: offset += 4
    case .quotaSet: offset += 5
    case .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed, .projectCreated:
      return true
    }
    guard event == .created || event == .quotaSet else { return true }
    for _ in 0..<3 where varint(record) == nil { return false }
    return true
  }
}

/// Everything of a record's body, as numbers and ranges of its bytes.
package struct RecordBody: Sendable {
  /// The workload: of `created` and of a refusal.
  package var subject: WorkloadID?
  package var creation: WorkloadFact.Creation?
  package var refused: EventKind?
  package var refusalCode: UInt8 = 0
  /// The member, or the owner of the quota.
  package var user = NameNumber.unknown
  package var limits = QuotaLimits()
  package var source = NameNumber.unknown
  package var idNumber: UInt64?
  package var idText: Range<Int>?
  package var anomaly: Anomaly?
  package var reason: Range<Int>?
  package var name: Range<Int>?
  package var url: Range<Int>?
  package var sourceID: Range<Int>?
  package var labels: Range<Int>?

  /// Reads the body of a record of this header; nil where it does not hold together or bytes are left over.
  package init?(_ record: RawSpan, _ header: RecordHeader) {
    guard let event = header.kind.event else { return nil }
    var reader = RecordReader()
    guard readFixedPart(event, record, header, &reader), readCommonPart(event, record, header, &reader)
    else { return nil }
    if event == .created {
      guard let range = reader.text(record) else { return nil }
      name = range
      if header.flags.has(.url) {
        guard let range = reader.text(record) else { return nil }
        url = range
      }
      if header.flags.has(.sourceID) {
        guard let range = reader.text(record) else { return nil }
        sourceID = range
      }
      if header.flags.has(.labels) {
        guard let range = reader.text(record) else { return nil }
        labels = range
      }
    }
    guard reader.offset == record.byteCount else { return nil }
  }

  /// What only this kind has.
  private mutating func readFixedPart(
    _ event: EventKind, _ record: RawSpan, _ header: RecordHeader, _ reader: inout RecordReader
  ) -> Bool {
    switch event {
    case .created:
      guard let id = reader.id(record), let creation = Self.creation(record, header.project, &reader)
      else { return false }
      subject = id
      self.creation = creation
    case .actionRefused:
      guard let id = reader.id(record), let kind = reader.u8(record), let refused = EventKind(rawValue: kind),
        let code = reader.u8(record)
      else { return false }
      subject = id == .none ? nil : id
      self.refused = refused
      refusalCode = code
    case .memberAdded, .memberRemoved:
      guard let user = reader.u32(record) else { return false }
      self.user = NameNumber(rawValue: user)
    case .quotaSet:
      guard let user = reader.u32(record), let present = reader.u8(record), present < 8,
        let cpu = reader.varint(record), let memory = reader.varint(record), let gpu = reader.varint(record)
      else { return false }
      self.user = NameNumber(rawValue: user)
      limits = QuotaLimits(
        cpuMillicores: present & 1 != 0 ? Int64(clamping: cpu) : nil,
        memoryBytes: present & 2 != 0 ? Int64(clamping: memory) : nil,
        gpuMilli: present & 4 != 0 ? Int64(clamping: gpu) : nil)
    case .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed, .projectCreated:
      break
    }
    return true
  }

  /// What any kind may have.
  private mutating func readCommonPart(
    _ event: EventKind, _ record: RawSpan, _ header: RecordHeader, _ reader: inout RecordReader
  ) -> Bool {
    if header.flags.has(.source) {
      guard let number = reader.u32(record) else { return false }
      source = NameNumber(rawValue: number)
    }
    if header.flags.has(.idNumber) {
      guard let number = reader.varint(record) else { return false }
      idNumber = number
    }
    if header.flags.has(.idText) {
      guard let range = reader.text(record) else { return false }
      idText = range
    }
    if !header.flags.has(.applied), event != .actionRefused {
      guard let code = reader.u8(record), let anomaly = Anomaly(rawValue: code) else { return false }
      self.anomaly = anomaly
    }
    if header.flags.has(.reason) {
      guard let range = reader.text(record) else { return false }
      reason = range
    }
    return true
  }

  /// The numbers of a creation, from behind the id: the only part of a body that the fold reads.
  package static func creation(
    _ record: RawSpan, _ project: NameNumber, _ reader: inout RecordReader
  ) -> WorkloadFact.Creation? {
    guard let type = reader.u8(record), let cluster = reader.u32(record), let owner = reader.u32(record),
      let cpu = reader.varint(record), let memory = reader.varint(record), let gpu = reader.varint(record),
      type == 0 || WorkloadType(rawValue: type) != nil
    else { return nil }
    return WorkloadFact.Creation(
      project: project, cluster: NameNumber(rawValue: cluster), owner: NameNumber(rawValue: owner),
      type: WorkloadType(rawValue: type),
      resources: Resources(
        cpuMillicores: Int64(clamping: cpu), memoryBytes: Int64(clamping: memory),
        gpuMilli: Int64(clamping: gpu)))
  }
}

extension WorkloadFact {
  /// The event of a record as the fold sees it, and for a creation its id; nil where the record is not of a
  /// workload or does not hold together.
  package init?(_ header: RecordHeader, _ record: RawSpan, position: UInt64, id: inout WorkloadID) {
    guard let kind = header.kind.event, kind.isOfWorkload else { return nil }
    self.init(kind, position: position, occurredAt: header.occurredAt, actor: header.actor)
    isApplied = header.flags.has(.applied)
    timeIsBound = header.flags.has(.timeBound)
    hasReason = header.flags.has(.reason)
    if kind == .created {
      var reader = RecordReader()
      guard let subject = reader.id(record),
        let creation = RecordBody.creation(record, header.project, &reader)
      else { return nil }
      id = subject
      self.creation = creation
    }
  }
}
