import ArgumentParser
import Evidence
import Ledger
import Presentation
import WorkloadModel

/// `workledger backup DEST`
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Back the ledger up into a folder, or bring a backup up to date.",
    usage: "workledger backup <dest> [<options>]",
    discussion: """
      DEST gets all that can't be made again: the records, as a log of tiles (C2SP tlog-tiles) under a new checkpoint, \
      and in 'private' the names, the signing key, every checkpoint that was given out and the tokens. Views are not in \
      it: they are folded from the records. The stores and keys of witnesses stand elsewhere, and so do backups of them.

      Repeat it into the same DEST as often as you like: only what is new is written, and the names. Others may write \
      to the ledger meanwhile. The records are hashed as they are written, and where the root is not the one that was \
      signed, the backup ends with exit status 6 and the one before it stays. So it does where it was interrupted.

      A DEST that has another ledger's backup, one of another history, or one that is ahead of this ledger because \
      the ledger was rolled back, is refused with exit status 6 and stays as it is.

      WHOEVER GETS DEST GETS THE NAMES OF ALL PEOPLE, AND SIGNS IN THE LEDGER'S NAME: its files are for their owner \
      alone, so keep it so. A name that was destroyed is gone from DEST with the next backup; copies of DEST keep it.

      Test a backup with 'workledger restore --dry-run DEST'.

      EXAMPLES:
        workledger backup /backup/ledger
        workledger backup /backup/ledger && rsync -a --delete /backup/ledger/ other.host:ledger-backup/
      """)

  @Argument(
    help: "The folder, which is made; or one with an earlier backup of this ledger.", completion: .directory)
  var destination: String
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if destination.isEmpty || destination == "-" {
      throw ValidationError("a backup is a folder of many files: name one, not '\(destination)'")
    }
  }

  func run() throws {
    let ledger = try ledger.openForWriting()
    var folder = try TileFolder(destination, .backup)
    let before = try size(of: folder, in: ledger)
    let names = NameWriter()
    let state = try ledger.backupState { (name) throws(LedgerError) in names.write(name, to: &folder) }
    try names.finish(&folder)
    guard let checkpoint = state.checkpoints.last else { throw Failure(.failed, "there is no checkpoint") }
    let head = checkpoint.checkpoint.head
    try folder.add(ledger, head, from: before)
    try folder.publish(state, checkpoint, before: before)
    var report = BackupReport()
    report.id = ledger.id
    report.head = head
    report.written = head.size - before
    report.lastRecordedAt = try ledger.recordedAt(head.size).rfc3339
    report.names = names.count
    report.checkpoints = state.checkpoints.count
    report.tokens = Ledger.tokenCount(in: state.tokens)
    try printOne(output.output, text: { report.writeText(to: &$0, $1) }, json: { report.write(to: &$0) })
  }

  /// How many records the backup has that is there; it must be one of this ledger.
  private func size(of folder: borrowing TileFolder, in ledger: Ledger) throws -> UInt64 {
    guard let published = try folder.checkpoint() else { return 0 }
    do throws(LedgerError) { try ledger.check(backup: published) } catch {
      guard case .evidence(let why) = error else { throw error }
      throw Failure(.differs, "\(destination): \(why)")
    }
    return published.checkpoint.head.size
  }
}
