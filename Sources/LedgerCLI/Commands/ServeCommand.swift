import ArgumentParser

/// `workledger serve`
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the page and the HTTP API, to read.",
    usage: "workledger serve --development [<options>]",
    discussion: """
      Runs 'workledger-server', which stands beside this program. There are no identities yet: whoever reaches the \
      server reads everything. So it listens on addresses of this machine alone (127.0.0.0/8, ::1, localhost), and \
      only with --development.

      EXAMPLES:
        workledger serve --development
        workledger serve --development --host ::1 --port 9000
      """)

  @Option(help: ArgumentHelp("The address to listen on, one of this machine.", valueName: "address"))
  var host = "127.0.0.1"
  @Option(help: ArgumentHelp("The port to listen on; 0 for any that is free.", valueName: "n"))
  var port: UInt16 = 8080
  @Flag(help: "Serve without identities, to this machine alone.") var development = false
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    var arguments = ["--ledger", try ledger.path(), "--host", host, "--port", String(port)]
    if development { arguments.append("--development") }
    try SiblingProgram("workledger-server").become(arguments)
  }
}
