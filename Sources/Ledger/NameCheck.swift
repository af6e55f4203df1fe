import EventStore
import LMDB
import WorkloadModel

/// Holds the table of names against the records that register them, and the index against the table.
enum NameCheck {
  /// How many names there are, how many records that one was destroyed, and what does not hold.
  static func check(
    _ log: EventLog, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> (count: Int, redactions: Int, findings: [VerificationFinding]) {
    var findings: [VerificationFinding] = []
    var count = 0
    var named = 0
    var empty: Set<UInt64> = []
    var next: UInt64 = 1
    try records.withCursor(log.names) { (cursor) throws(StoreError) in
      var isThere = try cursor.first()
      while isThere {
        count += 1
        let number = cursor.integerKey
        if number != next, findings.count < limit {
          findings.append(VerificationFinding(nil, "name #\(number) is there and #\(next) is missing"))
        }
        next = number &+ 1
        if cursor.value.byteCount == NameEntry.nameOffset { empty.insert(number) }
        if let flaw = try flaw(of: cursor.value, number, log, records, &named), findings.count < limit {
          findings.append(VerificationFinding(nil, "name #\(number): \(flaw)"))
        }
        isThere = try cursor.next()
      }
    }
    let indexed = try records.count(log.nameIndex)
    if indexed != named {
      findings.append(
        VerificationFinding(nil, "the index of names has \(indexed) entries for \(named) names"))
    }
    let redacted = try redacted(log, records)
    for number in empty.symmetricDifference(redacted.names).sorted().prefix(limit) {
      findings.append(
        VerificationFinding(
          nil,
          empty.contains(number)
            ? "name #\(number): its text is gone, and no record says that it was destroyed"
            : "name #\(number): a record says that it was destroyed, and its text is there"))
    }
    return (count, redacted.count, findings)
  }

  /// The names of which records say that they were destroyed.
  private static func redacted(
    _ log: EventLog, _ records: borrowing ReadTransaction
  ) throws(StoreError) -> (names: Set<UInt64>, count: Int) {
    var names: Set<UInt64> = []
    var count = 0
    try log.redactions(records) { (_, redaction, _) throws(StoreError) in
      names.insert(UInt64(redaction.name.rawValue))
      count += 1
      return true
    }
    return (names, count)
  }

  /// A table that is damaged throughout needs no million sentences.
  private static let limit = 1000

  private static func flaw(
    of entry: RawSpan, _ number: UInt64, _ log: EventLog, _ records: borrowing ReadTransaction,
    _ named: inout Int
  ) throws(StoreError) -> String? {
    guard entry.byteCount >= NameEntry.nameOffset, let nameClass = NameClass(rawValue: entry.u8(at: 0)) else {
      return "its entry can't be read"
    }
    let position = entry.u48(at: NameEntry.positionOffset)
    guard let record = try records.get(log.events, position), let header = RecordHeader(record),
      header.kind == .nameRegistered, record.byteCount == RecordHeader.byteCount + 37,
      record.u8(at: RecordHeader.byteCount) == nameClass.rawValue,
      UInt64(record.u32(at: RecordHeader.byteCount + 1)) == number
    else { return "record \(position) does not register it" }
    let name = Span<UInt8>(_bytes: entry.extracting(NameEntry.nameOffset...))
    if name.isEmpty {
      // A name that was destroyed has nothing left to hold against its record, so its salt must be gone, too.
      let isGone = entry.u64(at: 1) == 0 && entry.u64(at: 9) == 0
      return isGone ? nil : "its text is gone and its salt is not"
    }
    named += 1
    let digest = commitment(salt: entry.extracting(1..<17), name: name)
    for (offset, byte) in digest.enumerated()
    where record.u8(at: RecordHeader.byteCount + 5 + offset) != byte {
      return "it is not the name that record \(position) registered: it was changed"
    }
    let found = try log.number(nameClass, name, records)
    return found?.rawValue == UInt32(truncatingIfNeeded: number) ? nil : "the index does not lead to it"
  }
}
