import EventStore
import Evidence
import LMDB
import WorkloadModel

extension Ledger {
  /// Hashes the whole log again and holds everything against everything: the form and links of the records, the
  /// stored tree, the names and their commitments, the signing keys, every checkpoint that was given out, one that
  /// somebody kept, and the views.
  ///
  /// What is damaged is in the report, however little of it can be read; thrown is only what says nothing about the
  /// ledger, as a lack of memory. The views are left alone where the log does not hold, since they would be
  /// folded from it, and where the ledger is open for reading only.
  package func verify(
    _ options: VerificationOptions, progress: @Sendable (_ done: UInt64, _ last: UInt64) -> Void = { _, _ in }
  ) throws(LedgerError) -> VerificationReport {
    var report = VerificationReport()
    try log.environment.read { (records) throws(LedgerError) in
      var checked: LogCheck?
      try part(&report) { (report) throws(LedgerError) in
        let check = try ledgerCall { () throws(StoreError) in
          try LogCheck(log, records, workers: options.workers, progress: progress)
        }
        report.records = check.last
        if check.isWhole { report.root = check.head.root.base64 }
        report.add(check.findings)
        checked = check
      }
      try part(&report) { (report) throws(LedgerError) in try verifyIdentity(records, &report) }
      try part(&report) { (report) throws(LedgerError) in try verifyNames(checked, records, &report) }
      var keys: [(position: UInt64, key: VerifierKey)] = []
      try part(&report) { (report) throws(LedgerError) in keys = try verifyKeys(checked, records, &report) }
      // Without all records there is no tree to hold a checkpoint against, and that is found already.
      guard let checked, checked.isWhole else { return }
      try part(&report) { (report) throws(LedgerError) in
        try verifyCheckpoints(checked, keys, options, records, &report)
      }
    }
    if options.includesViews, access == .readWrite, report.findingCount == 0 {
      try part(&report) { (report) throws(LedgerError) in try verifyViews(&report) }
    }
    return report
  }

  /// Runs a part of the verification. What can't be read does not hold, either.
  private func part(
    _ report: inout VerificationReport, _ body: (inout VerificationReport) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    do throws(LedgerError) { try body(&report) } catch {
      switch error {
      case .damaged(let why): report.add([VerificationFinding(nil, why)])
      case .damagedViews: report.add([VerificationFinding(nil, error.message)])
      default: throw error
      }
    }
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
        && header.recordedAt == log.createdAt
    }
    if !isSame {
      report.add([VerificationFinding(1, "it names another ledger, format or time than the table 'meta'")])
    }
  }

  private func verifyNames(
    _ check: LogCheck?, _ records: borrowing ReadTransaction, _ report: inout VerificationReport
  ) throws(LedgerError) {
    let found = try ledgerCall { () throws(StoreError) in try NameCheck.check(log, records) }
    report.names = found.count
    report.add(found.findings)
    verifyCount(of: .nameRegistered, "names", found.count, check, &report)
    // Its entry for the newest redaction leads to all of them.
    verifyCount(of: .nameRedacted, "meta", found.redactions, check, &report)
  }

  /// Whether a table leads to as many things as there are records that make them.
  private func verifyCount(
    of kind: RecordKind, _ table: String, _ entries: Int, _ check: LogCheck?,
    _ report: inout VerificationReport
  ) {
    guard let check, check.isWhole, check.count(of: kind) != UInt64(entries) else { return }
    report.add([
      VerificationFinding(
        nil,
        "the table '\(table)' leads to \(entries) records of kind \(kind.rawValue), and "
          + "\(check.count(of: kind)) are there")
    ])
  }

  /// Each key is what its record says; returns those that can be read.
  private func verifyKeys(
    _ check: LogCheck?, _ records: borrowing ReadTransaction, _ report: inout VerificationReport
  ) throws(LedgerError) -> [(position: UInt64, key: VerifierKey)] {
    let entries = try ledgerCall { () throws(StoreError) in try log.allKeys(records) }
    verifyCount(of: .keyAdded, "keys", entries.count, check, &report)
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
    var checkpoints = CheckpointCheck(keys: keys)
    checkpoints.add(kept: try ledgerCall { () throws(StoreError) in try log.allCheckpoints(records) })
    do throws(LedgerError) {
      if let newest = try newestCheckpoint() { checkpoints.add(newest: newest) }
    } catch {
      guard case .unreadable = error else { throw error }
      report.add([VerificationFinding(nil, error.message)])
    }
    if let given = options.checkpoint { checkpoints.add(given: given.checkpoint, key: given.key) }
    try ledgerCall { () throws(StoreError) in try checkpoints.hold(against: check, log, records) }
    report.checkpoints = checkpoints.count
    report.add(checkpoints.findings)
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
