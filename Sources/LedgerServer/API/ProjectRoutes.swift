import Hummingbird
import Ledger
import Presentation

/// Projects, and what belongs to one: its workloads, deletion queue and quotas.
struct ProjectRoutes: Sendable {
  let server: LedgerServer

  func add(to api: RouterGroup<ServerContext>) {
    api.get("projects", use: projects)
    api.get("projects/{project}/workloads", use: workloads)
    api.get("projects/{project}/deletions", use: deletions)
    api.get("projects/{project}/quotas", use: quotas)
  }

  @Sendable private func projects(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    return try await server.read {
      JSONAnswer.list(try server.ledger.projects()) { $0.write(to: &$1) }
    }
  }

  @Sendable private func workloads(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    var parameters = try Query(request.uri.query)
    let query = try parameters.workloads(of: project)
    try parameters.finish()
    return try await server.read(usage: "pageToken") {
      try server.check(query.moment)
      let page = try server.ledger.page(query, now: server.now())
      return JSONAnswer.make { page.write(to: &$0) }
    }
  }

  @Sendable private func deletions(_ request: Request, _ context: ServerContext) async throws -> Response {
    let (project, moment) = try Self.projectAndMoment(request, context)
    return try await server.read {
      try server.check(moment)
      return JSONAnswer.list(try server.ledger.deletions(project: project, moment: moment)) {
        $0.write(to: &$1)
      }
    }
  }

  @Sendable private func quotas(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    var parameters = try Query(request.uri.query)
    let owner = try parameters.text("owner")
    let moment = try parameters.moment()
    try parameters.finish()
    return try await server.read {
      try server.check(moment)
      return JSONAnswer.list(try server.ledger.quotas(project: project, owner: owner, moment: moment)) {
        $0.write(to: &$1)
      }
    }
  }

  private static func projectAndMoment(
    _ request: Request, _ context: ServerContext
  ) throws(Problem) -> (String, Moment) {
    let project = try PathParameter.project(context)
    var parameters = try Query(request.uri.query)
    let moment = try parameters.moment()
    try parameters.finish()
    return (project, moment)
  }
}
