internal import LMDB
package import WorkloadModel

/// The first 54 bytes of every record, little-endian, format 1. `schemas/storage.md` is the specification.
///
///     0  u8   format (1)            20  u48  stream
///     1  u8   kind                  26  u48  previous position in the stream
///     2  u16  flags                 32  u48  previous position in the project
///     4  u32  version               38  i64  occurred at, microseconds
///     8  u32  actor                 46  i64  recorded at, microseconds
///     12 u32  reporter              54  the body
///     16 u32  project
package struct RecordHeader: Sendable, BitwiseCopyable {
  package var kind: RecordKind
  package var flags: RecordFlags
  /// The event's number in its stream, from 1; a refused action has the version that the stream had.
  package var version: UInt32
  package var actor: NameNumber
  package var reporter: NameNumber
  package var project: NameNumber
  /// The position of the event that began the stream; 0 where there is no stream.
  package var stream: UInt64
  package var previousInStream: UInt64
  package var previousInProject: UInt64
  package var occurredAt: Timestamp
  package var recordedAt: Timestamp

  package static let format: UInt8 = 1
  package static let byteCount = 54
  /// Positions are stored in 48 bits: at a million events a second that is nine years.
  package static let maxPosition: UInt64 = 0xFFFF_FFFF_FFFF

  package init(
    kind: RecordKind, flags: RecordFlags = [], version: UInt32 = 0, actor: NameNumber = .unknown,
    reporter: NameNumber = .unknown, project: NameNumber = .unknown, stream: UInt64 = 0,
    previousInStream: UInt64 = 0, previousInProject: UInt64 = 0, occurredAt: Timestamp,
    recordedAt: Timestamp
  ) {
    self.kind = kind
    self.flags = flags
    self.version = version
    self.actor = actor
    self.reporter = reporter
    self.project = project
    self.stream = stream
    self.previousInStream = previousInStream
    self.previousInProject = previousInProject
    self.occurredAt = occurredAt
    self.recordedAt = recordedAt
  }

  /// Reads a header; nil where the bytes are too few, of another format or of no known kind.
  @inlinable
  package init?(_ record: RawSpan) {
    guard record.byteCount >= Self.byteCount, record.u8(at: 0) == Self.format,
      let kind = RecordKind(rawValue: record.u8(at: 1)),
      record.u16(at: 2) & ~RecordFlags.known.rawValue == 0
    else { return nil }
    self.kind = kind
    flags = RecordFlags(rawValue: record.u16(at: 2))
    version = record.u32(at: 4)
    actor = NameNumber(rawValue: record.u32(at: 8))
    reporter = NameNumber(rawValue: record.u32(at: 12))
    project = NameNumber(rawValue: record.u32(at: 16))
    stream = record.u48(at: 20)
    previousInStream = record.u48(at: 26)
    previousInProject = record.u48(at: 32)
    occurredAt = Timestamp(microseconds: record.i64(at: 38))
    recordedAt = Timestamp(microseconds: record.i64(at: 46))
  }
}

/// What a record is: an event, or the registration of a name.
package struct RecordKind: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  package let rawValue: UInt8

  /// nil where no record of format 1 has this kind.
  @inlinable
  package init?(rawValue: UInt8) {
    guard (1...10).contains(rawValue) || (16...20).contains(rawValue) || (32...63).contains(rawValue)
    else { return nil }
    self.rawValue = rawValue
  }

  package init(_ event: EventKind) { rawValue = event.rawValue }
  private init(unchecked value: UInt8) { rawValue = value }

  /// A name got its number.
  package static let nameRegistered = RecordKind(unchecked: 32)
  /// The first record: which ledger this is.
  package static let ledgerCreated = RecordKind(unchecked: 33)
  /// Checkpoints are signed with another key.
  package static let keyAdded = RecordKind(unchecked: 34)
  /// A name was destroyed.
  package static let nameRedacted = RecordKind(unchecked: 35)

  /// The event; nil for what only concerns the ledger itself (32 to 63). A program skips those that it does not
  /// know: no workload, project or quota ever depends on them.
  @inlinable package var event: EventKind? { EventKind(rawValue: rawValue) }
}

/// What a record says about itself and which optional parts its body has. The bits never change meaning.
package struct RecordFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  package let rawValue: UInt16
  @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// It took effect.
  package static let applied = RecordFlags(rawValue: 1 << 0)
  /// It was reported as a fact, not wanted as a command.
  package static let observed = RecordFlags(rawValue: 1 << 1)
  /// A creation made up because a report came first.
  package static let implied = RecordFlags(rawValue: 1 << 2)
  /// `occurredAt` only says "then or before".
  package static let timeBound = RecordFlags(rawValue: 1 << 3)
  /// The body has a source (u32); without it the event is this ledger's own.
  package static let source = RecordFlags(rawValue: 1 << 4)
  /// The body has the source's number for it (LEB128).
  package static let idNumber = RecordFlags(rawValue: 1 << 5)
  /// The body has the source's id text.
  package static let idText = RecordFlags(rawValue: 1 << 6)
  package static let reason = RecordFlags(rawValue: 1 << 7)
  package static let url = RecordFlags(rawValue: 1 << 8)
  package static let sourceID = RecordFlags(rawValue: 1 << 9)
  package static let labels = RecordFlags(rawValue: 1 << 10)
  package static let known = RecordFlags(rawValue: (1 << 11) - 1)
  /// The source gave the event an id.
  package static let anyID = RecordFlags(rawValue: 1 << 5 | 1 << 6)
  /// What the ledger decides, and a repeat need not say again.
  package static let decided = RecordFlags(rawValue: 0b111)

  /// Whether any of the bits is set. Written out, as is `set`, because the library's `contains` and `insert` go
  /// through generic code that shows in a profile of appending.
  @inlinable
  package func has(_ flags: RecordFlags) -> Bool { rawValue & flags.rawValue != 0 }
  @inlinable
  package mutating func set(_ flags: RecordFlags) { self = RecordFlags(rawValue: rawValue | flags.rawValue) }
}
