import ArgumentParser
import Evidence
import Ledger
import Presentation
import Synchronization

/// `workledger verify`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Hash the whole log again and hold everything against it.",
    usage: "workledger verify [--checkpoint <file> --key <vkey>] [<options>]",
    discussion: """
      Checks every record's form, its links and its hash, the stored hash tree, the names, the signing keys, every \
      checkpoint that was given out, and folds the views anew. Exits with 6 when anything does not hold, and names the \
      first record that does not.

      What is in the ledger's own folder can be changed by whoever can write it, all of it together. So keep a \
      checkpoint elsewhere: --checkpoint holds the log against it, with the --key that you got at that time.

      EXAMPLES:
        workledger verify
        workledger verify --checkpoint january.checkpoint --key "$(cat ledger.vkey)"
        workledger verify --log-only --jobs 1
      """)

  @Option(
    help: ArgumentHelp("A checkpoint that somebody kept; '-' is standard input.", valueName: "file"),
    completion: .file())
  var checkpoint: String?
  @Option(
    help: ArgumentHelp("The public key that it must be signed with.", valueName: "vkey"),
    transform: KeyInput.verifier)
  var key: VerifierKey?
  @Flag(help: "Leave the views out: only what can't be made again.") var logOnly = false
  @Option(help: ArgumentHelp("So many threads at the same time; else one a processor.", valueName: "n"))
  var jobs: Int?
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if (checkpoint == nil) != (key == nil) {
      throw ValidationError(
        "--checkpoint and --key go together: without a key that you trust, the signature says nothing")
    }
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs is 1 to 256, not \(jobs)") }
  }

  func run() throws {
    var options = VerificationOptions()
    options.includesViews = !logOnly
    options.workers = jobs ?? System.processors
    if let checkpoint, let key { options.checkpoint = (try CheckpointInput.read(checkpoint), key) }
    Ledger.endForDamage(with: ExitStatus.differs.rawValue)
    let ledger = try opened()
    let progress = Mutex(Progress("verifying"))
    let start = System.uptime
    let report = try ledger.verify(options) { done, last in
      progress.withLock { $0.update(done, of: last, "record") }
    }
    progress.withLock { $0.finish() }
    let seconds = System.uptime - start
    try printOne(output.output, text: { report.writeText(to: &$0, $1) }, json: { report.write(to: &$0) })
    if seconds > 0.2 {
      Message.note("\(HumanText.number(UInt64(Double(report.records) / seconds))) records/s")
    }
    if report.findingCount > 0 {
      try StandardOutput.flush()
      throw Failure(.differs, "the ledger does not hold")
    }
  }

  /// A log that is too damaged to be opened does not hold.
  private func opened() throws -> Ledger {
    do { return try ledger.openForVerifying() } catch let error as LedgerError {
      guard case .damaged = error else { throw error }
      throw Failure(.differs, error.message)
    }
  }
}
