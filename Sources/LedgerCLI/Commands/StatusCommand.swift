import ArgumentParser
import Ledger
import Presentation

/// `workledger status`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show the ledger's health: positions, sizes, use of the maps, readers.",
    usage: "workledger status [<options>]",
    discussion: """
      EXAMPLES:
        workledger status
        workledger status -o json
      """)

  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let status = try ledger.openForReading().status()
    try printOne(output.output, text: { status.writeText(to: &$0, $1) }, json: { status.write(to: &$0) })
  }
}
