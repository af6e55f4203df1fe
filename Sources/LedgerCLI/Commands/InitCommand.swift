import ArgumentParser
import Ledger

/// `workledger init`
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make an empty ledger.",
    usage: "workledger init [<options>]",
    discussion: """
      An existing ledger stays as it is.

      EXAMPLES:
        workledger init
        workledger init --ledger /srv/ledger
      """)

  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    let path = try ledger.path()
    if try Ledger.create(at: path, now: System.now) {
      Message.note("made an empty ledger in \(path)")
    } else {
      Message.note("there is a ledger in \(path) already; nothing was changed")
    }
  }
}
