import ArgumentParser
import Evidence
import Exchange
import Ledger
import Presentation

/// `workledger restore SRC`
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put a ledger back from a backup, or test one.",
    usage: """
      workledger restore <src> [--checkpoint <file>] ... [--ledger <dir>]
      workledger restore <src> --dry-run [--checkpoint <file>] ...
      """,
    discussion: """
      SRC is a folder that 'workledger backup' made. Every file of it is read, every record hashed and held against the \
      tiles and the signed checkpoint, every name against its record. Anything that is missing, swapped, changed, cut \
      off or too much is refused with exit status 6 and the file's name, and nothing is made.

      The ledger's folder must be new or empty: a ledger is never overwritten. Put one that is there aside first \
      ('mv DIR DIR.old'). When the command ends, the ledger is the same one: its identity, records, names, checkpoints, \
      key and tokens; where it is interrupted there is none, and it can be repeated.

      A backup holds by itself even if it is an old one. So name the newest checkpoint that you know, of the ledger that \
      was lost, of a witness or an auditor: where it is newer than the backup, or of another history, that is said with \
      exit status 6. If you go on without it, the ledger signs a second history, and whoever has that checkpoint sees it.

      --dry-run does all of it but for making the ledger: a backup that was never tested is none.

      EXAMPLES:
        workledger restore /backup/ledger --dry-run
        workledger restore /backup/ledger --ledger /srv/ledger --checkpoint /srv/ledger.old/checkpoint
        workledger verify --ledger /srv/ledger
      """)

  @Argument(help: "The folder with the backup.", completion: .directory) var source: String
  @Option(
    help: ArgumentHelp(
      "A checkpoint that you know, which the backup must not be older than; '-' is standard input.",
      valueName: "file"),
    completion: .file())
  var checkpoint: [String] = []
  @Flag(help: "Only check the backup.") var dryRun = false
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let known = try checkpoint.map { (name: $0, checkpoint: try CheckpointInput.read($0)) }
    let reader = try openSource()
    var progress = Progress(dryRun ? "checking" : "restoring")
    let read = { (restoration: inout Restoration) throws(LedgerError) -> BackupReport in
      try reader.read(into: &restoration) { progress.update($0, of: $1, "record") }
    }
    let path = dryRun ? nil : try ledger.path()
    let report: BackupReport
    do throws(LedgerError) {
      defer { progress.finish() }
      if let path {
        report = try Ledger.restore(reader.state, known: known, to: path, read)
      } else {
        report = try Ledger.check(reader.state, known: known, read)
      }
    } catch { throw failure(error) }
    if let path { try fold(path) }
    try printOne(output.output, text: { report.writeText(to: &$0, $1) }, json: { report.write(to: &$0) })
    if let path {
      Message.note(
        "the ledger is back in \(path). Next: 'workledger verify', with --checkpoint and --key from whoever kept them"
      )
    }
  }

  private func openSource() throws -> BackupReader {
    let folder = BackupFolder(source)
    let reader: BackupReader?
    do throws(LedgerError) { reader = try BackupReader(folder.read) } catch { throw failure(error) }
    if let reader { return reader }
    if folder.hasTiles { throw failure(.evidence("checkpoint is missing")) }
    throw Failure(.notFound, folder.exists ? "there is no backup in \(source)" : "no folder '\(source)'")
  }

  /// What does not hold is said with the folder.
  private func failure(_ error: LedgerError) -> Failure {
    guard case .evidence(let why) = error else { return Failure(error) }
    return Failure(.differs, "the backup in \(source) does not hold: \(why)")
  }

  /// Folds the views, so that the ledger is ready. It is there already, whatever comes of this.
  private func fold(_ path: String) throws {
    var progress = Progress("folding")
    defer { progress.finish() }
    do {
      let ledger = try Ledger(path: path)
      _ = try ledger.rebuild { progress.update($0.position, of: $0.last, "position") }
      try ledger.close()
    } catch {
      progress.finish()
      Message.note(
        "the ledger is back in \(path); its views could not be folded and will be with the next command")
      throw error
    }
  }
}
