import ArgumentParser
import Glibc
import Ledger
import Presentation
import WorkloadModel

/// `workledger export FILE --format F`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write all events to a file or folder that other tools read.",
    usage: """
      workledger export <file> --format cloudevents [<options>]
      workledger export <dir> --format tiles [--names] [<options>]
      """,
    discussion: """
      cloudevents is one CloudEvents 1.0 object a line (NDJSON), with every field; importing it into an empty \
      ledger gives the same events. FILE '-' is standard output. A file appears under its name when it is whole.

      tiles is the whole log as evidence (C2SP tlog-tiles): the folder DIR gets the files 'checkpoint', 'tile/…' with \
      the hash tree and 'tile/entries/…' with the records, so that anybody who has the public key checks that nothing \
      was changed or left out, with other people's tools or with tools/verify_evidence.py. It is of a new checkpoint, \
      or of that of --checkpoint, which this ledger must have given out. All is hashed anew, and where the root is not \
      the one that was signed, the export ends with exit status 6 and no checkpoint appears.

      DIR may have an earlier export of this ledger: what is there stays, and must have the same bytes; the checkpoint \
      is replaced last. Any web server that serves DIR serves the log.

      The records have numbers where names stood. --names also writes names.ndjson with all names and their salts, \
      for its owner alone: WHOEVER GETS THAT FILE GETS THE NAMES OF ALL PEOPLE, and what was handed out no redaction \
      takes back.

      EXAMPLES:
        workledger export events.ndjson --format cloudevents
        workledger export - --format cloudevents | gzip > events.ndjson.gz
        workledger export /srv/log --format tiles
        workledger export /srv/log --format tiles --checkpoint today.checkpoint
      """)

  /// What can be written.
  enum Format: String, ExpressibleByArgument, CaseIterable { case cloudevents, tiles }

  @Argument(
    help: "The file to write, '-' is standard output; for tiles a folder, which is made.", completion: .file()
  )
  var file: String
  @Option(help: "What to write.") var format: Format
  @Option(
    help: ArgumentHelp("Tiles of this checkpoint and not of a new one.", valueName: "file"),
    completion: .file())
  var checkpoint: String?
  @Flag(help: "With tiles: also write names.ndjson. It hands out the names of all people.") var names = false
  @OptionGroup var ledger: LedgerOptions

  func validate() throws {
    switch format {
    case .cloudevents:
      if checkpoint != nil || names {
        throw ValidationError("--checkpoint and --names go with --format tiles")
      }
    case .tiles:
      if file.isEmpty || file == "-" {
        throw ValidationError("tiles are a folder of many files: name one, not '\(file)'")
      }
    }
  }

  func run() throws {
    switch format {
    case .cloudevents: try exportEvents()
    case .tiles: try exportTiles()
    }
  }

  private func exportEvents() throws {
    let ledger = try ledger.openForReading()
    let target = try ExportTarget(file)
    do {
      let count = try write(ledger, to: target)
      try target.finish()
      if file != "-" { Message.note("exported \(HumanText.count(count, "event")) to \(file)") }
    } catch {
      target.abandon()
      throw error
    }
  }

  /// Writes what the log has now; what is appended meanwhile is for the next export.
  private func write(_ ledger: Ledger, to target: ExportTarget) throws -> UInt64 {
    var query = HistoryQuery()
    let last = try ledger.lastPosition()
    query.to = last
    var json = JSONWriter()
    var progress = Progress("exporting")
    defer { progress.finish() }
    var count: UInt64 = 0
    var failure: (any Error)?
    guard last > 0 else { return 0 }
    try ledger.history(query) { (event) throws(LedgerError) in
      event.write(to: &json)
      json.newline()
      count += 1
      guard json.text.count >= 1 << 18 else { return true }
      do { try target.write(json.bytes) } catch { failure = error }
      json.removeAll()
      progress.update(event.position, of: last, "position")
      return failure == nil
    }
    if let failure { throw failure }
    try target.write(json.bytes)
    return count
  }
}

/// The file that is written. A new or plain file is written beside its name and renamed when it is whole, so
/// that half an export is never taken for one; a pipe or device is written as it is.
private struct ExportTarget {
  private let path: String
  private let partial: String?
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    if path == "-" {
      (partial, descriptor) = (nil, STDOUT_FILENO)
      return
    }
    var information = stat()
    let isPlain = stat(path, &information) != 0 || information.st_mode & S_IFMT == S_IFREG
    partial = isPlain ? path + ".partial" : nil
    descriptor = Glibc.open(partial ?? path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw Failure(.failed, "can't write \(path): \(System.text(of: errno))") }
  }

  func write(_ bytes: [UInt8]) throws {
    try writeAll(bytes, to: descriptor, path == "-" ? "standard output" : path)
  }

  func finish() throws {
    guard path != "-" else { return }
    if partial != nil, fsync(descriptor) != 0 { throw failure() }
    if Glibc.close(descriptor) != 0 { throw failure() }
    if let partial, rename(partial, path) != 0 { throw failure() }
  }

  func abandon() {
    guard let partial else { return }
    unlink(partial)
  }

  private func failure() -> Failure { Failure(.failed, "can't write \(path): \(System.text(of: errno))") }
}
