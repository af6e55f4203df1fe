import HTTPTypes
import Hummingbird
import Ledger
import Presentation

/// The history of a project: who did what, as JSON or CSV.
struct HistoryRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/api/v1/projects/{project}/history", .read, use: history)
  }

  private enum Format: String, CaseIterable { case json, csv }

  @Sendable private func history(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    var parameters = try Query(request.uri.query)
    var query = try parameters.history(of: project, limit: 100)
    query.isReverse = try parameters.flag("reverse")
    let format = try parameters.word(
      "format", Format.init(rawValue:), labels: Format.allCases.map(\.rawValue))
    try parameters.finish()
    let accepted = (request.headers[.accept] ?? "").lowercased()
    let isCSV = (format ?? (accepted.contains("text/csv") ? .csv : .json)) == .csv
    let access = server.access(of: context)
    return try await server.read { [query] in
      try access.check(project: project)
      let slice = try HistorySlice(of: server.ledger, query)
      return isCSV ? slice.csv : slice.object
    }
  }
}

/// Some events of a history, and where it goes on.
struct HistorySlice {
  let events: [Event]
  /// The position of the first event behind them: the next slice begins there, `from` it or, newest first, up `to`
  /// it. nil where there are no more.
  let next: UInt64?

  /// As many events as the query's limit says; it must have one.
  init(of ledger: Ledger, _ query: HistoryQuery) throws(LedgerError) {
    let limit = query.limit ?? .max - 1
    var longer = query
    longer.limit = limit + 1
    var events: [Event] = []
    var next: UInt64?
    try ledger.history(longer) { event in
      if events.count < limit { events.append(event) } else { next = event.position }
      return true
    }
    (self.events, self.next) = (events, next)
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

  /// The table that `history -o csv` prints, but for texts that a spreadsheet would take for formulas; where it goes
  /// on is in the header.
  var csv: Response {
    var csv = CSVWriter(isForSpreadsheet: true)
    csv.header(Event.csvTitles)
    for event in events { event.write(to: &csv) }
    var headers = headers
    headers[.contentDisposition] = "attachment; filename=\"history.csv\""
    return Response(type: "text/csv; charset=utf-8; header=present", csv.text, more: headers)
  }

  private var headers: HTTPFields {
    var headers: HTTPFields = [.vary: "Accept"]
    if let next { headers[.nextPosition] = String(next) }
    return headers
  }
}
