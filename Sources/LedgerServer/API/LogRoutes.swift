import HTTPTypes
import Hummingbird
import Ledger
import Presentation

/// The log: the feed of its events, by position.
struct LogRoutes: Sendable {
  let server: LedgerServer

  func add(to api: RouterGroup<ServerContext>) {
    api.get("events", use: events)
  }

  @Sendable private func events(_ request: Request, _ context: ServerContext) async throws -> Response {
    var parameters = try Query(request.uri.query)
    let from = try parameters.number("from", 1...Query.maxPosition) ?? 1
    let limit = Int(try parameters.number("limit", 1...1000) ?? 100)
    try parameters.finish()
    let areLines = (request.headers[.accept] ?? "").lowercased().contains("application/x-ndjson")
    return try await server.read {
      let slice = try EventSlice(of: server.ledger, from: from, limit: limit)
      return areLines ? slice.lines : slice.object
    }
  }
}

/// Some events in the order of the log, and where to go on.
struct EventSlice {
  private var events: [Event] = []
  /// The position to ask from next. Not every position is an event's, but each is looked at once.
  let next: UInt64

  /// At most `limit` events from a position on; none behind the end of the log.
  init(of ledger: Ledger, from: UInt64, limit: Int) throws {
    var query = HistoryQuery()
    query.from = from
    query.limit = limit
    // What is appended meanwhile is for the next slice, so that none of its positions is skipped.
    let last = try ledger.lastPosition()
    query.to = last
    var found: [Event] = []
    try ledger.history(query) { event in
      found.append(event)
      return true
    }
    events = found
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
