import EventStore
package import Evidence
import LMDB
package import WorkloadModel

/// Signed statements of what the log is: checkpoints, and the key that signs them.
///
/// The private key lies beside the environments, in `signing-key`, for its owner alone; which key signs from when on
/// is a record of the log. Every checkpoint that is given out is kept, in the log and, the newest, in a file beside
/// it, so that a log that was rolled back or forked is found.
extension Ledger {
  /// Makes the first signing key, and says so in the log. `origin` names the log in its checkpoints.
  package func makeFirstKey(origin: KeyName?, now: Timestamp) throws(LedgerError) {
    let name = origin ?? defaultOrigin
    _ = try addKey(named: name, by: nil, reporter: nil, now: now)
  }

  /// The public half of the key that signs now, a vkey.
  package func publicKey() throws(LedgerError) -> VerifierKey {
    guard let newest = try publicKeys().last else { throw Self.noKey }
    return newest.key
  }

  /// All public keys that ever signed, each with the position of the record that says so.
  package func publicKeys() throws(LedgerError) -> [(position: UInt64, key: VerifierKey)] {
    let entries = try ledgerCall { () throws(StoreError) in
      try log.environment.read { (records) throws(StoreError) in try log.allKeys(records) }
    }
    var keys: [(position: UInt64, key: VerifierKey)] = []
    for entry in entries {
      do throws(FormatError) {
        keys.append((entry.position, try VerifierKey(parsing: entry.verifierKey)))
      } catch { throw .damaged("signing key \(entry.number): \(error)") }
    }
    return keys
  }

  /// Signs the log as it is now, keeps the checkpoint and returns it. Where one of this size was given out before,
  /// it is that one.
  package func checkpoint() throws(LedgerError) -> SignedCheckpoint {
    if access == .readOnly { throw .readOnly(path: path) }
    try refuseFork()
    for _ in 0..<Self.maxAttempts {
      let key = try signingKey()
      let made = try keep(of: key.verifier) { (head) throws(LedgerError) in try Self.sign(head, with: key) }
      if let made { return made }
    }
    throw .storage("keys are made so often in \(path) that nothing could be signed: try again later")
  }

  /// Signs with a new key from now on. Returns the checkpoint that introduces it: both keys sign it, so that who
  /// trusts the old one learns the new one. Where the old one is lost, the new one signs alone.
  package func rotateKey(
    by actor: String, reporter: String, now: Timestamp
  ) throws(LedgerError) -> SignedCheckpoint {
    if access == .readOnly { throw .readOnly(path: path) }
    try refuseFork()
    // One at a time, for there is one file for the next key.
    let made = try PrivateFile.locked(path) { () throws(LedgerError) in
      let old = try publicKeys().isEmpty ? nil : storedKey()
      let name = try publicKeys().last?.key.name ?? defaultOrigin
      let new = try addKey(named: name, by: actor, reporter: reporter, now: now)
      return try keep(of: new.verifier) { (head) throws(LedgerError) in
        var checkpoint = try Self.sign(head, with: new)
        if let old {
          for signature in try Self.sign(head, with: old).note.signatures { checkpoint.add(signature) }
        }
        return checkpoint
      }
    }
    if let made { return made }
    return try checkpoint()
  }

  /// The newest checkpoint that was given out, from the file beside the log; nil where there was none.
  package func newestCheckpoint() throws(LedgerError) -> SignedCheckpoint? {
    guard let bytes = try PrivateFile.read(checkpointPath) else { return nil }
    do throws(FormatError) { return try SignedCheckpoint(parsing: bytes) } catch {
      throw .unreadable(path: checkpointPath, why: "\(error)")
    }
  }

  /// The checkpoint of a size, or the newest one where it is nil, as it was given out; nil where it was not.
  package func checkpoint(ofSize size: UInt64?) throws(LedgerError) -> SignedCheckpoint? {
    guard let size else { return try newestCheckpoint() }
    let note = try log.environment.read { (records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in try log.checkpoint(ofSize: size, records) }
    }
    guard let note else { return nil }
    do throws(FormatError) { return try SignedCheckpoint(parsing: note) } catch {
      throw .damaged("the checkpoint of \(size) records: \(error)")
    }
  }

  // MARK: Helpers

  /// A log must never sign two histories, so nothing is signed where the newest checkpoint that was given out is not
  /// of this one: the log was put back from an older copy, or went on elsewhere.
  private func refuseFork() throws(LedgerError) {
    guard let newest = try newestCheckpoint()?.checkpoint.head else { return }
    let own = try ledgerCall { () throws(StoreError) in
      try log.environment.read { (records) throws(StoreError) in
        try log.tree.head(min(newest.size, try log.tree.count(records)), records)
      }
    }
    if own == newest { return }
    throw .evidence(
      (own.size < newest.size
        ? "a checkpoint of \(newest.size) records was given out and the log has \(own.size): it was rolled back"
        : "the checkpoint of \(newest.size) records that was given out is not of this log: it forked")
        + "; a second history is not signed. 'workledger verify' says more; where the other log is lost for good, "
        + "take \(checkpointPath) away, and whoever has that checkpoint will see the fork")
  }

  private var keyPath: String { path + "/" + Self.keyFile }
  private var nextKeyPath: String { path + "/signing-key.next" }
  private var checkpointPath: String { path + "/" + Self.checkpointFile }

