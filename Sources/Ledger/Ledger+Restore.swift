package import Evidence

extension Ledger {
  /// Puts a ledger back, as it was, into a folder that has none: `body` gives the records of a backup to the restoration,
  /// all of them.
  ///
  /// When this returns there is a ledger, durably; its views are folded when it is opened. When it throws, or the machine
  /// stops, there is none. `known` are checkpoints that somebody kept and that must be of the backup's records.
  package static func restore(
    _ state: BackupState, known: [(name: String, checkpoint: SignedCheckpoint)], to path: String,
    _ body: (inout Restoration) throws(LedgerError) -> BackupReport
  ) throws(LedgerError) -> BackupReport {
    try RestoreFolder.fill(path) { (folder) throws(LedgerError) in
      var restoration = try Restoration(state, known: known, into: folder)
      let report = try body(&restoration)
      var files = [(name: keyFile, bytes: Array((state.signingKey.secretText + "\n").utf8))]
      if let newest = state.checkpoints.last { files.append((checkpointFile, newest.bytes)) }
      if let tokens = state.tokens { files.append((TokenFile.name, tokens)) }
      return (report, files)
    }
  }

  /// Checks a backup in the same way and makes nothing.
  package static func check(
    _ state: BackupState, known: [(name: String, checkpoint: SignedCheckpoint)],
    _ body: (inout Restoration) throws(LedgerError) -> BackupReport
  ) throws(LedgerError) -> BackupReport {
    var restoration = try Restoration(state, known: known, into: nil)
    return try body(&restoration)
  }
}
