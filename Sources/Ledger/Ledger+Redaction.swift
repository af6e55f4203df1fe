import EventStore
import LMDB
import ReadModels
public import WorkloadModel

extension Ledger {
  /// Destroys a name and its salt everywhere in the log's environment and appends a record of who wanted it and why.
  ///
  /// No record changes, so every checkpoint and proof holds as before; whoever reads sees `redacted-N`. Afterwards
  /// the file is cleared of what was deleted (`scrub`), and looked through for what is left. The tokens of the user are
  /// worth nothing any more. The name is one of a user or, by its class, of a reporter. A pseudonym says which was redacted before, and nothing changes.
  ///
  /// Throws `notFound` where nobody has the name, and `usage` where a text can't be stored or the reason holds the
  /// name. After an error of the clearing the name is destroyed all the same, and `scrub` goes on with the file.
  public func redact(
    _ name: String, _ nameClass: NameClass = .user, reason: String, by actor: String, reporter: String,
    now: Timestamp, patience: Duration = .seconds(5)
  ) throws(LedgerError) -> RedactionReport {
    precondition(nameClass.isPersonal, "only names of people can be destroyed")
    if let known = try redaction(named: name, nameClass) {
      return RedactionReport(redaction: known, isNew: false)
    }
    try checkRedaction(of: name, reason: reason, by: actor, reporter)
    // Before the name is gone: should this fail, or what follows, it can be repeated.
    if nameClass == .user {
      _ = try pseudonym(of: name)
      try revokeTokens(of: name)
    }
    let views = try writableViews()
    var destroyed: (number: NameNumber, bytes: DestroyedName)?
    try commit(now: now, views) { (session, logWrite, viewsRead) throws(StoreError) in
      destroyed = nil
      // Another process may have been faster.
      guard let number = try self.log.number(nameClass, name, logWrite.reading),
        try !self.log.isRedacted(number, of: nameClass, logWrite.reading)
      else { return }
      let bytes = try session.redact(number, reason: reason, by: actor, reporter, &logWrite, viewsRead)
      destroyed = (number, bytes)
    }
    guard let destroyed else { throw .notFound(kind: "\(nameClass)", name: name) }
    let pseudonym = Pseudonym(number: destroyed.number.rawValue).text
    guard let redaction = try redaction(named: pseudonym, nameClass) else {
      throw .damaged("the redaction of \(pseudonym) has no record")
    }
    do throws(LedgerError) {
      let traces = try traces(of: destroyed.bytes, views, patience)
      return RedactionReport(redaction: redaction, isNew: true, traces: traces)
    } catch {
      throw .storage(
        "the name is destroyed and \(pseudonym) stands for it, but the file was not cleared of it: \(error.message) "
          + "'workledger redact --scrub' goes on with that")
    }
  }

  /// Overwrites with zeros what the file of the log still holds of deleted names, as every redaction does at its end.
  ///
  /// Nobody can write meanwhile. Waits for readers of older states for `patience`, and leaves what they see.
  public func scrub(patience: Duration = .seconds(5)) throws(LedgerError) -> ScrubReport {
    if access == .readOnly { throw .readOnly(path: path) }
    return try ledgerCall { () throws(StoreError) in
      let report = try self.log.environment.clearUnused(patience: patience)
      return ScrubReport(
        freePages: report.freePages, gaps: report.gaps, waitingPages: report.waitingPages,
        waitingFor: report.readers.sorted())
    }
  }

  /// What will be shown in place of a name when it is destroyed, or is shown already. Throws `notFound` where nobody
  /// has the name.
  public func pseudonym(of name: String, _ nameClass: NameClass = .user) throws(LedgerError) -> String {
    let number = try log.environment.read { (records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in try self.log.number(nameClass, name, records) }
    }
    guard let number else { throw .notFound(kind: "\(nameClass)", name: name) }
    return Pseudonym(number: number.rawValue).text
  }

