import Dispatch
import Evidence
import LMDB
import Synchronization

/// Hashes the records of one commit, on another processor where there are many, while the caller writes the views.
///
/// Owned by one thread at a time: the caller's until `start` and after `result`, and in between by the one that takes
/// the work.
final class LeafHashing: @unchecked Sendable {
  /// The open tile: before the records until they are hashed, then after them.
  private var tile: OpenTile
  /// The records, one behind the other, and where each ends.
  private var records: [UInt8] = []
  private var ends: [Int] = []
  /// The entries of the tiles that the records complete, one behind the other.
  private var completed: [UInt8] = []
  /// The work in the background, where there is some.
  private var background: DispatchGroup?
  /// Whether somebody has taken the work.
  private let isTaken = Atomic<Bool>(false)

  /// Fewer are hashed sooner than another thread would wake up.
  private static let fewest = 256

  /// Goes on behind an open tile.
  init(after tile: OpenTile) { self.tile = tile }

  /// Takes a copy of the next record.
  func add(_ record: RawSpan) {
    record.withUnsafeBytes { records.append(contentsOf: $0) }
    ends.append(records.count)
  }

  /// Begins to hash in the background, if that is worth it; no record is added from here on.
  func start() {
    guard ends.count >= Self.fewest, background == nil else { return }
    let group = DispatchGroup()
    background = group
    DispatchQueue.global(qos: .userInitiated).async(group: group) { _ = self.take() }
  }

  /// The entries of the tiles that the records completed, and the open tile behind them.
  func result() -> (completed: [UInt8], tile: OpenTile) {
    // Where no thread was free for it, the caller does it: it must not wait for threads that may wait for it.
    if !take() { background?.wait() }
    return (completed, tile)
  }

  /// Does the work unless somebody else has taken it.
  private func take() -> Bool {
    guard !isTaken.exchange(true, ordering: .acquiringAndReleasing) else { return false }
    hash()
    return true
  }

  private func hash() {
    var writer = ByteWriter(capacity: TileEntry.byteCount)
    var start = 0
    for end in ends {
      let leaf = MerkleHash.leaf(records.span.bytes.extracting(start..<end))
      start = end
      guard let root = tile.append(leaf) else { continue }
      tile.writeEntry(root, to: &writer)
      writer.bytes.withUnsafeBytes { completed.append(contentsOf: $0) }
      tile.removeAll()
    }
  }
}
