import Hummingbird
import Ledger
import WorkloadModel

/// The pages of a project beside its workloads: history, deletion queue, charts.
struct ProjectPageRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/projects/{project}/history", .read, use: history)
    routes.get("/projects/{project}/deletions", .read, use: deletions)
    routes.get("/projects/{project}/charts", .read, use: charts)
  }

  @Sendable private func history(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    var parameters = try Query(request.uri.query, dropsEmpty: true)
    var query = try parameters.history(of: project, limit: HistoryPage.limit)
    query.isReverse = true
    try parameters.finish()
    let access = server.access(of: context)
    return try await server.read { [query] in
      try access.check(project: project)
      let slice = try HistorySlice(of: server.ledger, query)
      let names = try server.ledger.names(of: Set(slice.events.compactMap(\.subject)))
      let page = HistoryPage(project: project, query: query, slice: slice, names: names, readAt: server.now())
      return try server.page("history", page.values, for: context, of: project)
    }
  }

  @Sendable private func deletions(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    try Query(request.uri.query).finish()
    let access = server.access(of: context)
    return try await server.read {
      let queue = try access.deletions(of: project, Moment())
      let page = try DeletionsPage(project: project, queue, of: server.ledger, readAt: server.now())
      return try server.page("deletions", page.values, for: context, of: project)
    }
  }

  @Sendable private func charts(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    var parameters = try Query(request.uri.query, dropsEmpty: true)
    let days = Int(try parameters.number("days", 1...40_000) ?? 30)
    let until = try parameters.time("until")
    try parameters.finish()
    let access = server.access(of: context)
    return try await server.read(usage: "days") {
      try access.check(project: project)
      let now = server.now()
      let end = until ?? now
      // From the next full hour or midnight on, so that the first bucket is a whole one.
      let unit: Int64 = days <= 3 ? 3_600_000_000 : 86_400_000_000
      let start = end.microseconds - Int64(days) * 86_400_000_000
      let since = Timestamp(microseconds: start + (unit - start % unit) % unit)
      let statistics = try server.ledger.statistics(
        StatisticsQuery(project: project, since: since, until: end), now: now)
      var newest = HistoryQuery()
      (newest.project, newest.isReverse, newest.limit) = (project, true, 1)
      let last = try HistorySlice(of: server.ledger, newest).events.first
      let page = ChartsPage(
        statistics: statistics, days: days, until: until, newest: last?.occurredAt, readAt: now)
      return try server.page("charts", page.values, for: context, of: project)
    }
  }
}
