import ArgumentParser
import Ledger

/// `workledger init`
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make an empty ledger.",
    usage: "workledger init [<options>]",
    discussion: """
      An existing ledger stays as it is. The key that signs its checkpoints is made, too, and lies in the folder, for       its owner alone; keep a copy of it elsewhere.

      EXAMPLES:
        workledger init
        workledger init --ledger /srv/ledger --origin example.com/ledger
      """)

  @Option(
    help: ArgumentHelp(
      "What the ledger is called in its checkpoints, for ever; else its identity.", valueName: "name"))
  var origin: String?
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    let path = try ledger.path()
    if try Ledger.create(at: path, origin: origin, now: System.now) {
      Message.note("made an empty ledger in \(path)")
    } else {
      Message.note("there is a ledger in \(path) already; nothing was changed")
    }
  }
}
