import EventStore
import Evidence
import LMDB
import WorkloadModel

extension Ledger {
  /// Hashes the whole log again and holds everything against everything: the form and links of the records, the
  /// stored tree, the names and their commitments, the signing keys, every checkpoint that was given out, one that
  /// somebody kept, and the views.
  package func verify(
    _ options: VerificationOptions, progress: @Sendable (_ done: UInt64, _ last: UInt64) -> Void = { _, _ in }
  ) throws(LedgerError) -> VerificationReport {
    var report = VerificationReport()
    try log.environment.read { (records) throws(LedgerError) in
      let last = try ledgerCall { () throws(StoreError) in try log.lastPosition(records) }
      let check = try ledgerCall { () throws(StoreError) in
        var check = try LogCheck(log, to: last, workers: options.workers) { progress($0, last) }
        try check.checkSubtrees(log.tree, records)
        return check
      }
      report.records = last
      if check.isWhole { report.root = check.head.root.base64 }
      report.add(check.findings)
      try verifyIdentity(records, &report)
      try verifyNames(records, &report)
      let keys = try verifyKeys(records, &report)
      // Without all records there is no tree to hold a checkpoint against, and that is found already.
      if check.isWhole { try verifyCheckpoints(check, keys, options, records, &report) }
    }
    if options.includesViews { try verifyViews(&report) }
    return report
  }

  /// What `meta` says stands under the tree, too.
  private func verifyIdentity(
    _ records: borrowing ReadTransaction, _ report: inout VerificationReport
  ) throws(LedgerError) {
    let isSame = try ledgerCall { () throws(StoreError) in
      guard let record = try records.get(log.events, 1), let header = RecordHeader(record),
        header.kind == .ledgerCreated
      else { return false }
      var reader = RecordReader()
      return reader.id(record) == log.ledgerID && reader.u32(record) == EventLog.format
    }
    if !isSame {
      report.add([VerificationFinding(1, "it names another ledger or format than the table 'meta'")])
    }
  }

  private func verifyNames(
    _ records: borrowing ReadTransaction, _ report: inout VerificationReport
  ) throws(LedgerError) {
    let found = try ledgerCall { () throws(StoreError) in try NameCheck.check(log, records) }
    report.names = found.count
    report.add(found.findings)
  }

  /// Each key is what its record says; returns those that can be read.
  private func verifyKeys(
    _ records: borrowing ReadTransaction, _ report: inout VerificationReport
  ) throws(LedgerError) -> [(position: UInt64, key: VerifierKey)] {
    let entries = try ledgerCall { () throws(StoreError) in try log.allKeys(records) }
    var keys: [(position: UInt64, key: VerifierKey)] = []
    for entry in entries {
      let recorded = try ledgerCall { () throws(StoreError) -> String? in
        guard let record = try records.get(log.events, entry.position), let header = RecordHeader(record),
          header.kind == .keyAdded, header.version == entry.number
        else { return nil }
        var reader = RecordReader()
        return reader.text(record).map { string(record, $0) }
      }
      guard recorded == entry.verifierKey, let key = try? VerifierKey(parsing: entry.verifierKey) else {
        report.add([
          VerificationFinding(
            entry.position, "it does not name the signing key \(entry.number) of the table 'keys'")
        ])
        continue
      }
      keys.append((entry.position, key))
    }
    return keys
  }

  private func verifyCheckpoints(
    _ check: LogCheck, _ keys: [(position: UInt64, key: VerifierKey)], _ options: VerificationOptions,
    _ records: borrowing ReadTransaction, _ report: inout VerificationReport
  ) throws(LedgerError) {
    var known: [(what: String, checkpoint: SignedCheckpoint, key: VerifierKey?)] = []
    for (size, note) in try ledgerCall({ () throws(StoreError) in try log.allCheckpoints(records) }) {
      do throws(FormatError) {
        let checkpoint = try SignedCheckpoint(parsing: note)
        let key = keys.last { $0.position <= size }?.key
        known.append(("the checkpoint of \(size) records that was given out", checkpoint, key))
      } catch {
        report.add([
          VerificationFinding(nil, "the kept checkpoint of \(size) records can't be read: \(error)")
        ])
      }
    }
    if let newest = try newestCheckpoint() {
      let key = keys.last { $0.position <= newest.checkpoint.head.size }?.key
      known.append(("the checkpoint in the file beside the log", newest, key))
    }
    if let given = options.checkpoint {
      known.append(("the checkpoint that was named", given.checkpoint, given.key))
    }
    known.sort { $0.checkpoint.checkpoint.head.size < $1.checkpoint.checkpoint.head.size }
    let sizes = known.map { min($0.checkpoint.checkpoint.head.size, check.last) }
    let heads = try ledgerCall { () throws(StoreError) in try check.heads(sizes, log, records) }
    for ((what, checkpoint, key), head) in zip(known, heads) {
      report.checkpoints += 1
      if let flaw = Self.flaw(of: checkpoint, key, head) {
        report.add([VerificationFinding(nil, "\(what) does not hold: \(flaw)")])
      }
    }
  }

  /// Why a checkpoint does not fit the log, which has this tree of its size, or of all records where it has fewer.
  private static func flaw(
    of checkpoint: SignedCheckpoint, _ key: VerifierKey?, _ head: TreeHead
  ) -> String? {
    guard let key else { return "no key of this ledger signed at its size" }
    do throws(NoteFlaw) { try checkpoint.verify(log: key) } catch { return "\(error)" }
    let said = checkpoint.checkpoint.head
    if said.size > head.size {
      return "it has \(said.size) records and the log has \(head.size): the log was rolled back or cut short"
    }
    return said.root == head.root
      ? nil
      : "the log's first \(said.size) records are not those that it was made of: the log was changed or forked"
  }

  private func verifyViews(_ report: inout VerificationReport) throws(LedgerError) {
    let replay = try replay()
    report.viewEntries = replay.entries
    if let first = replay.differences.first {
      report.add([
        VerificationFinding(
          nil,
          "\(replay.differenceCount) entries of the views differ from the log, first in '\(first.view)': "
            + "'workledger replay' says more, 'workledger replay --rebuild' makes them anew")
      ])
    }
  }
}
