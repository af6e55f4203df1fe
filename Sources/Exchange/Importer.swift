import Glibc
public import Ledger
public import WorkloadModel

/// Reads events from files and hands them to a sink, in batches of at most 16,384.
public enum Importer {
  /// Imports the rows of CSV files, or the parts of one, after a mapping.
  ///
  /// Memory does not grow with the files, except for the ids of workloads where the mapping asks for the first
  /// event of one, and for different names.
  @discardableResult
  public static func importCSV(
    from sources: [ByteSource], mapping: Mapping, options: ImportOptions, into sink: BatchSink,
    observer: ImportObserver = ImportObserver()
  ) throws(ImportFailure) -> ImportReport {
    try run(CSVProducer(sources, mapping, options), sources, options, sink, observer)
  }

  /// Imports CloudEvents, one JSON object a line: what `history -o ndjson` and `export` write.
  ///
  /// All events are taken as observations; position, version, time of recording and anomaly are the ledger's
  /// to decide anew. Memory does not grow with the files, except for different names.
  @discardableResult
  public static func importCloudEvents(
    from sources: [ByteSource], options: ImportOptions, into sink: BatchSink,
    observer: ImportObserver = ImportObserver()
  ) throws(ImportFailure) -> ImportReport {
    try run(CloudEventsProducer(sources, options), sources, options, sink, observer)
  }

  private static func run(
    _ producer: consuming some EventProducer & ~Copyable, _ sources: [ByteSource], _ options: ImportOptions,
    _ sink: BatchSink, _ observer: ImportObserver
  ) throws(ImportFailure) -> ImportReport {
    let accounts = ImportAccounts(sources.map(\.name), observer)
    if options.sortsByTime {
      return try hand(SortingProducer(producer, options), accounts, options, sink)
    }
    return try hand(producer, accounts, options, sink)
  }

  /// Has slots filled and hands them to the sink until the producer ends.
  private static func hand(
    _ producer: consuming some EventProducer & ~Copyable, _ accounts: consuming ImportAccounts,
    _ options: ImportOptions, _ sink: BatchSink
  ) throws(ImportFailure) -> ImportReport {
    if options.readsAhead { return try handAhead(producer, accounts, options, sink) }
    var slot = ImportSlot(importer: options.importer)
    while true {
      let result = producer.fill(&slot)
      try accounts.hand(&slot, to: sink)
      switch result {
      case .filled: slot.clear()
      case .ended: return accounts.report
      case .failed(let error): throw ImportFailure(error: error, report: accounts.report)
      }
    }
  }

  /// The same with a thread that reads ahead.
  private static func handAhead(
    _ producer: consuming some EventProducer & ~Copyable, _ accounts: consuming ImportAccounts,
    _ options: ImportOptions, _ sink: BatchSink
  ) throws(ImportFailure) -> ImportReport {
    let reading = ReadAhead(producer, importer: options.importer)
    let status = reading.start()
    guard status == 0 else {
      throw ImportFailure(error: .noThread(String(cString: strerror(status))), report: accounts.report)
    }
    defer { reading.cancel() }
    while true {
      var (slot, result) = reading.take()
      try accounts.hand(&slot, to: sink)
      switch result {
      case .filled:
        slot.clear()
        reading.giveBack(slot)
      case .ended: return accounts.report
      case .failed(let error): throw ImportFailure(error: error, report: accounts.report)
      }
    }
  }
}

/// Hands slots to the sink and counts what became of their events.
struct ImportAccounts {
  private(set) var report = ImportReport()
  private let files: [String]
  private let observer: ImportObserver

  init(_ files: [String], _ observer: ImportObserver) {
    self.files = files
    self.observer = observer
  }

  mutating func hand(_ slot: inout ImportSlot, to sink: BatchSink) throws(ImportFailure) {
    report.lines += slot.lines
    report.eventlessRows += slot.eventlessRows
    for warning in slot.warnings { add(warning) }
    report.rejected += slot.rejections.count
    for rejection in slot.rejections { observer.rejection(rejection) }
    if !slot.batch.events.isEmpty {
      do throws(LedgerError) { try sink(&slot.batch, &slot.outcomes) } catch {
        throw ImportFailure(error: .ledger(error), report: report)
      }
      precondition(slot.outcomes.count == slot.batch.events.count, "a sink answers for every event")
      report.proposed += slot.batch.events.count
      for index in slot.outcomes.indices { count(index, slot) }
    }
    let file = Int(slot.source) < files.count ? files[Int(slot.source)] : ""
    observer.progress(
      ImportProgress(
        file: file, bytesRead: slot.bytesRead, lines: report.lines, proposed: report.proposed,
        appended: report.appendedTotal))
  }

  private mutating func count(_ index: Int, _ slot: ImportSlot) {
    let kind = slot.batch.events[index].kind
    switch slot.outcomes[index].verdict {
    case .appended: report.appended[kind, default: 0] += 1
    case .anomaly(let anomaly):
      report.appended[kind, default: 0] += 1
      report.anomalies[anomaly, default: 0] += 1
    case .duplicate: report.duplicates += 1
    case .conflict:
      report.conflicts += 1
      tell(.conflict, "the ledger has an event of this id that says something else", index, slot)
    case .refused, .wrongVersion, .notFound:
      report.refused += 1
      tell(.refused, "the ledger refused this event", index, slot)
    }
  }

  private func tell(
    _ cause: ImportRejection.Cause, _ reason: String, _ index: Int, _ slot: ImportSlot
  ) {
    let event = slot.batch.events[index]
    let reason = observer.explain?(slot.outcomes[index], event, slot.batch) ?? reason
    observer.rejection(
      ImportRejection(
        cause: cause, file: files[Int(slot.sources[index])], line: event.line, column: nil, field: nil,
        reason: reason, text: "\(event.kind.cloudEventType) of \(event.subject)"))
  }

  private mutating func add(_ warning: ImportWarning) {
    if let index = report.warnings.firstIndex(where: { $0.field == warning.field }) {
      report.warnings[index].count += warning.count
    } else if report.warnings.count < ImportSlot.warningLimit {
      report.warnings.append(warning)
    } else {
      report.warnings[ImportSlot.warningLimit - 1].field = "other fields"
      report.warnings[ImportSlot.warningLimit - 1].count += warning.count
    }
  }
}
