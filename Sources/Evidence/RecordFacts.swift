/// What a bundle needs to know of a record: its header, and the names that it uses.
///
/// A reader of its own for these few fields (`schemas/storage.md`, events), so that evidence is checked without
/// the store. Total: bytes that are no record give nil.
package struct RecordFacts: Hashable, Sendable {
  package let kind: UInt8
  package let flags: UInt16
  package let version: UInt32
  package let actor: UInt32
  package let reporter: UInt32
  package let project: UInt32
  /// The position of the record that began the stream; 0 where there is none.
  package let stream: UInt64
  package let previousInStream: UInt64
  package let previousInProject: UInt64
  /// Microseconds since 1970-01-01T00:00:00Z, as the next.
  package let occurredAt: Int64
  package let recordedAt: Int64
  /// The name numbers that header and body use, each once, ascending, without 0.
  package let names: [UInt32]

  package static let headerBytes = 54
  /// The kinds of records that are told apart here.
  package static let created: UInt8 = 1
  package static let refused: UInt8 = 16
  package static let nameRegistered: UInt8 = 32
  package static let ledgerCreated: UInt8 = 33
  private static let member: ClosedRange<UInt8> = 18...19
  private static let quotaSet: UInt8 = 20
  private static let hasSource: UInt16 = 1 << 4

  /// Reads a record; nil where the bytes are not of format 1 or end too early.
  package init?(_ record: [UInt8]) {
    var reader = RecordBytes(record)
    guard reader.number(1) == 1, record.count >= Self.headerBytes else { return nil }
    kind = UInt8(reader.number(1) ?? 0)
    flags = UInt16(reader.number(2) ?? 0)
    version = UInt32(reader.number(4) ?? 0)
    actor = UInt32(reader.number(4) ?? 0)
    reporter = UInt32(reader.number(4) ?? 0)
    project = UInt32(reader.number(4) ?? 0)
    stream = reader.number(6) ?? 0
    previousInStream = reader.number(6) ?? 0
    previousInProject = reader.number(6) ?? 0
    occurredAt = Int64(bitPattern: reader.number(8) ?? 0)
    recordedAt = Int64(bitPattern: reader.number(8) ?? 0)
    guard let more = Self.bodyNames(kind, flags, &reader) else { return nil }
    names = Set([actor, reporter, project] + more).subtracting([0]).sorted()
  }

  /// The name numbers of the body: cluster, owner, member, source.
  private static func bodyNames(_ kind: UInt8, _ flags: UInt16, _ reader: inout RecordBytes) -> [UInt32]? {
    var names: [UInt64?] = []
    switch kind {
    case created:
      reader.skip(17)
      names = [reader.number(4), reader.number(4)]
      for _ in 0..<3 { reader.skipVarint() }
    case refused: reader.skip(18)
    case member: names = [reader.number(4)]
    case quotaSet:
      names = [reader.number(4)]
      reader.skip(1)
      for _ in 0..<3 { reader.skipVarint() }
    case nameRegistered...63: return []
    default: break
    }
    if flags & hasSource != 0 { names.append(reader.number(4)) }
    guard !reader.isOver else { return nil }
    return names.map { UInt32($0 ?? 0) }
  }

  /// The id of the workload that a `workload.created` or a refusal is about, 16 bytes; nil for other kinds.
  package static func workloadID(of record: [UInt8]) -> [UInt8]? {
    guard record.count >= headerBytes + 16, record[1] == created || record[1] == refused else { return nil }
    return Array(record[headerBytes..<headerBytes + 16])
  }
}

/// What a record of kind 32 says: which number a name has, and its commitment.
struct NameRegistration {
  let nameClass: UInt8
  let number: UInt32
  /// SHA-256(salt ‖ name).
  let commitment: Digest

  private static let byteCount = RecordFacts.headerBytes + 37

  init?(_ record: [UInt8]) {
    guard record.count == Self.byteCount, record[0] == 1, record[1] == RecordFacts.nameRegistered else {
      return nil
    }
    var reader = RecordBytes(record)
    reader.skip(RecordFacts.headerBytes)
    nameClass = UInt8(reader.number(1) ?? 0)
    number = UInt32(reader.number(4) ?? 0)
    commitment = Digest(record.span.bytes, at: RecordFacts.headerBytes + 5)
  }
}

/// Takes little-endian numbers off the front of bytes, and remembers where they were too few.
private struct RecordBytes {
  private var rest: ArraySlice<UInt8>
  private(set) var isOver = false

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// Nil at the end.
  mutating func number(_ width: Int) -> UInt64? {
    guard rest.count >= width else {
      isOver = true
      return nil
    }
    defer { rest = rest.dropFirst(width) }
    return rest.prefix(width).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func skip(_ count: Int) {
    if rest.count < count { isOver = true }
    rest = rest.dropFirst(count)
  }

  mutating func skipVarint() {
    while let byte = rest.popFirst() {
      if byte < 0x80 { return }
    }
    isOver = true
  }
}
