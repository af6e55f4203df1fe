import Evidence
import Exchange
import Ledger
import Presentation
import WorkloadModel

/// What a ledger has for a log as tiles.
extension TileFolder {
  /// Adds the records of a tree, and its hashes, from the tile on that the first `before` records do not fill. They are
  /// hashed as they are written, and must have the root that was signed.
  mutating func add(_ ledger: Ledger, _ head: TreeHead, from before: UInt64 = 0) throws {
    let start = before & ~UInt64(Tile.maxWidth - 1)
    var producer = TileProducer(after: try ledger.tileHashes(after: start))
    var progress = Progress(purpose == .export ? "exporting" : "backing up")
    defer { progress.finish() }
    var failure: (any Error)?
    try ledger.records(start + 1..<head.size + 1) { (position, record) throws(LedgerError) in
      do {
        try producer.append(record) { path, bytes in try add(path, bytes) }
      } catch { failure = error }
      if position % 256 == 0 { progress.update(position - start, of: head.size - start, "record") }
      return failure == nil
    }
    if let failure { throw failure }
    let made = try producer.finish { path, bytes in try add(path, bytes) }
    guard made == head else {
      let loss = purpose == .export ? "" : ", so no backup was made"
      throw Failure(
        .differs,
        "the evidence does not hold: the records do not have the root that was signed\(loss); 'workledger verify' "
          + "says which were changed")
    }
  }
}

/// Adds the names of a ledger to a folder, as their lines, many at a time.
final class NameWriter {
  private var json = JSONWriter()
  private var failure: (any Error)?
  private(set) var count: UInt64 = 0

  /// False where it can't go on; `finish` says why.
  func write(_ name: RegisteredName, to folder: inout TileFolder) -> Bool {
    name.write(to: &json)
    json.newline()
    count += 1
    guard json.text.count >= 1 << 16 else { return true }
    do { try folder.addNames(json.bytes) } catch { failure = error }
    json.removeAll()
    return failure == nil
  }

  func finish(_ folder: inout TileFolder) throws {
    if let failure { throw failure }
    try folder.addNames(json.bytes)
    json.removeAll()
  }
}
