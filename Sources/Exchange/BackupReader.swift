package import Evidence
package import Ledger

/// Gives the bytes of a backup's file, by its path in the folder: at most `count` from `offset` on, fewer only where the
/// file ends; nil where there is no such file.
package typealias BackupFiles = (
  _ path: String, _ offset: UInt64, _ count: Int
) throws(LedgerError) -> [UInt8]?

/// Reads a backup, every byte of it that restoring needs, and says in which file what does not hold stands.
package struct BackupReader {
  private let files: BackupFiles
  /// What it is a backup of.
  package let checkpoint: SignedCheckpoint
  package let state: BackupState
  private var size: UInt64 { checkpoint.checkpoint.head.size }

  /// Looks at the checkpoint and at what goes with it; nil where there is no checkpoint.
  package init?(_ files: @escaping BackupFiles) throws(LedgerError) {
    self.files = files
    let place = BackupLayout.checkpoint
    guard let note = try files(place, 0, SignedNote.maxBytes + 1) else { return nil }
    do throws(FormatError) { checkpoint = try SignedCheckpoint(parsing: note) } catch {
      throw .evidence("\(place): \(error)")
    }
    let secrets = BackupLayout.state(checkpoint.checkpoint.head.size)
    guard let bytes = try files(secrets, 0, BackupState.maxBytes + 1) else {
      throw .evidence("\(secrets) is missing; an export has none, and no ledger can be made of one")
    }
    do throws(FormatError) { state = try BackupState(parsing: bytes) } catch {
      throw .evidence("\(secrets): \(error)")
    }
    guard state.checkpoints.last?.bytes == note else {
      throw .evidence("\(secrets): its last checkpoint is not the one in '\(place)'")
    }
  }

  /// Gives all records to a restoration, in order, with the names, and ends it.
  package func read(
    into restoration: inout Restoration, progress: (_ done: UInt64, _ all: UInt64) -> Void
  ) throws(LedgerError) -> BackupReport {
    var names = BackupNames(BackupLayout.names(size), files)
    for index in 0...size / UInt64(Tile.maxWidth) {
      let first = index * UInt64(Tile.maxWidth)
      let width = Int(min(UInt64(Tile.maxWidth), size - first))
      if width == 0 { break }
      try readBundle(Tile(last: .entries, of: first + UInt64(width)), &names, into: &restoration)
      progress(restoration.count, size)
    }
    return try restoration.finish(&names, tile: checkTile)
  }

  /// Gives the records of a bundle, held against the hashes of their tile.
  private func readBundle(
    _ bundle: Tile, _ names: inout BackupNames, into restoration: inout Restoration
  ) throws(LedgerError) {
    let last = bundle.index * UInt64(Tile.maxWidth) + UInt64(bundle.width)
    let hashes = Tile(last: .hashes(level: 0), of: last)
    let hashBytes = try file(hashes, count: bundle.width * Digest.byteCount)
    let (path, place, bytes) = (bundle.path, hashes.path, try file(bundle, count: nil))
    let entries: [Range<Int>]
    do throws(FormatError) { entries = try EntryBundle.entries(of: bytes) } catch {
      throw .evidence("\(path): \(error)")
    }
    guard entries.count == bundle.width else {
      throw .evidence("\(path): it has \(entries.count) entries and must have \(bundle.width)")
    }
    for (index, entry) in entries.enumerated() {
      let hash = Digest(hashBytes.span.bytes, at: index * Digest.byteCount)
      do throws(LedgerError) {
        try restoration.append(
          bytes.span.bytes.extracting(entry), hash: hash, in: place, &names, tile: checkTile)
      } catch {
        guard case .evidence(let why) = error else { throw error }
        let record = bundle.index * UInt64(Tile.maxWidth) + UInt64(index) + 1
        throw .evidence("\(path), entry \(index) (record \(record)): \(why)")
      }
    }
  }

  /// Holds a tile of hashes against what the records give. Those of the leaves were held against each record.
  private func checkTile(_ tile: Tile, _ hashes: [UInt8]) throws(LedgerError) {
    if tile.content == .hashes(level: 0) { return }
    guard try file(tile, count: hashes.count) == hashes else {
      throw .evidence("\(tile.path): its hashes are not those of the tiles below it: one of them was changed")
    }
  }

  /// The bytes of a tile, which must be as many; of a bundle, which says so itself.
  private func file(_ tile: Tile, count: Int?) throws(LedgerError) -> [UInt8] {
    let path = tile.path
    let limit = count ?? tile.width * (2 + EntryBundle.maxEntryBytes)
    guard let bytes = try files(path, 0, limit + 1) else { throw Self.missing(path) }
    guard bytes.count <= limit, count == nil || bytes.count == count else {
      throw .evidence("\(path): it has \(bytes.count > limit ? "more" : "fewer") than \(limit) bytes")
    }
    return bytes
  }

  private static func missing(_ path: String) -> LedgerError { .evidence("\(path) is missing") }
}

/// The names of a backup, line by line. Each must be written as this program writes it, so that no byte is left that
/// nobody looks at.
private struct BackupNames: NameSource {
  private let path: String
  private let files: BackupFiles
  private var bytes: [UInt8] = []
  private var start = 0
  private var offset: UInt64 = 0
  private var line = 0

  private static let chunk = 1 << 18
  /// More than any name takes.
  private static let maxLine = 1 << 13

  init(_ path: String, _ files: @escaping BackupFiles) {
    self.path = path
    self.files = files
  }

  var place: String { "\(path), line \(line)" }

  mutating func next() throws(LedgerError) -> RegisteredName? {
    line += 1
    while true {
      if let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
        let text = Array(bytes[start..<end])
        start = end + 1
        guard let name = RegisteredName(line: text) else {
          throw .evidence("\(place): it is no name as a backup writes it")
        }
        return name
      }
      guard bytes.count - start <= Self.maxLine else { throw .evidence("\(place): it is too long") }
      guard let more = try files(path, offset, Self.chunk) else { throw .evidence("\(path) is missing") }
      if more.isEmpty {
        if start == bytes.count { return nil }
        throw .evidence("\(place): it does not end with a line feed")
      }
      bytes.removeSubrange(..<start)
      start = 0
      bytes += more
      offset += UInt64(more.count)
    }
  }
}
