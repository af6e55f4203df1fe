import HTTPTypes
import Hummingbird
import Ledger
import Presentation
import WorkloadModel

/// The page: the choice of a project, its workloads, one workload. It needs no script, and nothing from elsewhere.
struct PageRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/", .read, use: start)
    routes.get("/projects", .read, use: projects)
    routes.get("/projects/{project}/workloads", .read, use: workloads)
    routes.get("/workloads/{id}", .read, use: workload)
    for asset in [Asset.style, .script] { routes.get(asset.path, .open, use: asset.answer) }
  }

  /// Whether whoever asks wants a page, also where something is wrong: a browser asks for `text/html`.
  static func isWanted(_ request: Request) -> Bool {
    !request.uri.path.hasPrefix("/api/")
      && (request.headers[.accept] ?? "").lowercased().contains("text/html")
  }

  /// A problem as a page.
  static func problem(_ problem: Problem, requestID: String) -> Response {
    let values: PageValues = [
      "title": problem.title, "detail": problem.detail, "status": "\(problem.status)", "requestID": requestID,
    ]
    return PageRenderer.page("problem", values, status: problem.status, more: problem.headers)
  }

  @Sendable private func start(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    let access = server.access(of: context)
    let projects = try await server.read { try access.visibleProjects() }
    guard projects.count == 1, let only = projects.first else { return try choice(of: projects, context) }
    return Response(status: .seeOther, headers: [.location: PageAddress.workloads(of: only.name)])
  }

  @Sendable private func projects(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    let access = server.access(of: context)
    return try await server.read { try choice(of: try access.visibleProjects(), context) }
  }

  private func choice(
    of projects: [ProjectStatus], _ context: ServerContext
  ) throws(LedgerError) -> Response {
    let list = projects.map { project -> PageValues in
      [
        "name": project.name, "address": PageAddress.workloads(of: project.name),
        "workloads": HumanText.count(project.workloads, "workload"),
        "members": HumanText.count(project.members.count, "member"),
      ]
    }
    return try server.page(
      "projects", ["title": "Projects", "isEmpty": list.isEmpty, "projects": list], for: context)
  }

  @Sendable private func workloads(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    var parameters = try Query(request.uri.query, dropsEmpty: true)
    let asked = try parameters.workloads(of: project)
    let queued = try parameters.workload("queued")
    try parameters.finish()
    let access = server.access(of: context)
    return try await server.read(usage: "pageToken") {
      var query = asked
      try access.limit(&query)
      try server.check(query.moment)
      let now = server.now()
      // What is appended between the two is on the page and comes with the live mode, too: never in neither.
      let last = try server.ledger.lastPosition()
      let page = try server.ledger.page(query, now: now)
      let end = try server.ledger.time(of: query.moment, now: now)
      let values = ListPage(
        page: page, query: query, identity: context.identity, queued: try queuedName(queued, access),
        lastPosition: last, readAt: now, end: end
      ).values
      return try server.page("list", values, for: context, of: project)
    }
  }

  @Sendable private func workload(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try PathParameter.workload(context)
    let moment = try Query.moment(of: request, dropsEmpty: true)
    let access = server.access(of: context)
    return try await server.read {
      try server.check(moment)
      let now = server.now()
      let details = try access.details(id, moment, now: now)
      let end = try server.ledger.time(of: moment, now: now)
      let values = DetailsPage(
        details: details, moment: moment, identity: context.identity, readAt: now, end: end
      ).values
      return try server.page("details", values, for: context, of: details.workload.project)
    }
  }

  /// The name of a workload whose deletion was asked for; nil where it was not, or nobody may know.
  private func queuedName(_ id: WorkloadID?, _ access: Access) throws -> String? {
    guard let id else { return nil }
    do {
      let workload = try access.details(id, now: server.now()).workload
      return workload.deleteRequestedAt == nil ? nil : workload.name
    } catch LedgerError.notFound {
      return nil
    }
  }
}
