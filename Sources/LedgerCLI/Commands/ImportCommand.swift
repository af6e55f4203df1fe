import ArgumentParser
import Exchange
import Ledger
import Presentation
import WorkloadModel

/// `workledger import FILE… --format F`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Append the events of files.",
    usage: "workledger import <file>... --format <format> [<options>]",
    discussion: """
      cloudevents is NDJSON as 'workledger history -o ndjson' and 'workledger export' write it; csv needs a \
      mapping file, which says what the columns mean. What has been imported before is not appended again, nor \
      where a name in it was redacted since; redacted-N of another ledger becomes redacted-N@SOURCE. FILE '-' is \
      standard input; gzipped files are recognised. Lines that can't be used are reported on standard error with \
      their number, and the exit status is 7.

      EXAMPLES:
        workledger import events.ndjson --format cloudevents
        workledger import jobs-*.csv.gz --format csv --mapping jobs.json --sort
        workledger import pods.csv --format csv --mapping openb.json --dry-run
      """)

  /// What can be read.
  enum Format: String, ExpressibleByArgument, CaseIterable { case cloudevents, csv }

  @Argument(
    help: ArgumentHelp("Files, in order; '-' is standard input.", valueName: "file"), completion: .file())
  var files: [String]
  @Option(help: "What to read.") var format: Format
  @Option(
    help: ArgumentHelp("For csv: the mapping file (schemas/mapping).", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var mapping: String?
  @Flag(help: "Put the events of all files in the order of their time first.") var sort = false
  @Flag(help: "Decide on everything and write nothing.") var dryRun = false
  @Flag(help: "Reject lines with unknown fields, which are otherwise left out with a warning.") var strict =
    false
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if format == .csv, mapping == nil { throw ValidationError("--format csv needs --mapping FILE") }
    if format == .cloudevents, mapping != nil { throw ValidationError("--mapping is for --format csv") }
    if files.filter({ $0 == "-" }).count > 1 { throw ValidationError("standard input can be read only once") }
  }

  func run() throws {
    let actor = try actor.actor()
    let mapping = try mapping.map { path in
      do throws(ImportError) { return try Mapping(file: path) } catch {
        throw Failure(.failed, error.message)
      }
    }
    let ledger = try ledger.openForWriting()
    let work = ImportWork(
      files: files, mapping: mapping, options: options(actor))
    let report: ImportReport
    if dryRun {
      report = try ledger.rehearse { (append) throws(LedgerError) in
        work.run { (batch, outcomes) throws(LedgerError) in try append(&batch, System.now, &outcomes) }
      }.get()
    } else {
      report = try work.run { (batch, outcomes) throws(LedgerError) in
        try ledger.append(&batch, now: System.now, outcomes: &outcomes)
      }.get()
      close(ledger)
    }
    try printOne(
      output.output, text: { report.writeText(to: &$0, $1, dryRun: dryRun) },
      json: { report.write(to: &$0, dryRun: dryRun) })
    try StandardOutput.flush()
    for warning in report.warnings {
      let lines = HumanText.count(warning.count, "line")
      Message.note("warning: \(warning.field) is not kept (\(lines), first \(warning.file):\(warning.line))")
    }
    let lost = report.rejected + report.conflicts + report.refused
    if lost > 0 {
      throw Failure(
        .rejectedLines, "\(HumanText.count(lost, "line or event", "lines or events")) could not be used")
    }
  }

  /// The events are durable; this is so that the views need not be folded anew after a restart of the machine.
  private func close(_ ledger: Ledger) {
    do throws(LedgerError) { try ledger.close() } catch {
      Message.note("warning: the views are not closed, and will be folded anew: \(error.message)")
    }
  }

  private func options(_ actor: Actor) -> ImportOptions {
    var options = ImportOptions(reporter: actor.reporter, importer: actor.name)
    options.isStrict = strict
    options.sortsByTime = sort
    if let folder = System.environment("TMPDIR") { options.sortDirectory = folder }
    return options
  }
}

/// One run of an import, into the ledger or a rehearsal.
private struct ImportWork {
  var files: [String]
  var mapping: Mapping?
  var options: ImportOptions

  /// Failures come as a result, for a rehearsal only passes on the ledger's own.
  func run(into sink: BatchSink) -> Result<ImportReport, Failure> {
    var progress = Progress("importing")
    let sources = files.map(ByteSource.argument)
    do throws(ImportFailure) {
      let observer = ImportObserver(
        progress: { progress.update(UInt64($0.proposed)) },
        rejection: { rejection in
          progress.finish()
          Message.note(rejection.message)
          if !rejection.text.isEmpty { Message.note("  " + HumanText.visible(rejection.text)) }
        })
      defer { progress.finish() }
      if let mapping {
        return .success(
          try Importer.importCSV(
            from: sources, mapping: mapping, options: options, into: sink, observer: observer))
      }
      return .success(
        try Importer.importCloudEvents(from: sources, options: options, into: sink, observer: observer))
    } catch {
      var message = error.message
      if error.report.appendedTotal > 0 {
        message +=
          "\n\(HumanText.count(error.report.appendedTotal, "event")) had been appended and are kept; repeat the "
          + "import to go on behind them"
      }
      if case .ledger(let error) = error.error { return .failure(Failure(Failure(error).status, message)) }
      return .failure(Failure(.failed, message))
    }
  }
}
