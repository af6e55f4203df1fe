import Evidence
import Exchange
import Glibc
import Ledger

/// A folder with a backup: the log as tiles, and beside them what only its owner may have.
extension TileFolder {
  /// Makes everything durable. What goes with the checkpoint, and stands under its number of records, appears
  /// before it; then what only earlier backups had is removed. `before` is how many records the last one had.
  consuming func publish(_ state: BackupState, _ checkpoint: SignedCheckpoint, before: UInt64) throws {
    let size = checkpoint.checkpoint.head.size
    try settleAll()
    try placeNames(BackupLayout.names(size))
    try WholeFile.replace("\(path)/\(BackupLayout.state(size))", state.bytes, mode: 0o600)
    try WholeFile.replace(path + "/checkpoint", checkpoint.bytes, mode: 0o600)
    try removeSecrets(but: size)
    try removePartialTiles(from: before, to: size)
  }

  /// Removes names, keys and tokens of other checkpoints.
  private func removeSecrets(but size: UInt64) throws {
    let kept = [BackupLayout.names(size), BackupLayout.state(size)]
    for name in try Self.names(in: "\(path)/\(BackupLayout.secrets)") {
      let file = "\(BackupLayout.secrets)/\(name)"
      if kept.contains(file) { continue }
      guard unlink("\(path)/\(file)") == 0 else { throw Self.failure("remove", "\(path)/\(file)") }
    }
    try Self.sync("\(path)/\(BackupLayout.secrets)", O_RDONLY | O_DIRECTORY)
  }

  /// Removes tiles that were not full, at the ends of smaller trees.
  private func removePartialTiles(from before: UInt64, to size: UInt64) throws {
    let levels = (0...Tile.maxLevel).filter { size >> UInt64(8 * $0) > 0 }
    for content in [.entries] + levels.map({ Tile.Content.hashes(level: $0) }) {
      let end = Tile.count(content, in: size)
      let kept = end.partial > 0 ? Tile(content, index: end.full, width: end.partial)?.path : nil
      var index = Tile.count(content, in: before).full
      while index <= end.full, let tile = Tile(content, index: index) {
        // A folder has a thousand of them.
        try removePartialTiles(
          in: tile.path.split(separator: "/").dropLast().joined(separator: "/"), but: kept)
        index = (index / 1000 + 1) * 1000
      }
    }
  }

  private func removePartialTiles(in folder: String, but kept: String?) throws {
    guard WholeFile.exists("\(path)/\(folder)") else { return }
    for name in try Self.names(in: "\(path)/\(folder)") where name.hasSuffix(".p") {
      for width in try Self.names(in: "\(path)/\(folder)/\(name)") where "\(folder)/\(name)/\(width)" != kept
      {
        unlink("\(path)/\(folder)/\(name)/\(width)")
      }
      // One that is not empty stays.
      rmdir("\(path)/\(folder)/\(name)")
    }
  }
}
