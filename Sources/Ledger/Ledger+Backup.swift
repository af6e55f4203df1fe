import EventStore
package import Evidence
import LMDB
package import WorkloadModel

/// What a backup is made of besides the records themselves.
extension Ledger {
  /// Signs the log as it is now, and gives what there is at that moment besides its records; `body` gets each name by its
  /// number, until it returns false.
  ///
  /// All of it is of one state of the log: where a name is destroyed or a key made meanwhile, a newer checkpoint is
  /// taken, for a backup must not have a checkpoint of one moment and names or a key of another.
  package func backupState(
    _ body: (RegisteredName) throws(LedgerError) -> Bool
  ) throws(LedgerError) -> BackupState {
    for _ in 0..<Self.maxAttempts {
      let head = try checkpoint().checkpoint.head
      let key = try signingKey()
      let tokens = try TokenFile.bytes(tokensPath)
      let state = try log.environment.read { (records) throws(LedgerError) -> BackupState? in
        let isOfOneMoment = try ledgerCall { () throws(StoreError) in
          guard let newest = try log.newestKey(records) else { return false }
          let changed = max(newest.position, try log.newestRedaction(records))
          return changed <= head.size && newest.verifierKey == "\(key.verifier)"
        }
        guard isOfOneMoment else { return nil }
        let checkpoints = try keptCheckpoints(upTo: head.size, records)
        try registeredNames(first: head.size, records, body)
        return BackupState(checkpoints: checkpoints, signingKey: key, tokens: tokens)
      }
      if let state { return state }
    }
    throw .storage(
      "names are destroyed or keys made so often in \(path) that no moment could be kept: try again later")
  }

  /// Checks that a backup with this checkpoint is one of this ledger, and not of a later state of it.
  package func check(backup checkpoint: SignedCheckpoint) throws(LedgerError) {
    let keys = try publicKeys()
    let (origin, head) = (checkpoint.checkpoint.origin, checkpoint.checkpoint.head)
    guard keys.contains(where: { $0.key.name.text == origin }) else {
      throw .evidence("it has a backup of another ledger, '\(origin)': name another folder")
    }
    let last = try lastPosition()
    guard head.size <= last else {
      throw .evidence(
        "it has a backup of \(head.size) records and this ledger has \(last): the ledger was rolled back, or put back "
          + "from an older backup. The folder stays as it is: 'workledger restore' gives what it has, and a backup of "
          + "this ledger needs another folder")
    }
    do throws(LedgerError) { try check(own: checkpoint) } catch {
      guard case .evidence(let why) = error else { throw error }
      throw .evidence(
        "it has a backup of another history: \(why). The folder stays as it is: name another one, and ask 'workledger "
          + "verify' which of the two was changed")
    }
  }

  /// The tree of the first `size` records, whole tiles of them, as the stored tree has it: what goes on behind it
  /// need not read them.
  package func tileHashes(after size: UInt64) throws(LedgerError) -> TileHashes {
    try log.environment.read { (records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        var range = CompactRange()
        for level in stride(from: 63, through: 0, by: -1) where size >> UInt64(level) & 1 == 1 {
          let subtree = Subtree(level: level, index: range.count >> UInt64(level))
          range.append(subtree: try log.tree.root(of: subtree, records), level: level)
        }
        var open: [[Digest]] = []
        var (level, count) = (8, size >> 8)
        while count > 0 {
          var hashes: [Digest] = []
          for index in count & ~UInt64(255)..<count {
            hashes.append(try log.tree.root(of: Subtree(level: level, index: index), records))
          }
          open.append(hashes)
          (level, count) = (level + 8, count >> 8)
        }
        return TileHashes(after: range, open: open)
      }
    }
  }

  /// When a record was recorded.
  package func recordedAt(_ position: UInt64) throws(LedgerError) -> Timestamp {
    try log.environment.read { (records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        guard let record = try records.get(log.events, position), let header = RecordHeader(record) else {
          throw .damaged(position: position, why: "it is missing, or its header can't be read")
        }
        return header.recordedAt
      }
    }
  }

  /// How many tokens a file of them has; nothing is said of who may still use them.
  package static func tokenCount(in bytes: [UInt8]?) -> Int {
    guard let bytes, let tokens = try? TokenFile.parse(bytes, path: "") else { return 0 }
    return tokens.count
  }

  private func keptCheckpoints(
    upTo size: UInt64, _ records: borrowing ReadTransaction
  ) throws(LedgerError) -> [SignedCheckpoint] {
    let kept = try ledgerCall { () throws(StoreError) in try log.allCheckpoints(records) }
    var checkpoints: [SignedCheckpoint] = []
    for (kept, note) in kept where kept <= size {
      do throws(FormatError) { checkpoints.append(try SignedCheckpoint(parsing: note)) } catch {
        throw .damaged("the checkpoint of \(kept) records: \(error)")
      }
    }
    return checkpoints
  }

  /// Each needs something that nobody does often.
  static let maxAttempts = 16
}
