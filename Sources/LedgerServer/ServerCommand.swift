import ArgumentParser
import Ledger
import Logging
import WorkloadModel

/// `workledger-server`, which `workledger serve` runs.
@main struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workledger-server", abstract: "Serve a ledger's page and HTTP API.",
    usage: """
      workledger-server --ledger <dir> [<options>]
      workledger-server --ledger <dir> --development [--as <user>]
      """,
    discussion: """
      Who asks brings a token: one that 'workledger token issue' gave out, or a JSON Web Token of the issuer named here. \
      Its 'sub' is the user, 'act' who asks on their behalf, 'role' member (where it is missing), agent (with \
      'cluster'), operator or auditor; 'iss', 'aud' and 'exp' must be there.

      With --tls-certificate and --tls-key connections are encrypted (TLS 1.2 and 1.3) and speak HTTP/2 or HTTP/1.1. \
      SIGHUP has the two files read anew, for connections from then on. Without them the server listens on addresses of \
      this machine alone (127.0.0.0/8, ::1, localhost): whoever listens on the way would have the tokens.

      With --development nobody needs a token: everybody is one and the same operator, the user of --as. So the server \
      then listens on addresses of this machine alone, with TLS or without.

      The log goes to standard error, one object of JSON a line. SIGTERM and SIGINT end the server when the requests \
      that are being answered have been.

      EXAMPLES:
        workledger-server --ledger ~/.local/share/workledger
        workledger-server --ledger /srv/ledger --jwks keys.json --issuer https://id.example
        workledger-server --ledger /srv/ledger --host 0.0.0.0 --port 443 --tls-certificate chain.pem --tls-key key.pem
        workledger-server --ledger /srv/ledger --development --as ada --port 0
      """)

  @Option(help: ArgumentHelp("The ledger's folder.", valueName: "dir"), completion: .directory)
  var ledger: String
  @Option(
    help: ArgumentHelp(
      "The address to listen on, one of this machine alone without TLS.", valueName: "address"))
  var host = "127.0.0.1"
  @Option(help: ArgumentHelp("The port to listen on; 0 for any that is free.", valueName: "n"))
  var port: UInt16 = 8080
  @OptionGroup(title: "Encryption") var tls: TLSOptions
  @OptionGroup(title: "Identity") var identity: IdentityOptions

  func validate() throws {
    guard LoopbackAddress.isValid(host) || tls.isGiven && !identity.development else {
      throw ValidationError(
        "--host is an address of this machine (127.0.0.1, ::1, localhost)"
          + (identity.development ? " with --development" : " without --tls-certificate") + ", not '\(host)'")
    }
  }

  func run() async throws {
    System.ignoreBrokenPipes()
    LoggingSystem.bootstrap { _ in JSONLogHandler() }
    defer { LogWriter.standardError.flush() }
    var logger = Logger(label: "workledger-server")
    logger.logLevel = .info
    Ledger.reportDamage(as: .json) { [logger] in logger.warning("\($0)") }
    let opened: Ledger
    let authenticator: Authenticator
    let certificate: ServerCertificate?
    do {
      certificate = try tls.serverCertificate()
      opened = try Ledger.openForReading(ledger)
      authenticator = try await identity.authenticator(of: opened, isSecure: tls.isGiven)
    } catch {
      System.writeError(Array("Error: \((error as? LedgerError)?.message ?? "\(error)")\n".utf8))
      throw ExitCode.failure
    }
    if case .development(let actor) = authenticator {
      logger.warning(
        "development: no tokens, whoever uses this machine reads everything and acts as the user",
        metadata: ["ledger": "\(ledger)", "user": "\(actor)"])
    }
    if let certificate { warn(of: certificate, logger) }
    let readers = ReaderPool(threadCount: System.processors, capacity: 256, patience: .seconds(5))
    let writer = LedgerWriter(opened, capacity: 4096)
    let server = LedgerServer(
      ledger: opened, readers: readers, writer: writer, authenticator: authenticator,
      isLocal: identity.development, isSecure: tls.isGiven, logger: logger)
    try await server.run(host: host, port: Int(port), certificate)
    try await writer.shutDown()
    try await readers.shutDown()
    do throws(LedgerError) { try opened.close() } catch {
      logger.error("\(error.message)")
      throw ExitCode.failure
    }
    logger.info("stopped")
  }

  /// Says what is not wrong with a certificate, and not right either.
  private func warn(of certificate: ServerCertificate, _ logger: Logger) {
    if certificate.isKeyOpenToOthers {
      logger.warning("others may read the private key: chmod 600", metadata: ["file": "\(tls.key ?? "")"])
    }
    if certificate.end < System.now {
      logger.warning("the certificate has ended", metadata: ["end": "\(certificate.end.rfc3339)"])
    }
  }
}
