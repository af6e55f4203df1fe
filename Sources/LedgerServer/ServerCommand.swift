import ArgumentParser
import Ledger
import Logging
import WorkloadModel

/// `workledger-server`, which `workledger serve` runs.
@main struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workledger-server", abstract: "Serve a ledger's page and HTTP API.",
    usage: "workledger-server --ledger <dir> --development [<options>]",
    discussion: """
      With --development whoever reaches the server is one and the same operator, the user of --as. So it listens on \
      addresses of this machine alone (127.0.0.0/8, ::1, localhost).

      The log goes to standard error, one object of JSON a line. SIGTERM and SIGINT end the server when the requests \
      that are being answered have been.

      EXAMPLES:
        workledger-server --ledger ~/.local/share/workledger --development
        workledger-server --ledger /srv/ledger --development --host ::1 --port 0
      """)

  @Option(help: ArgumentHelp("The ledger's folder.", valueName: "dir"), completion: .directory)
  var ledger: String
  @Option(help: ArgumentHelp("The address to listen on, one of this machine.", valueName: "address"))
  var host = "127.0.0.1"
  @Option(help: ArgumentHelp("The port to listen on; 0 for any that is free.", valueName: "n"))
  var port: UInt16 = 8080
  @Flag(help: "Serve without tokens, to this machine alone; everybody is the user of --as.")
  var development = false
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Who acts with --development (else the login name).", valueName: "user"))
  var user: String?

  func validate() throws {
    if let user, let flaw = TextFlaw.find(in: Array(user.utf8).span, limit: Limits.name) {
      throw ValidationError("--as names a user, but the text \(flaw.explanation)")
    }
    guard development else {
      throw ValidationError(
        "there are no identities yet, so the server runs only with --development, for this machine alone")
    }
    guard LoopbackAddress.isValid(host) else {
      throw ValidationError(
        "--host is an address of this machine (127.0.0.1, ::1, localhost) with --development, not '\(host)'")
    }
  }

  func run() async throws {
    let actor = user ?? System.login
    System.ignoreBrokenPipes()
    LoggingSystem.bootstrap { _ in JSONLogHandler() }
    var logger = Logger(label: "workledger-server")
    logger.logLevel = .info
    let opened: Ledger
    do throws(LedgerError) { opened = try Ledger.openForReading(ledger) } catch {
      System.writeError(Array("Error: \(error.message)\n".utf8))
      throw ExitCode.failure
    }
    logger.warning(
      "development: no tokens, whoever uses this machine reads everything and acts as the user",
      metadata: ["ledger": "\(ledger)", "user": "\(actor)"])
    let readers = ReaderPool(threadCount: System.processors, capacity: 256, patience: .seconds(5))
    let writer = LedgerWriter(opened, capacity: 4096)
    let server = LedgerServer(
      ledger: opened, readers: readers, writer: writer,
      authenticator: DevelopmentAuthenticator(actor: actor), isLocal: true, logger: logger)
    try await server.run(host: host, port: Int(port))
    try await writer.shutDown()
    try await readers.shutDown()
    do throws(LedgerError) { try opened.close() } catch {
      logger.error("\(error.message)")
      throw ExitCode.failure
    }
    logger.info("stopped")
  }
}
