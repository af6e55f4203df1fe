package import Evidence

/// What a ledger has besides its records and names, and what can't be made again from them: what a backup keeps for its
/// owner alone.
package struct BackupState: Sendable {
  /// Every checkpoint that was given out, by ascending sizes. The last one is that of the backup.
  package let checkpoints: [SignedCheckpoint]
  /// The key that signs.
  package let signingKey: SignerKey
  /// The file of the tokens; nil where none was ever given out.
  package let tokens: [UInt8]?

  package init(checkpoints: [SignedCheckpoint], signingKey: SignerKey, tokens: [UInt8]?) {
    (self.checkpoints, self.signingKey, self.tokens) = (checkpoints, signingKey, tokens)
  }
}

/// What a backup is of, for whoever made one or put one back.
package struct BackupReport: Sendable {
  /// The ledger's own identity, a UUID.
  package var id = ""
  /// The tree of all records: how many there are, and the root.
  package var head = TreeHead.empty
  /// How many records were written that no earlier backup in the folder had; nil where one was read.
  package var written: UInt64?
  /// How many of the records are events; nil where a backup was made, which reads only what is new.
  package var events: UInt64?
  /// When the last record was recorded, as RFC 3339.
  package var lastRecordedAt = ""
  /// How many names were registered, those that were destroyed included.
  package var names: UInt64 = 0
  /// How many checkpoints were given out.
  package var checkpoints = 0
  /// How many tokens were given out and not revoked.
  package var tokens = 0

  package init() {}
}
