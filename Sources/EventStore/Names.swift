internal import Crypto
package import LMDB
package import WorkloadModel

/// Registers names and finds their numbers.
///
/// A record holds SHA-256(salt ‖ name) and never the name: salt and name stand in a table beside the log, so
/// that a person's name can be destroyed one day while every record, and every proof over it, stays as it is.
extension EventLog {
  /// The number of a name; nil where it was never used. A pseudonym is found while its name is destroyed; the name
  /// itself is not found any more.
  package func number(
    _ nameClass: NameClass, _ name: Span<UInt8>, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> NameNumber? {
    guard name.count <= Limits.name else { return nil }
    if nameClass.isPersonal, let pseudonym = Pseudonym(name) {
      let number = NameNumber(rawValue: pseudonym.number)
      if try isRedacted(number, of: nameClass, transaction) { return number }
    }
    let key = Self.indexKey(nameClass, name)
    guard let found = try transaction.get(nameIndex, bytes: key.bytes), found.byteCount == 4 else {
      return nil
    }
    return NameNumber(rawValue: found.u32(at: 0))
  }

  /// The number of a name; nil where it was never used.
  package func number(
    _ nameClass: NameClass, _ name: String, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> NameNumber? {
    var name = name
    name.makeContiguousUTF8()
    return try number(nameClass, name.utf8.span, transaction)
  }

  /// Makes a name be found.
  func index(
    _ nameClass: NameClass, _ name: Span<UInt8>, as number: UInt32, in transaction: inout WriteTransaction
  ) throws(StoreError) {
    let key = Self.indexKey(nameClass, name)
    var value = ByteWriter(capacity: 4)
    value.u32(number)
    try transaction.put(nameIndex, bytes: key.bytes, value.bytes)
  }

  /// The key of a name in `nameIndex`.
  static func indexKey(_ nameClass: NameClass, _ name: Span<UInt8>) -> ByteWriter {
    var key = ByteWriter(capacity: Limits.name + 1)
    key.u8(nameClass.rawValue)
    key.append(name)
    return key
  }

  /// The text of a name; nil where there is no such number.
  package func name(
    _ number: NameNumber, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> (class: NameClass, text: String)? {
    guard let entry = try transaction.get(names, UInt64(number.rawValue)),
      NameEntry.lengths.contains(entry.byteCount),
      let nameClass = NameClass(rawValue: entry.u8(at: 0))
    else { return nil }
    let text = string(entry, NameEntry.nameOffset..<entry.byteCount)
    return (nameClass, text.isEmpty ? Pseudonym(number: number.rawValue).text : text)
  }
}

/// An entry of the table of names: u8 class, 16 bytes of salt, u48 position of its record, the name.
package enum NameEntry {
  package static let positionOffset = 17
  package static let nameOffset = 23
  /// How many bytes an entry can have: none of the name where it was destroyed.
  static let lengths = nameOffset...nameOffset + Limits.name
  /// The salt, the bytes of an entry that it has.
  package static let salt = 1..<17
}

/// The bytes of a record or row as a string; what is not UTF-8 is replaced, never trapped on.
package func string(_ bytes: RawSpan, _ range: Range<Int>) -> String {
  bytes.extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

/// The salted commitment to a name: SHA-256(salt ‖ name).
package func commitment(salt: RawSpan, name: Span<UInt8>) -> [UInt8] {
  var hash = SHA256()
  salt.withUnsafeBytes { hash.update(bufferPointer: $0) }
  name.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  return Array(hash.finalize())
}

/// Sixteen bytes that stand for a foreign event's id: the first half of SHA-256(source number ‖ id).
package func eventIDKey(source: NameNumber, id: RawSpan) -> Key128 {
  var hash = SHA256()
  withUnsafeBytes(of: source.rawValue.littleEndian) { hash.update(bufferPointer: $0) }
  id.withUnsafeBytes { hash.update(bufferPointer: $0) }
  return hash.finalize().withUnsafeBytes { digest in
    Key128(
      high: UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}
