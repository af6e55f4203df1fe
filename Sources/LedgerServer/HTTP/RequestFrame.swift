import Exchange
import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOHTTP1

/// What is around every request: its name, what is refused before anything is read, problems instead of errors, the
/// headers that all answers have, one line of the log, the metrics.
struct RequestFrame: RouterMiddleware {
  /// The longest path with query, in bytes.
  static let maxAddressLength = 8192
  /// The most requests that are being answered at the same time: a connection of HTTP/2 may have a hundred.
  static let maxInFlight = 1024

  let metrics: ServerMetrics
  let logger: Logger
  let authenticator: Authenticator
  /// Whether only requests to this machine's own names are answered.
  let isLocal: Bool
  /// Whether the request came by TLS.
  let isSecure: Bool

  func handle(
    _ request: Request, context: ServerContext,
    next: @concurrent (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    let inFlight = metrics.begin()
    var context = context
    context.requestID = RequestName.choose(request.headers[.requestID])
    var response: Response
    do {
      guard inFlight <= Self.maxInFlight else {
        throw Problem(.busy, "too many requests are being answered; repeat this one a little later")
      }
      try check(request)
      context.authentication = try await authenticator.authenticate(request)
      response = try await next(request, context)
    } catch {
      response = Self.response(problem(error, request, context), request, context)
    }
    if request.method == .head { response = response.createHeadResponse() }
    response.headers.append(HTTPField(name: .requestID, value: context.requestID))
    for field in Self.commonHeaders where !response.headers.contains(field.name) {
      response.headers.append(field)
    }
    if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    note(request, context, response.status, took: start.duration(to: .now))
    return response
  }

  /// A problem as who asks can read it: a browser gets a page, and is asked to sign in where nobody is.
  private static func response(_ problem: Problem, _ request: Request, _ context: ServerContext) -> Response {
    guard PageRoutes.isWanted(request) else { return problem.response(requestID: context.requestID) }
    if problem.kind == .unauthenticated, request.method == .get {
      return Response(
        status: .seeOther, headers: [.location: SignInRoutes.address(next: request.uri.string)])
    }
    return PageRoutes.problem(problem, requestID: context.requestID)
  }

  /// Counts the request and writes its line of the log.
  private func note(
    _ request: Request, _ context: ServerContext, _ status: HTTPResponse.Status, took duration: Duration
  ) {
    let isKnown = Routes.methods.contains(request.method)
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    metrics.end(
      route: context.endpointPath ?? "none", method: isKnown ? request.method.rawValue : "other",
      status: status.code, microseconds: microseconds)
    let line = RequestLine(
      actor: context.identity.actor, method: String(request.method.rawValue.prefix(20)),
      path: Self.beginning(of: request.uri.path), requestID: context.requestID, microseconds: microseconds,
      status: status.code)
    logger.info("request", metadata: line.metadata)
  }

  /// A path as the log has it. To count the bytes takes less than to look for 1000 characters in each.
  private static func beginning(of path: String) -> String {
    path.utf8.count <= 1000 ? path : String(path.prefix(1000))
  }

  /// What an error of a handler means. What nobody expected is written to the log.
  private func problem(_ error: any Error, _ request: Request, _ context: ServerContext) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case let error as HTTPError where error.status == .notFound:
      return Problem(.notFound, "there is nothing at '\(request.uri.path.prefix(200))'")
    case is HTTPParserError:
      // The connection ends with it: nobody knows where the next request would begin.
      return Problem(.badRequest, "the chunks of the body can't be read (RFC 9112 section 7.1)")
    case let error as DocumentError:
      return Problem(.badRequest, "the body's " + error.message, parameter: error.path)
    case let error as LedgerError:
      let problem = Problem(error)
      if problem.kind == .failed {
        logger.error("\(error.message)", metadata: ["requestId": "\(context.requestID)"])
      }
      return problem
    default:
      logger.error(
        "unexpected error", metadata: ["error": "\(error)", "requestId": "\(context.requestID)"])
      return Problem(
        .failed, "the server met an error that it does not know; its log has it, by this request's id")
    }
  }

  /// Refuses what no route takes: unknown methods, addresses that are too long, other hosts.
  ///
  /// Without tokens, a page of somebody else may have a name of its own point to this machine (DNS rebinding) and
  /// would be let in by a browser; the name stands in `Host`, so only names of the loopback are served then.
  private func check(_ request: Request) throws(Problem) {
    guard Routes.methods.contains(request.method) else {
      throw Problem(.unknownMethod, "this server knows no method \(request.method.rawValue.prefix(20))")
    }
    let authority = request.head.authority
    guard request.headers[values: .host].allSatisfy({ $0 == authority }) else {
      // A proxy and this server could each believe another one.
      throw Problem(.badRequest, "a request has one Host")
    }
    guard request.uri.string.utf8.count <= Self.maxAddressLength else {
      throw Problem(
        .addressTooLong, "the address has more than \(Self.maxAddressLength) bytes; use fewer filters")
    }
    guard !isLocal || request.head.authority.map(LoopbackAddress.isName(ofHost:)) == true else {
      throw Problem(
        .wrongHost,
        "without identities only this machine itself is served: call it 127.0.0.1, [::1] or localhost")
    }
  }

  /// Nothing is kept by caches, nothing is guessed, framed or fetched from elsewhere; the page asks for a little more
  /// in a policy of its own.
  private static let commonHeaders: HTTPFields = [
    .cacheControl: "no-store",
    .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
    .xContentTypeOptions: "nosniff",
    .referrerPolicy: "same-origin",
    .resourcePolicy: "same-origin",
  ]
}

extension HTTPField.Name {
  /// Names the request, in both directions.
  static let requestID = named("X-Request-Id")
  /// What HTTP/1.1 calls the authority, where there is another than the first.
  static let host = named("Host")
  /// How much a browser tells the next site.
  static let referrerPolicy = named("Referrer-Policy")
  /// Which sites may embed an answer.
  static let resourcePolicy = named("Cross-Origin-Resource-Policy")
  /// Where the feed of events goes on.
  static let nextPosition = named("Ledger-Next-Position")

  /// A name that is written in the code.
  static func named(_ text: String) -> Self {
    guard let name = Self(text) else { preconditionFailure("\(text) names no field") }
    return name
  }
}
