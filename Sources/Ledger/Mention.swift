import EventStore
import LMDB
import WorkloadModel

/// Tells whether a text holds a name: its bytes anywhere, or of a short name, which other words have in them by
/// chance, as a word of its own.
struct Mention {
  private let name: [UInt8]
  /// Whether the name is so long that its bytes are hardly anywhere by chance.
  let isTelling: Bool

  private static let telling = 4

  init(of name: [UInt8]) {
    self.name = name
    isTelling = name.count >= Self.telling
  }

  /// Whether the name stands in some bytes.
  func isIn(_ bytes: RawSpan) -> Bool {
    var from = 0
    while let at = bytes.offset(of: name, from: from) {
      if isTelling { return true }
      let end = at + name.count
      let isWord =
        (at == 0 || !isLetter(bytes.u8(at: at - 1)))
        && (end == bytes.byteCount || !isLetter(bytes.u8(at: end)))
      if isWord { return true }
      from = at + 1
    }
    return false
  }

  /// A letter or digit; whatever is not ASCII counts as one.
  private func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
    default: false
    }
  }

  /// Whether it stands in a text of a record; what can't be read has none.
  func isIn(textsOf record: RawSpan) -> Bool {
    guard record.offset(of: name) != nil, let header = RecordHeader(record) else { return false }
    if let redaction = Redaction(record) { return isIn(record.extracting(redaction.reason)) }
    guard let body = RecordBody(record, header) else { return false }
    for range in [body.idText, body.reason, body.name, body.url, body.sourceID, body.labels] {
      if let range, isIn(record.extracting(range)) { return true }
    }
    return false
  }
}

extension Ledger {
  /// Calls `body` with the position of each record that has the name in a text. The snapshot is renewed on the way.
  func forEachRecord(with mention: Mention, _ body: (UInt64) -> Void) throws(LedgerError) {
    var next: UInt64? = 1
    while let start = next {
      next = try log.environment.read { (records) throws(LedgerError) in
        try ledgerCall { () throws(StoreError) in
          try records.withCursor(self.log.events) { (cursor) throws(StoreError) in
            var isThere = try cursor.seek(start)
            while isThere, cursor.integerKey < start + Self.recordsAtOnce {
              if mention.isIn(textsOf: cursor.value) { body(cursor.integerKey) }
              isThere = try cursor.next()
            }
            return isThere ? cursor.integerKey : nil
          }
        }
      }
    }
  }

  private static let recordsAtOnce: UInt64 = 1 << 18

  /// The other names that hold this one, in the order of their numbers.
  func otherNames(with mention: Mention) throws(LedgerError) -> [RedactionReport.OtherName] {
    try log.environment.read { (records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        try records.withCursor(self.log.names) { (cursor) throws(StoreError) in
          var found: [RedactionReport.OtherName] = []
          var isThere = try cursor.first()
          while isThere, found.count < RedactionReport.Traces.positionLimit {
            let entry = cursor.value
            if entry.byteCount > NameEntry.nameOffset, let nameClass = NameClass(rawValue: entry.u8(at: 0)),
              mention.isIn(entry.extracting(NameEntry.nameOffset..<entry.byteCount))
            {
              let name = string(entry, NameEntry.nameOffset..<entry.byteCount)
              found.append(RedactionReport.OtherName(nameClass: nameClass, name: name))
            }
            isThere = try cursor.next()
          }
          return found
        }
      }
    }
  }
}
