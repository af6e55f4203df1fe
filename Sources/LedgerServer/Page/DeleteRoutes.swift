import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
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
    var form = try await FormBody.read(request)
    let back = try form.one("back")
    let reason = try form.one("reason")
    try form.finish()
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
      let project = try workload(id, access).project
      let address = PageAddress.workloads(try Self.query(back, of: project), pageToken: nil, queued: id)
      return Response(status: .seeOther, headers: [.location: address])
    }
  }

  private func page(
    _ id: WorkloadID, _ context: ServerContext, reason: String?, back: String?, refusal: Problem?
  ) async throws -> Response {
    let access = server.access(of: context)
    return try await server.read {
      let workload = try workload(id, access)
      let query = try Self.query(back, of: workload.project)
      let page = DeletePage(workload: workload, query: query, back: back, reason: reason, refusal: refusal)
      let choice = try ProjectChoice.values(access, current: workload.project)
      return PageRenderer.page(
        "delete", page.values.merging(choice) { $1 }, status: refusal?.status ?? .ok,
        more: refusal?.headers ?? [:])
    }
  }

  private func workload(_ id: WorkloadID, _ access: Access) throws -> Workload {
    let workload = try server.ledger.details(id, now: server.now()).workload
    try access.check(workload)
    return workload
  }

  /// The list to go back to: its filters as they stood in its address, read as an address of it would be.
  private static func query(_ back: String?, of project: String) throws(Problem) -> WorkloadQuery {
    var parameters = try Query(back, dropsEmpty: true)
    let query = try parameters.workloads(of: project)
    try parameters.finish()
    return query
  }
}

/// What a form of a page sends: `application/x-www-form-urlencoded`. Empty fields are as good as left out.
enum FormBody {
  /// The most bytes: a reason with all its characters percent-encoded fits.
  static let maxLength = 32_768

  static func read(_ request: Request) async throws -> Query {
    var request = request
    let type = request.headers[.contentType] ?? ""
    guard type.split(separator: ";").first?.lowercased() == "application/x-www-form-urlencoded" else {
      throw Problem(
        .unsupportedType,
        "a form is sent as application/x-www-form-urlencoded, not as '\(type.prefix(80))'; programs use /api/v1"
      )
    }
    let buffer: ByteBuffer
    do { buffer = try await request.collectBody(upTo: maxLength) } catch is NIOTooManyBytesError {
      throw Problem(.bodyTooLarge, "the form has more than \(maxLength) bytes")
    }
    guard let text = String(validating: buffer.readableBytesView, as: UTF8.self) else {
      throw Problem(.badRequest, "the form is not percent-encoded UTF-8")
    }
    return try Query(text, dropsEmpty: true)
  }
}
