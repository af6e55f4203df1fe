import ArgumentParser
import Glibc
import Ledger
import Presentation
import WorkloadModel

/// `workledger export FILE --format F`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write all events to a file that other tools read.",
    usage: "workledger export <file> --format cloudevents [<options>]",
    discussion: """
      cloudevents is one CloudEvents 1.0 object a line (NDJSON), with every field; importing it into an empty \
      ledger gives the same events. FILE '-' is standard output. A file appears under its name when it is whole.

      EXAMPLES:
        workledger export events.ndjson --format cloudevents
        workledger export - --format cloudevents | gzip > events.ndjson.gz
      """)

  /// What can be written.
  enum Format: String, ExpressibleByArgument, CaseIterable { case cloudevents }

  @Argument(help: "The file to write; '-' is standard output.", completion: .file()) var file: String
  @Option(help: "What to write.") var format: Format
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
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
      guard json.bytes.count >= 1 << 18 else { return true }
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
