import HTTPTypes
import Hummingbird
import HummingbirdCore
import Ledger
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals
import WorkloadModel

/// The server of a ledger: the API and the page over the same questions that the command line asks.
struct LedgerServer: Sendable {
  /// How long a connection stays open without a request.
  static let idleTime = TimeAmount.seconds(30)
  /// How long requests that are being answered have after the server was told to stop.
  static let stopTime = Duration.seconds(20)
  /// The most connections at the same time.
  static let maxConnections = 1024
  /// How many of them may be streams of events.
  static let maxStreams = 256

  let ledger: Ledger
  let readers: ReaderPool
  /// The one who writes.
  let writer: LedgerWriter
  let authenticator: Authenticator
  /// Whether only requests to this machine's own names are answered: there are no tokens.
  let isLocal: Bool
  /// Whether connections are encrypted.
  let isSecure: Bool
  /// The clock, for statuses that last.
  let now: @Sendable () -> Timestamp
  let logger: Logger
  let metrics = ServerMetrics()
  /// Wakes the streams of events.
  let watcher: LogWatcher
  let forgeryGuard = ForgeryGuard()

  init(
    ledger: Ledger, readers: ReaderPool, writer: LedgerWriter, authenticator: Authenticator,
    isLocal: Bool, isSecure: Bool = false, logger: Logger, maxStreams: Int = maxStreams,
    now: @escaping @Sendable () -> Timestamp = { System.now }
  ) {
    self.ledger = ledger
    self.readers = readers
    self.writer = writer
    self.authenticator = authenticator
    self.isLocal = isLocal
    self.isSecure = isSecure
    self.logger = logger
    self.now = now
    watcher = LogWatcher(ledger, readers, capacity: maxStreams, logger: logger)
  }

  /// All routes with what is around them.
  func router() -> Router<ServerContext> { makeRouter().router }

  /// All routes, and who may use each.
  func makeRouter() -> (router: Router<ServerContext>, endpoints: [Endpoint]) {
    let router = Router(context: ServerContext.self, options: [.autoGenerateHeadEndpoints])
    router.add(
      middleware: RequestFrame(
        metrics: metrics, logger: logger, authenticator: authenticator, isLocal: isLocal, isSecure: isSecure))
    let routes = Routes(router)
    PageRoutes(server: self).add(to: routes)
    ProjectPageRoutes(server: self).add(to: routes)
    SignInRoutes(server: self).add(to: routes)
    DeleteRoutes(server: self).add(to: routes)
    EvidenceRoutes(server: self).add(to: routes)
    OperationRoutes(server: self).add(to: routes)
    ProjectRoutes(server: self).add(to: routes)
    HistoryRoutes(server: self).add(to: routes)
    StatisticsRoutes(server: self).add(to: routes)
    WorkloadRoutes(server: self).add(to: routes)
    LogRoutes(server: self).add(to: routes)
    ReportRoutes(server: self).add(to: routes)
    TileRoutes(server: self).add(to: routes)
    ProofRoutes(server: self).add(to: routes)
    ProjectCommandRoutes(server: self).add(to: routes)
    WorkloadCommandRoutes(server: self).add(to: routes)
    routes.refuseOtherMethods()
    return (router, routes.endpoints)
  }

  /// Serves until the process is told to stop with SIGTERM or SIGINT, and what was being answered then has been. With a
  /// certificate connections are encrypted.
  func run(host: String, port: Int, _ certificate: ServerCertificate? = nil) async throws {
    var quiet = logger
    quiet.logLevel = .notice
    let application = Application(
      router: router(), server: Self.connections(certificate),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(Self.maxConnections)),
      onServerRunning: { [logger] channel in
        let port = channel.localAddress?.port ?? port
        let name = host.contains(":") ? "[\(host)]" : host
        let scheme = certificate == nil ? "http" : "https"
        logger.info("listening", metadata: ["address": "\(scheme)://\(name):\(port)/"])
      }, logger: quiet)
    // They are stopped in reverse: the streams end first, for the application waits for its answers.
    var services: [any Service] = [application, watcher]
    if let certificate { services.append(CertificateRenewal(certificate: certificate, logger: logger)) }
    var configuration = ServiceGroupConfiguration(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = Self.stopTime
    try await ServiceGroup(configuration: configuration).run()
  }

  /// HTTP/1.1, or what the client likes better by TLS; with the same limits.
  private static func connections(_ certificate: ServerCertificate?) -> HTTPServerBuilder {
    let stream = HTTP1Channel.Configuration(
      additionalChannelHandlers: [AnswerLimits(), RequestLimits()], idleTimeout: idleTime,
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: 16_384, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))
    return HTTPServerBuilder { responder in
      guard let certificate else {
        return LoopConnection(base: HTTP1Channel(responder: responder, configuration: stream))
      }
      return LoopConnection(
        base: try TLSConnection(
          certificate, stream: stream, idleTime: Duration(idleTime), stopTime: stopTime, responder: responder)
      )
    }
  }

  // MARK: Answers

  /// Reads on a thread of the pool. `usage` is the parameter that the ledger means where it refuses the question.
  func read<Value: Sendable>(
    atOnce: Bool = false, usage: String? = nil, _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    if atOnce { return try readAtOnce(usage: usage, body) }
    return try await readers.run { try readAtOnce(usage: usage, body) }
  }

  /// Reads at once, on the thread that is there: only what looks at a few pages of the ledger, however large that is. To
  /// hand it to another and back would take longer.
  func readAtOnce<Value>(usage: String? = nil, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as LedgerError {
      let problem = Problem(error, usage: usage)
      throw problem.kind == .failed ? error as any Error : problem
    }
  }

  /// A page of one of the templates, with who looks at it in its head; of a project, with the choice of another.
  func page(
    _ template: String, _ values: PageValues, for context: ServerContext, of project: String? = nil,
    status: HTTPResponse.Status = .ok, more: HTTPFields = [:]
  ) throws(LedgerError) -> Response {
    var values = values
    values.merge(PageRenderer.viewer(context, forgeryGuard, authenticator)) { $1 }
    if let project {
      values.merge(try ProjectChoice.values(access(of: context), current: project)) { $1 }
    }
    return PageRenderer.page(template, values, status: status, more: more)
  }

  /// What somebody may see.
  func access(of context: ServerContext) -> Access { Access(ledger: ledger, identity: context.identity) }

  /// Refuses a position that the log does not have: there may be one tomorrow, so it is not found.
  func check(_ moment: Moment) throws {
    guard case .position(let position) = moment.asOf else { return }
    let last = try ledger.lastPosition()
    if position > last {
      throw Problem(
        .notFound, "there is no position \(position): the last one of the ledger is \(last)",
        parameter: "asOf")
    }
  }
}
