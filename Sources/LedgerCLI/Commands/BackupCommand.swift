import ArgumentParser
import Evidence
import Exchange
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
    try write(ledger, head, from: before, to: &folder)
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

  /// Writes the records that are new, from the tile on that was not full.
  private func write(_ ledger: Ledger, _ head: TreeHead, from before: UInt64, to folder: inout TileFolder)
    throws
  {
    let start = before & ~UInt64(Tile.maxWidth - 1)
    var producer = TileProducer(after: try ledger.tileHashes(after: start))
    var progress = Progress("backing up")
    defer { progress.finish() }
    var failure: (any Error)?
    try ledger.records(start + 1..<head.size + 1) { (position, record) throws(LedgerError) in
      do {
        try producer.append(record) { path, bytes in try folder.add(path, bytes) }
      } catch { failure = error }
      if position % 256 == 0 { progress.update(position - start, of: head.size - start, "record") }
      return failure == nil
    }
    if let failure { throw failure }
    let made = try producer.finish { path, bytes in try folder.add(path, bytes) }
    guard made == head else {
      throw Failure(
        .differs,
        "the evidence does not hold: the records do not have the root that was signed, so no backup was made; "
          + "'workledger verify' says which were changed")
    }
  }
}

/// Writes the names as their lines, many at a time.
private final class NameWriter {
  private var json = JSONWriter()
  private var failure: (any Error)?
  private(set) var count: UInt64 = 0

  /// False where it can't go on; `finish` says why.
  func write(_ name: RegisteredName, to folder: inout TileFolder) -> Bool {
    name.write(to: &json)
    json.newline()
    count += 1
    guard json.text.count >= 1 << 16 else { return true }
    do { try folder.addNames(json.bytes) } catch { failure = error }
    json.removeAll()
    return failure == nil
  }

  func finish(_ folder: inout TileFolder) throws {
    if let failure { throw failure }
    try folder.addNames(json.bytes)
    json.removeAll()
  }
}