  /// All redactions, oldest first.
  public func redactions() throws(LedgerError) -> [NameRedaction] {
    try log.environment.read { (records) throws(LedgerError) in
      try ledgerCall { () throws(StoreError) in
        var found: [NameRedaction] = []
        try self.log.redactions(records) { (position, redaction, record) throws(StoreError) in
          found.append(
            NameRedaction(
              position: position, redactedAt: redaction.header.recordedAt,
              redactedBy: try self.names.text(redaction.header.actor, in: self.log, records),
              reporter: try self.names.text(redaction.header.reporter, in: self.log, records),
              pseudonym: Pseudonym(number: redaction.name.rawValue).text, nameClass: redaction.nameClass,
              reason: string(record, redaction.reason)))
          return true
        }
        return found.reversed()
      }
    }
  }

  // MARK: Helpers

  /// The redaction that a pseudonym stands for; nil where the name is of another form or there is none.
  private func redaction(named name: String, _ nameClass: NameClass) throws(LedgerError) -> NameRedaction? {
    guard let text = Pseudonym(name)?.text else { return nil }
    return try redactions().first { $0.pseudonym == text && $0.nameClass == nameClass }
  }

  private func checkRedaction(
    of name: String, reason: String, by actor: String, _ reporter: String
  ) throws(LedgerError) {
    func check(_ what: String, _ text: String, _ limit: Int, multiline: Bool = false) throws(LedgerError) {
      var text = text
      text.makeContiguousUTF8()
      if let flaw = TextFlaw.find(in: text.utf8.span, limit: limit, multiline: multiline) {
        throw .usage("\(what) \(flaw.explanation)")
      }
    }
    try check("the reason", reason, Limits.reason, multiline: true)
    try check("the user", actor, Limits.name)
    try check("the reporter", reporter, Limits.name)
    if Mention(of: Array(name.utf8)).isIn(Array(reason.utf8).span.bytes) {
      throw .usage("the reason holds the name, and stays for ever: say it without")
    }
    if Pseudonym(actor) != nil {
      throw .usage("nobody can act as '\(actor)', for it stands for a name that was destroyed")
    }
  }

  private func traces(
    of destroyed: DestroyedName, _ views: ViewStore, _ patience: Duration
  ) throws(LedgerError) -> RedactionReport.Traces {
    let scrub = try scrub(patience: patience)
    let mention = Mention(of: destroyed.name)
    let (inLog, inViews) = try ledgerCall { () throws(StoreError) in
      (
        try self.log.environment.occurrences(of: [destroyed.salt, destroyed.name]),
        try views.environment.occurrences(of: [destroyed.name])
      )
    }
    var traces = RedactionReport.Traces(
      scrub: scrub, saltsInLog: inLog[0], namesInLog: inLog[1], namesInViews: inViews[0],
      isTelling: mention.isTelling, textCount: 0, textPositions: [],
      otherNames: try otherNames(with: mention))
    try forEachRecord(with: mention) { position in
      traces.textCount += 1
      if traces.textCount <= RedactionReport.Traces.positionLimit { traces.textPositions.append(position) }
    }
    return traces
  }
}

extension AppendSession {
  /// Destroys the name of a number, and folds the records that come of it.
  fileprivate mutating func redact(
    _ number: NameNumber, reason: String, by actor: String, _ reporter: String,
    _ transaction: inout WriteTransaction, _ views: borrowing ReadTransaction
  ) throws(StoreError) -> DestroyedName {
    var batch = EventBatch()
    let (actor, reporter) = (batch.intern(.user, actor), batch.intern(.reporter, reporter))
    numbers = batch.resolvedNames
    let header = RecordHeader(
      kind: .nameRedacted, actor: try self.number(actor, &batch, &transaction, views),
      reporter: try self.number(reporter, &batch, &transaction, views), occurredAt: appender.recordedAt,
      recordedAt: appender.recordedAt)
    let destroyed = try appender.redact(number, header, reason: Array(reason.utf8).span, in: &transaction)
    try Self.fold(appender, at: appender.next - 1, into: &projection, views)
    return destroyed
  }
}
