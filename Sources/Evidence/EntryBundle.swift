/// The entries of a tile, one behind the other: each a big-endian u16, its length, and its bytes
/// (C2SP tlog-tiles).
package enum EntryBundle {
  /// A longer entry has no place in a bundle, so a log that is served as tiles has none.
  package static let maxEntryBytes = 65_535

  /// Appends an entry. It must have at most `maxEntryBytes`.
  package static func append(_ entry: RawSpan, to bytes: inout [UInt8]) {
    precondition(entry.byteCount <= maxEntryBytes, "an entry has at most 65,535 bytes")
    bytes.append(UInt8(entry.byteCount >> 8))
    bytes.append(UInt8(entry.byteCount & 0xFF))
    entry.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  /// Where the entries stand in the bytes of a bundle.
  package static func entries(of bytes: [UInt8]) throws(FormatError) -> [Range<Int>] {
    var entries: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      guard entries.count < Tile.maxWidth else {
        throw FormatError("entry bundle", "it has more than \(Tile.maxWidth) entries")
      }
      guard bytes.count - start >= 2 else {
        throw FormatError("entry bundle", "it ends within the length of entry \(entries.count)")
      }
      let length = Int(bytes[start]) << 8 | Int(bytes[start + 1])
      guard length <= bytes.count - start - 2 else {
        throw FormatError(
          "entry bundle",
          "entry \(entries.count) has \(length) bytes, and \(bytes.count - start - 2) are there")
      }
      entries.append(start + 2..<start + 2 + length)
      start += 2 + length
    }
    return entries
  }
}
