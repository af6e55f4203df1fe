/// Proposed events with the bytes of their texts and a table of their names.
///
/// One batch is used again and again: `removeEvents` keeps the storage and the names, so that reading a long
/// file allocates only while its buffers grow, and each name is looked up in the ledger once.
public struct EventBatch: Sendable {
  /// The events, in the order in which they are to be appended.
  public var events: [ProposedEvent] = []
  /// Who brings observations in: the first member of projects that they mention first.
  public var importer = NameReference.unknown
  /// The bytes that the events' `TextRange`s point into.
  public private(set) var bytes: [UInt8] = []

  /// The names' bytes, one after the other; name `i` begins at `nameOffsets[i - 1]`.
  private var nameBytes: [UInt8] = []
  private var nameOffsets: [UInt32] = []
  private var nameClasses: [NameClass] = []
  /// Open addressing over the names: place + 1, or 0 where a slot is free.
  private var nameSlots: [UInt32] = Array(repeating: 0, count: 64)
  /// What the ledger made of each name; it fills this in when it has committed.
  package var resolvedNames: [NameNumber] = [.unknown]
  /// Which open ledger of this process resolved them, so that a batch is not read with another's numbers.
  package var resolvedBy: UInt64?
  /// The newest redaction when they were resolved: a later one may have taken a name from its number.
  package var resolvedAt: UInt64 = 0

  /// An empty batch.
  public init() {}

  /// So many names were found to be in order; the ledger checks each once.
  package var checkedNames = 0
  /// Those of them that are of the form `redacted-N`, which no fresh name may have.
  package var pseudonyms: [NameReference] = []

  /// How many names the table has.
  public var nameCount: Int { nameOffsets.count }

  /// Forgets the events and texts, and keeps names and storage.
  public mutating func removeEvents() {
    events.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  // MARK: Texts

  /// Keeps a text; absent where it is empty.
  public mutating func addText(_ text: Span<UInt8>) -> TextRange {
    let start = bytes.count
    text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    return TextRange(offset: UInt32(start), count: UInt32(text.count))
  }

  /// Keeps a text; absent where it is empty.
  public mutating func addText(_ text: String) -> TextRange {
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    return TextRange(offset: UInt32(start), count: UInt32(bytes.count - start))
  }

  /// Keeps labels as they are stored: sorted by the bytes of the key, each key and value after its length (LEB128).
  public mutating func addLabels(_ labels: [(key: String, value: String)]) -> TextRange {
    let start = bytes.count
    for (key, value) in labels.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      appendVarint(UInt64(key.utf8.count), to: &bytes)
      bytes.append(contentsOf: key.utf8)
      appendVarint(UInt64(value.utf8.count), to: &bytes)
      bytes.append(contentsOf: value.utf8)
    }
    return TextRange(offset: UInt32(start), count: UInt32(bytes.count - start))
  }

  /// The text as a string, for messages.
  public func string(_ range: TextRange) -> String {
    String(decoding: bytes[Int(range.offset)..<Int(range.offset) + Int(range.count)], as: UTF8.self)
  }

  // MARK: Names

  /// The place of a name in the table, added where it is new. Empty bytes and `unknown` are nobody.
  public mutating func intern(_ nameClass: NameClass, _ name: Span<UInt8>) -> NameReference {
    if name.isEmpty || Self.isUnknown(name) { return .unknown }
    let slot = slot(of: nameClass, name)
    if nameSlots[slot] != 0 { return NameReference(index: nameSlots[slot]) }
    nameOffsets.append(UInt32(nameBytes.count))
    nameClasses.append(nameClass)
    name.withUnsafeBufferPointer { nameBytes.append(contentsOf: $0) }
    resolvedNames.append(.unknown)
    let index = UInt32(nameOffsets.count)
    nameSlots[slot] = index
    if nameOffsets.count * 2 > nameSlots.count { growNameSlots() }
    return NameReference(index: index)
  }

  /// The place of a name in the table, added where it is new.
  public mutating func intern(_ nameClass: NameClass, _ name: String) -> NameReference {
    var name = name
    name.makeContiguousUTF8()
    return intern(nameClass, name.utf8.span)
  }

  /// The place of a name that the table has; nil where it was not interned.
  package func find(_ nameClass: NameClass, _ name: String) -> NameReference? {
    var name = name
    name.makeContiguousUTF8()
    let index = nameSlots[slot(of: nameClass, name.utf8.span)]
    return index == 0 ? nil : NameReference(index: index)
  }

  /// The slot that holds the name, or the free one where it belongs.
  private func slot(of nameClass: NameClass, _ name: Span<UInt8>) -> Int {
    var hash = 0xCBF2_9CE4_8422_2325 ^ UInt64(nameClass.rawValue)
    for index in name.indices { hash = (hash ^ UInt64(name[index])) &* 0x0000_0100_0000_01B3 }
    var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & (nameSlots.count - 1)
    while nameSlots[slot] != 0 {
      let index = nameSlots[slot]
      if nameClasses[Int(index) - 1] == nameClass, isName(index, equalTo: name) { break }
      slot = (slot + 1) & (nameSlots.count - 1)
    }
    return slot
  }

  /// A name's class and text.
  public func name(_ reference: NameReference) -> (class: NameClass, text: String)? {
    guard reference.index > 0, Int(reference.index) <= nameOffsets.count else { return nil }
    let text = String(decoding: nameBytes[nameRange(reference.index)], as: UTF8.self)
    return (nameClasses[Int(reference.index) - 1], text)
  }

  /// A name's bytes as they were interned, UTF-8 or not; none where there is no such name.
  package func nameBytes(_ reference: NameReference) -> [UInt8] {
    guard reference.index > 0, Int(reference.index) <= nameOffsets.count else { return [] }
    return Array(nameBytes[nameRange(reference.index)])
  }

  private func nameRange(_ index: UInt32) -> Range<Int> {
    let start = Int(nameOffsets[Int(index) - 1])
    return start..<(Int(index) < nameOffsets.count ? Int(nameOffsets[Int(index)]) : nameBytes.count)
  }

  private func isName(_ index: UInt32, equalTo name: Span<UInt8>) -> Bool {
    let range = nameRange(index)
    guard range.count == name.count else { return false }
    for offset in name.indices where nameBytes[range.lowerBound + offset] != name[offset] { return false }
    return true
  }

  private static func isUnknown(_ name: Span<UInt8>) -> Bool {
    let word: StaticString = "unknown"
    guard name.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { buffer in name.indices.allSatisfy { buffer[$0] == name[$0] } }
  }

  private mutating func growNameSlots() {
    var slots = [UInt32](repeating: 0, count: nameSlots.count * 2)
    for index in 1...UInt32(nameOffsets.count) {
      var hash = 0xCBF2_9CE4_8422_2325 ^ UInt64(nameClasses[Int(index) - 1].rawValue)
      for byte in nameBytes[nameRange(index)] { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
      var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = index
    }
    nameSlots = slots
  }
}

/// Appends an unsigned number in LEB128 (DWARF 5, section 7.6): seven bits a byte, low ones first.
package func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
  var rest = value
  while rest >= 0x80 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  bytes.append(UInt8(truncatingIfNeeded: rest))
}
