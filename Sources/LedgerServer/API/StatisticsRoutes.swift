import Hummingbird
import Ledger
import Presentation
import WorkloadModel

/// Numbers of a project over time.
struct StatisticsRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/api/v1/projects/{project}/statistics", .read, use: statistics)
  }

  @Sendable private func statistics(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    var parameters = try Query(request.uri.query)
    let now = server.now()
    let span = try parameters.span(endingBy: now)
    try parameters.finish()
    let access = server.access(of: context)
    return try await server.read(usage: "since") {
      try access.check(project: project)
      let query = StatisticsQuery(project: project, since: span.since, until: span.until)
      let statistics = try server.ledger.statistics(query, now: now)
      return JSONAnswer.make { statistics.write(to: &$0) }
    }
  }
}

extension Query {
  /// `since` and `until`: without the one until now, without the other for thirty days.
  mutating func span(endingBy now: Timestamp) throws(Problem) -> (since: Timestamp, until: Timestamp) {
    let (since, until) = (try time("since"), try time("until") ?? now)
    return (since ?? Timestamp(microseconds: until.microseconds - 30 * 86_400_000_000), until)
  }
}
