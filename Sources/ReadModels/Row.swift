import EventStore
package import LMDB
package import WorkloadModel

/// A workload's row: the folded state, its place in the project, and which content ids it has seen.
///
/// Texts stay in the log; `stream` leads to them. All rows have one size, so a row that changes is written
/// where it was.
package struct Row: Sendable, BitwiseCopyable {
  package var state: WorkloadState
  /// The workload's number in its project, from 0 in the order of creation: its bit in the bitmaps.
  package var ordinal: UInt32
  /// A Bloom filter (k = 2, m = 64) over kind and time of the events that have no id of their own: only a
  /// hit makes an import walk the timeline to see whether the event is a repeat.
  package var contentFilter: UInt64 = 0

  package init(state: WorkloadState, ordinal: UInt32) {
    self.state = state
    self.ordinal = ordinal
  }

  package static let byteCount = 144
  /// Where the ordinal stands.
  static let ordinalOffset = 4

  /// The two bits of an event without an id.
  package static func contentBits(_ kind: EventKind, _ occurredAt: Timestamp) -> UInt64 {
    var hash = UInt64(bitPattern: occurredAt.microseconds) &+ UInt64(kind.rawValue) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
    return 1 << (hash & 63) | 1 << (hash >> 8 & 63)
  }
}

extension Row {
  /// Writes the row; `schemas/storage.md` lists the offsets.
  package func write(to writer: inout ByteWriter) {
    let s = state
    writer.reset()
    writer.u32(s.project.rawValue)
    writer.u32(ordinal)
    writer.u32(s.cluster.rawValue)
    writer.u32(s.owner.rawValue)
    writer.u8(s.type?.rawValue ?? 0)
    writer.u8(s.run.rawValue)
    writer.u8(s.deletion.rawValue)
    writer.u8(s.contact.rawValue)
    writer.u32(s.attempt)
    writer.u32(s.deletionAttempts)
    writer.u32(s.version)
    writer.i64(s.resources.cpuMillicores)
    writer.i64(s.resources.memoryBytes)
    writer.i64(s.resources.gpuMilli)
    writer.i64(s.createdAt.microseconds)
    writer.i64(s.queuedAt.microseconds)
    writer.i64(s.startedAt.microseconds)
    writer.i64(s.finishedAt.microseconds)
    writer.i64(s.deleteRequestedAt.microseconds)
    writer.i64(s.deletedAt.microseconds)
    writer.i64(s.statusSince.microseconds)
    writer.u32(s.createdBy.rawValue)
    writer.u32(s.deleteRequestedBy.rawValue)
    writer.u32(s.deletedBy.rawValue)
    writer.u48(s.reasonPosition)
    writer.u48(s.lastPosition)
    writer.u64(contentFilter)
  }

  /// Reads a row; nil where the bytes are not one.
  package init?(_ bytes: RawSpan, stream: UInt64) {
    guard bytes.byteCount == Self.byteCount, let run = Run(rawValue: bytes.u8(at: 17)),
      let deletion = Deletion(rawValue: bytes.u8(at: 18)), let contact = Contact(rawValue: bytes.u8(at: 19))
    else { return nil }
    func time(_ offset: Int) -> Timestamp { Timestamp(microseconds: bytes.i64(at: offset)) }
    func name(_ offset: Int) -> NameNumber { NameNumber(rawValue: bytes.u32(at: offset)) }
    let creation = WorkloadFact.Creation(
      project: name(0), cluster: name(8), owner: name(12), type: WorkloadType(rawValue: bytes.u8(at: 16)),
      resources: Resources(
        cpuMillicores: bytes.i64(at: 32), memoryBytes: bytes.i64(at: 40), gpuMilli: bytes.i64(at: 48)))
    var state = WorkloadState(
      created: WorkloadFact(.created, position: stream, occurredAt: time(56), actor: name(112)), creation)
    state.run = run
    state.deletion = deletion
    state.contact = contact
    state.attempt = bytes.u32(at: 20)
    state.deletionAttempts = bytes.u32(at: 24)
    state.version = bytes.u32(at: 28)
    state.queuedAt = time(64)
    state.startedAt = time(72)
    state.finishedAt = time(80)
    state.deleteRequestedAt = time(88)
    state.deletedAt = time(96)
    state.statusSince = time(104)
    state.deleteRequestedBy = name(116)
    state.deletedBy = name(120)
    state.reasonPosition = bytes.u48(at: 124)
    state.lastPosition = bytes.u48(at: 130)
    self.init(state: state, ordinal: bytes.u32(at: 4))
    contentFilter = bytes.u64(at: 136)
  }
}
