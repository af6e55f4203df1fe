import HTTPTypes
import Hummingbird
import Ledger
import WorkloadModel

/// The page that asks before a workload is queued for deletion, and the form that it sends.
struct DeleteRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/workloads/{id}/delete", .command, use: ask)
    routes.post("/workloads/{id}/delete", .command, use: delete)
  }

  @Sendable private func ask(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try PathParameter.workload(context)
    var parameters = try Query(request.uri.query, dropsEmpty: true)
    let back = try parameters.one("back")
    try parameters.finish()
    return try await page(id, context, reason: nil, back: back, refusal: nil)
  }

  /// Queues the workload by the same command as the API, and leads back to the list, which says so. What the ledger
  /// refuses is said where it was asked for, in the ledger's words.
  @Sendable private func delete(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try PathParameter.workload(context)
    try Query(request.uri.query).finish()
    var form = try await Form.read(request)
    let back = try form.one("back")
    let reason = try form.one("reason")
    try server.forgeryGuard.check(try form.one("csrf"), context.ambient)
    try form.finish()
    // What leads back is looked at before anything is done; which project it is of, the workload says.
    _ = try Self.query(back, of: "")
    var command = Command(.deleteRequested)
    command.subject = id
    command.reason = reason
    do {
      if let reason, let flaw = TextFlaw.find(in: Array(reason.utf8).span, limit: Limits.reason) {
        throw Problem(.badParameter, "the reason \(flaw.explanation)", parameter: "reason")
      }
      _ = try await server.carryOut(command, by: context.identity)
    } catch let problem as Problem where problem.kind != .notFound {
      return try await page(id, context, reason: reason, back: back, refusal: problem)
    }
    let access = server.access(of: context)
    return try await server.read {
      let project = try access.details(id, now: server.now()).workload.project
      let address = PageAddress.workloads(try Self.query(back, of: project), pageToken: nil, queued: id)
      return Response(status: .seeOther, headers: [.location: address])
    }
  }

  private func page(
    _ id: WorkloadID, _ context: ServerContext, reason: String?, back: String?, refusal: Problem?
  ) async throws -> Response {
    let access = server.access(of: context)
    return try await server.read {
      let workload = try access.details(id, now: server.now()).workload
      let query = try Self.query(back, of: workload.project)
      let page = DeletePage(workload: workload, query: query, back: back, reason: reason, refusal: refusal)
      return try server.page(
        "delete", page.values, for: context, of: workload.project, status: refusal?.status ?? .ok,
        more: refusal?.headers ?? [:])
    }
  }

  /// The list to go back to: its filters as they stood in its address, read as an address of it would be.
  private static func query(_ back: String?, of project: String) throws(Problem) -> WorkloadQuery {
    var parameters = try Query(back, dropsEmpty: true)
    let query = try parameters.workloads(of: project)
    try parameters.finish()
    return query
  }
}
