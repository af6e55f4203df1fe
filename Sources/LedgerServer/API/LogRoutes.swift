import Evidence
import HTTPTypes
import Hummingbird
import Ledger
import Presentation

/// The log: the feed of its events, by position, and the newest checkpoint that was given out.
struct LogRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/api/v1/events", .read, use: events)
    routes.get("/api/v1/checkpoint", .read, use: checkpoint)
  }

  @Sendable private func events(_ request: Request, _ context: ServerContext) async throws -> Response {
    var parameters = try Query(request.uri.query)
    let from = try parameters.number("from", 1...Query.maxPosition) ?? 1
    let limit = Int(try parameters.number("limit", 1...1000) ?? 100)
    try parameters.finish()
    let areLines = (request.headers[.accept] ?? "").lowercased().contains("application/x-ndjson")
    let access = server.access(of: context)
    return try await server.read {
      let slice = try EventSlice(seenBy: access, from: from, limit: limit)
      return areLines ? slice.lines : slice.object
    }
  }

  @Sendable private func checkpoint(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    return try await server.read {
      guard let checkpoint = try server.ledger.newestCheckpoint() else {
        throw Problem(.notFound, "no checkpoint was given out yet: 'workledger checkpoint' signs one")
      }
      return Response(type: "text/plain; charset=utf-8", bytes: checkpoint.bytes)
    }
  }
}

/// Some events in the order of the log, and where to go on.
struct EventSlice {
  private var events: [Event] = []
  /// The position to ask from next. Not every position is an event's, but each is looked at once.
  let next: UInt64

  /// So many positions are looked at for one slice, at most: what somebody sees may lie far apart.
  private static let maxLookedAt: UInt64 = 65_536

  /// At most `limit` events from a position on that somebody sees; none behind the end of the log.
  init(seenBy access: Access, from: UInt64, limit: Int) throws(LedgerError) {
    var query = HistoryQuery()
    query.from = from
    // What is appended meanwhile is for the next slice, so that none of its positions is skipped.
    let last = min(try access.ledger.lastPosition(), from + Self.maxLookedAt - 1)
    query.to = last
    var events = try EventAccess(access)
    var found: [Event] = []
    try access.ledger.history(query) { (event) throws(LedgerError) in
      if try events.sees(event) { found.append(event) }
      return found.count < limit
    }
    self.events = found
    let isFull = found.count == limit
    next = isFull ? (found.last?.position ?? last) + 1 : max(from, last + 1)
  }

  /// `{"items":[…],"next":N}`
  var object: Response {
    JSONAnswer.make(headers: headers) { json in
      json.object { object in
        object.key("items")
        object.array { array in
          for event in events { event.write(to: &array) }
        }
        object.field("next", next)
      }
    }
  }

  /// One event a line, as `history -o ndjson` prints them; the next position is in the header.
  var lines: Response {
    var json = JSONWriter()
    for event in events {
      event.write(to: &json)
      json.newline()
    }
    return Response(type: "application/x-ndjson", bytes: json.bytes, more: headers)
  }

  private var headers: HTTPFields { [.nextPosition: String(next), .vary: "Accept"] }
}
