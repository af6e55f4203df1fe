package import LMDB
package import WorkloadModel

/// A record that says that a name was destroyed: who wanted it and who told the ledger, which name, and why.
///
/// These records are a chain with numbers, as registrations are: `previousInStream` is the redaction before it, and
/// `version` its number. The table `meta` has the position of the newest.
package struct Redaction: Sendable {
  /// The number of the name that was destroyed.
  package var name: NameNumber
  package var nameClass: NameClass
  package var header: RecordHeader
  /// Where the reason stands in the record.
  package var reason: Range<Int>

  /// Reads one; nil where the record is of another kind or its bytes do not hold together.
  package init?(_ record: RawSpan) {
    guard let header = RecordHeader(record), header.kind == .nameRedacted else { return nil }
    var reader = RecordReader()
    guard let number = reader.u32(record), number > 0, let code = reader.u8(record),
      let nameClass = NameClass(rawValue: code), header.flags.has(.reason), let reason = reader.text(record),
      reader.offset == record.byteCount
    else { return nil }
    self.header = header
    self.reason = reason
    name = NameNumber(rawValue: number)
    self.nameClass = nameClass
  }
}

extension EventLog {
  /// The position of the newest redaction; 0 where nothing was redacted. A later one has a higher position, so it
  /// also tells whether what is known of names is still true.
  package func newestRedaction(_ transaction: borrowing ReadTransaction) throws(StoreError) -> UInt64 {
    guard let entry = try transaction.get(meta, Self.redactionKey) else { return 0 }
    guard entry.byteCount >= 8 else {
      throw .damaged(position: 0, why: "the place of the newest redaction can't be read")
    }
    return entry.u64(at: 0)
  }

  /// Calls `body` for each redaction with its position and record, the newest first, until it returns false.
  package func redactions(
    _ transaction: borrowing ReadTransaction,
    _ body: (UInt64, Redaction, RawSpan) throws(StoreError) -> Bool
  ) throws(StoreError) {
    var position = try newestRedaction(transaction)
    while position != 0 {
      guard let record = try transaction.get(events, position), let redaction = Redaction(record),
        redaction.header.previousInStream < position
      else { throw .damaged(position: position, why: "a redaction should stand there") }
      guard try body(position, redaction, record) else { return }
      position = redaction.header.previousInStream
    }
  }

  /// Whether a name of this class had the number and was destroyed.
  package func isRedacted(
    _ number: NameNumber, of nameClass: NameClass, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    guard let entry = try transaction.get(names, UInt64(number.rawValue)) else { return false }
    return entry.byteCount == NameEntry.nameOffset && entry.u8(at: 0) == nameClass.rawValue
  }

  /// Whether a name with the number `other` may be the one that number `redacted` stood for: not if both were in
  /// use side by side, for no two numbers have one name.
  package func mayBeSame(
    _ redacted: NameNumber, as other: NameNumber, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> Bool {
    guard let entry = try transaction.get(names, UInt64(other.rawValue)),
      entry.byteCount >= NameEntry.nameOffset
    else { return true }
    let registered = entry.u48(at: NameEntry.positionOffset)
    var redactedAt: UInt64 = 0
    try redactions(transaction) { (position, redaction, _) throws(StoreError) in
      if redaction.name == redacted { redactedAt = position }
      return redactedAt == 0
    }
    return registered > redactedAt
  }
}

extension EventLog {
  /// The bytes of a name's entry; none where there is no such number.
  fileprivate func nameEntry(
    _ number: NameNumber, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [UInt8] {
    guard let entry = try transaction.get(names, UInt64(number.rawValue)) else { return [] }
    return entry.withUnsafeBytes { Array($0) }
  }
}

/// What was destroyed, for whoever has to look whether it is gone: it must not be kept.
package struct DestroyedName: Sendable {
  package var name: [UInt8]
  package var salt: [UInt8]
}

extension LogAppender {
  /// Destroys a name and its salt and appends the record that says so.
  ///
  /// `header` says who and when; its kind, flags, version and link are filled in. The name must be there.
  package mutating func redact(
    _ name: NameNumber, _ header: RecordHeader, reason: Span<UInt8>, in transaction: inout WriteTransaction
  ) throws(StoreError) -> DestroyedName {
    precondition(!reason.isEmpty && reason.count <= Limits.reason, "a reason must have 1 to 4096 bytes")
    let bytes = try log.nameEntry(name, transaction.reading)
    guard bytes.count > NameEntry.nameOffset, let nameClass = NameClass(rawValue: bytes[0]) else {
      throw .damaged(position: 0, why: "name #\(name.rawValue) can't be read")
    }
    let destroyed = DestroyedName(
      name: Array(bytes[NameEntry.nameOffset...]), salt: Array(bytes[NameEntry.salt]))
    try appendRedaction(of: name, nameClass, header, reason, to: &transaction)
    let key = EventLog.indexKey(nameClass, destroyed.name.span)
    guard try transaction.delete(log.nameIndex, bytes: key.bytes) else {
      throw .damaged(position: 0, why: "name #\(name.rawValue) is missing in the index of names")
    }
    // Class and position stay: the next name has the number after the last entry, and the chain goes on from it.
    var rest = ByteWriter(capacity: NameEntry.nameOffset)
    rest.u8(nameClass.rawValue)
    rest.u64(0)
    rest.u64(0)
    rest.append(bytes[NameEntry.positionOffset..<NameEntry.nameOffset].span)
    try transaction.put(log.names, UInt64(name.rawValue), rest.bytes)
    return destroyed
  }

  private mutating func appendRedaction(
    of name: NameNumber, _ nameClass: NameClass, _ header: RecordHeader, _ reason: Span<UInt8>,
    to transaction: inout WriteTransaction
  ) throws(StoreError) {
    var header = header
    header.kind = .nameRedacted
    header.flags = [.applied, .reason]
    header.previousInStream = try log.newestRedaction(transaction.reading)
    header.version = 1
    try log.redactions(transaction.reading) { (_, newest, _) throws(StoreError) in
      header.version = newest.header.version + 1
      return false
    }
    writer.header(header)
    writer.u32(name.rawValue)
    writer.u8(nameClass.rawValue)
    writer.text(reason)
    let position = try append(to: &transaction)
    var place = ByteWriter(capacity: 8)
    place.u64(position)
    try transaction.put(log.meta, EventLog.redactionKey, place.bytes)
  }
}