  static let keyFile = "signing-key"
  static let checkpointFile = "checkpoint"

  /// No address is known, so the ledger is named by its identity.
  private var defaultOrigin: KeyName {
    guard let name = KeyName("workledger/" + id) else { preconditionFailure("a UUID is a fine name") }
    return name
  }

  private static let noKey = LedgerError.notFound(
    kind: "signing key of this ledger: 'workledger checkpoint --new-key' makes one", name: "")

  /// The private half of the key that signs now.
  func signingKey() throws(LedgerError) -> SignerKey {
    _ = try publicKey()
    guard let key = try storedKey() else {
      throw .unreadable(
        path: keyPath,
        why: "the key that signs by the log is not there: put it back, or sign with a new one from now on "
          + "('workledger checkpoint --new-key')")
    }
    return key
  }

  /// The private half of the key that the log names; nil where no file has it.
  private func storedKey() throws(LedgerError) -> SignerKey? {
    var newest = try publicKey()
    for _ in 0..<Self.maxAttempts {
      if let key = try readKey(keyPath), key.verifier == newest { return key }
      // A crash came between the record of the new key and the renaming of its file, or another process is there now.
      if let key = try readKey(nextKeyPath), key.verifier == newest {
        try placeNextKey(newest)
        return key
      }
      // Or it is further.
      let key = try readKey(keyPath)
      newest = try publicKey()
      if let key, key.verifier == newest { return key }
    }
    return nil
  }

  /// Gives the file of the next key its name, unless another process was faster.
  private func placeNextKey(_ key: VerifierKey) throws(LedgerError) {
    do throws(LedgerError) { try PrivateFile.rename(nextKeyPath, to: keyPath) } catch {
      guard try readKey(keyPath)?.verifier == key else { throw error }
    }
  }

  private func readKey(_ path: String) throws(LedgerError) -> SignerKey? {
    guard let bytes = try PrivateFile.read(path) else { return nil }
    do throws(FormatError) {
      return try SignerKey(parsing: String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
    } catch { throw .unreadable(path: path, why: "\(error)") }
  }

  /// Makes a key: first a file aside, then the record, then the file's name, so that at any moment some file has
  /// the key that the log names.
  private func addKey(
    named name: KeyName, by actor: String?, reporter: String?, now: Timestamp
  ) throws(LedgerError) -> SignerKey {
    var random = SystemRandomNumberGenerator()
    let seed = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    guard let key = SignerKey(name: name, algorithm: .ed25519, seed: seed) else {
      throw .storage("no Ed25519 key could be made")
    }
    try PrivateFile.write(Array((key.secretText + "\n").utf8), to: nextKeyPath)
    try ledgerCall { () throws(StoreError) in
      try log.environment.write { (transaction) throws(StoreError) in
        var appender = try LogAppender(log, now: now, transaction.reading)
        func number(
          _ nameClass: NameClass, _ name: String?, _ transaction: inout WriteTransaction
        ) throws(StoreError) -> NameNumber {
          guard let name, name != "unknown" else { return .unknown }
          return try appender.number(nameClass, name, &random, in: &transaction)
        }
        let by = try number(.user, actor, &transaction)
        let told = try number(.reporter, reporter, &transaction)
        _ = try appender.addKey(key.verifier.description, by: by, reporter: told, in: &transaction)
        try appender.finish(&transaction)
      }
    }
    try placeNextKey(key.verifier)
    return key
  }

  /// Keeps what `sign` makes of the log as it is, unless a checkpoint of this size was given out before; nil where the log
  /// names another key by now, whose checkpoint it would have to be.
  private func keep(
    of key: VerifierKey, _ sign: (TreeHead) throws(LedgerError) -> SignedCheckpoint
  ) throws(LedgerError) -> SignedCheckpoint? {
    var signing: LedgerError?
    var isSuperseded = false
    var made: SignedCheckpoint?
    try ledgerCall { () throws(StoreError) in
      try log.environment.write { (transaction) throws(StoreError) in
        let size = try log.lastPosition(transaction.reading)
        if let known = try log.checkpoint(ofSize: size, transaction.reading) {
          made = try? SignedCheckpoint(parsing: known)
          if made != nil { return }
        }
        isSuperseded = try log.newestKey(transaction.reading)?.verifierKey != key.description
        if isSuperseded { return }
        var appender = try LogAppender(log, now: .earliest, transaction.reading)
        try appender.finish(&transaction)
        let head = try log.tree.head(size, transaction.reading)
        do throws(LedgerError) { made = try sign(head) } catch { signing = error }
        if let made { try log.keep(checkpoint: made.bytes, ofSize: size, in: &transaction) }
      }
    }
    if let signing { throw signing }
    if isSuperseded { return nil }
    guard let made else { throw .storage("no checkpoint was made") }
    if try PrivateFile.read(checkpointPath) != made.bytes {
      try PrivateFile.write(made.bytes, to: checkpointPath)
    }
    return made
  }

  private static func sign(_ head: TreeHead, with key: SignerKey) throws(LedgerError) -> SignedCheckpoint {
    do throws(NoteFlaw) { return try SignedCheckpoint(head, signedBy: key) } catch {
      throw .storage("signing failed: \(error)")
    }
  }
}
