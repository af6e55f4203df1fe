/// Where things stand in the folder of a backup: `schemas/backup.md`.
///
/// The checkpoint and the tiles are those of any log as tiles. What only the owner may have stands in `private`, by the
/// number of records of the checkpoint that it goes with, so that a backup that is interrupted before it replaces the
/// checkpoint leaves the one before it as it was.
package enum BackupLayout {
  package static let checkpoint = "checkpoint"
  package static let tiles = "tile"
  package static let secrets = "private"

  /// Keys, tokens and the checkpoints that were given out.
  package static func state(_ size: UInt64) -> String { "\(secrets)/state-\(size)" }
  /// The names and their salts.
  package static func names(_ size: UInt64) -> String { "\(secrets)/names-\(size).ndjson" }
}
