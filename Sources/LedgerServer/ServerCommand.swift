import ArgumentParser
import Ledger
import Logging

/// `workledger-server`, which `workledger serve` runs.
@main struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workledger-server", abstract: "Serve a ledger's page and HTTP API, to read.",
    usage: "workledger-server --ledger <dir> --development [<options>]",
    discussion: """
      There are no identities yet: whoever reaches the server reads everything. So it listens on addresses of this \
      machine alone (127.0.0.0/8, ::1, localhost), and only with --development.

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
  @Flag(help: "Serve without identities, to this machine alone.") var development = false

  func validate() throws {
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
      "development: no identities, everything can be read by whoever uses this machine",
      metadata: ["ledger": "\(ledger)"])
    let readers = ReaderPool(threadCount: System.processors, capacity: 256, patience: .seconds(5))
    let server = LedgerServer(ledger: opened, readers: readers, logger: logger)
    try await server.run(host: host, port: Int(port))
    try await readers.shutDown()
    do throws(LedgerError) { try opened.close() } catch {
      logger.error("\(error.message)")
      throw ExitCode.failure
    }
    logger.info("stopped")
  }
}
