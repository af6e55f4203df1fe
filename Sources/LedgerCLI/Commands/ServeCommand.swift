import ArgumentParser

/// `workledger serve`
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the page and the HTTP API.",
    usage: """
      workledger serve [<options>]
      workledger serve --development [--as <user>]
      workledger serve -- <options of workledger-server>
      """,
    discussion: """
      Runs 'workledger-server', which stands beside this program; its --help says all that it takes. Who asks brings a \
      token, as 'workledger token issue' gives them out. With --development nobody needs one: everybody on this \
      machine is the user of --as.

      EXAMPLES:
        workledger serve
        workledger serve --development --as ada --port 9000
        workledger serve -- --jwks keys.json --issuer https://id.example
      """)

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
  var host = "127.0.0.1"
  @Option(help: ArgumentHelp("The port to listen on; 0 for any that is free.", valueName: "n"))
  var port: UInt16 = 8080
  @Flag(help: "Serve without tokens, to this machine alone; everybody is the user of --as.")
  var development = false
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Who acts with --development (else the login name).", valueName: "user"))
  var user: String?
  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("What 'workledger-server' takes besides.", valueName: "options"))
  var others: [String] = []
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    var arguments = ["--ledger", try ledger.path(), "--host", host, "--port", String(port)]
    if development { arguments.append("--development") }
    if let user { arguments += ["--as", user] }
    try SiblingProgram("workledger-server").become(arguments + others)
  }
}
