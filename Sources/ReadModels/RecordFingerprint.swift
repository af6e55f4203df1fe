import EventStore
import WorkloadModel

/// A number over a record's header, by which views know the log that they were folded from: a log that was
/// restored, or is another ledger's, has another record at their position.
enum RecordFingerprint {
  /// FNV-1a over the fields that differ from record to record.
  static func of(_ header: RecordHeader) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ value: UInt64) { hash = (hash ^ value) &* 0x0000_0100_0000_01B3 }
    add(UInt64(header.kind.rawValue) | UInt64(header.version) << 8)
    add(header.stream)
    add(header.previousInProject)
    add(UInt64(bitPattern: header.occurredAt.microseconds))
    add(UInt64(bitPattern: header.recordedAt.microseconds))
    return hash
  }
}
