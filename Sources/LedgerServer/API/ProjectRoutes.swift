import Hummingbird
import Ledger
import Presentation

/// Projects, and what belongs to one: its workloads, deletion queue and quotas.
struct ProjectRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/api/v1/projects", .read, use: projects)
    routes.get("/api/v1/projects/{project}", .read, use: project)
    routes.get("/api/v1/projects/{project}/workloads", .read, use: workloads)
    routes.get("/api/v1/projects/{project}/deletions", .read, use: deletions)
    routes.get("/api/v1/projects/{project}/quotas", .read, use: quotas)
  }

  @Sendable private func projects(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    let access = server.access(of: context)
    return try await server.read {
      JSONAnswer.list(try access.visibleProjects()) { $0.write(to: &$1) }
    }
  }

  @Sendable private func project(_ request: Request, _ context: ServerContext) async throws -> Response {
    let name = try PathParameter.project(context)
    try Query(request.uri.query).finish()
    let access = server.access(of: context)
    return try await server.read {
      guard let project = try access.visibleProjects().first(where: { $0.name == name }) else {
        throw LedgerError.notFound(kind: "project", name: name)
      }
      return JSONAnswer.make { project.write(to: &$0) }
    }
  }

  @Sendable private func workloads(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    var parameters = try Query(request.uri.query)
    let asked = try parameters.workloads(of: project)
    try parameters.finish()
    let access = server.access(of: context)
    return try await server.read(atOnce: asked.isQuick, usage: "pageToken") {
      var query = asked
      try access.limit(&query)
      try server.check(query.moment)
      let page = try server.ledger.page(query, now: server.now())
      return JSONAnswer.make { page.write(to: &$0) }
    }
  }

  @Sendable private func deletions(_ request: Request, _ context: ServerContext) async throws -> Response {
    let (project, moment) = (try PathParameter.project(context), try Query.moment(of: request))
    let access = server.access(of: context)
    return try await server.read {
      try server.check(moment)
      return JSONAnswer.list(try access.deletions(of: project, moment)) { $0.write(to: &$1) }
    }
  }

  @Sendable private func quotas(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    var parameters = try Query(request.uri.query)
    let owner = try parameters.text("owner")
    let moment = try parameters.moment()
    try parameters.finish()
    let access = server.access(of: context)
    return try await server.read {
      try access.check(project: project)
      try server.check(moment)
      return JSONAnswer.list(try server.ledger.quotas(project: project, owner: owner, moment: moment)) {
        $0.write(to: &$1)
      }
    }
  }
}
