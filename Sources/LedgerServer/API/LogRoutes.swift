import HTTPTypes
import Hummingbird
import Ledger
import WorkloadModel

/// The log: the feed of its events, by position, in slices or as a stream.
struct LogRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/api/v1/events", .read, use: events)
    routes.get("/api/v1/events/stream", .read, use: stream)
  }

  @Sendable private func events(_ request: Request, _ context: ServerContext) async throws -> Response {
    var parameters = try Query(request.uri.query)
    let from = try parameters.number("from", 1...Query.maxPosition) ?? 1
    let limit = Int(try parameters.number("limit", 1...1000) ?? 100)
    try parameters.finish()
    let accept = (request.headers[.accept] ?? "").lowercased()
    let access = server.access(of: context)
    return try await server.read {
      let slice = try EventSlice(seenBy: access, from: from, limit: limit)
      if accept.contains("application/cloudevents-batch+json") { return slice.batch }
      return accept.contains("application/x-ndjson") ? slice.lines : slice.object
    }
  }

  @Sendable private func stream(_ request: Request, _ context: ServerContext) async throws -> Response {
    var parameters = try Query(request.uri.query)
    let from = try Self.firstPosition(&parameters, request.headers[.lastEventID])
    var filter = EventFilter()
    filter.project = try parameters.text("project")
    filter.workload = try parameters.workload("workload")
    try parameters.finish()
    let access = server.access(of: context)
    let last = try await server.read { [filter] in
      try filter.check(access)
      return try server.ledger.lastPosition()
    }
    guard from <= last + 1 else {
      throw Problem(.notFound, "there is no position \(from - 1): the last one of the ledger is \(last)")
    }
    let (authenticator, identity) = (server.authenticator, context.identity)
    let stream = EventStream(
      server: server, access: access, filter: filter, from: from,
      isWelcome: { (try? await authenticator.authenticate(request).identity) == identity },
      growth: try server.watcher.follow(from: last))
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream", .acceptBuffering: "no"],
      body: ResponseBody { writer in try await stream.write(to: &writer) })
  }

  /// Where a stream begins: behind the last message that the client had. A browser says that in the header when it
  /// comes again, with the address of its first time, so the header counts more than the address.
  private static func firstPosition(
    _ parameters: inout Query, _ header: String?
  ) throws(Problem) -> UInt64 {
    let from = try parameters.number("from", 1...Query.maxPosition)
    let lastID = try parameters.number("lastEventId", 0...Query.maxPosition)
    if from != nil, lastID != nil {
      throw Problem(.badParameter, "give one of 'from' and 'lastEventId'", parameter: "lastEventId")
    }
    if let header, !header.isEmpty {
      guard Query.isDecimal(header), let last = UInt64(header), last <= Query.maxPosition else {
        throw Problem(.badRequest, "Last-Event-ID is the position of an event, not '\(header.prefix(40))'")
      }
      return last + 1
    }
    return from ?? (lastID ?? 0) + 1
  }
}

extension HTTPField.Name {
  /// Where a client of Server-Sent Events was (HTML, section 9.2.4).
  fileprivate static let lastEventID = named("Last-Event-ID")
  /// Tells proxies to hand on each message at once.
  fileprivate static let acceptBuffering = named("X-Accel-Buffering")
}
