import Exchange
import Hummingbird
import Ledger
import WorkloadModel

/// Commands on projects: make one, its members, quotas.
struct ProjectCommandRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.post("/api/v1/projects", .operate, use: create)
    routes.put("/api/v1/projects/{project}/members/{user}", .command) { request, context in
      try await change(.memberAdded, request, context)
    }
    routes.delete("/api/v1/projects/{project}/members/{user}", .command) { request, context in
      try await change(.memberRemoved, request, context)
    }
    routes.put("/api/v1/projects/{project}/quotas/{user}", .command, use: setQuota)
  }

  @Sendable private func create(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    var request = try await CommandRequest(request)
    let name = try request.body.require("name").text(limit: Limits.name)
    var command = try request.command(.projectCreated)
    command.project = name
    try request.body.finish()
    let result = try await server.carryOut(command, by: context.identity)
    var answer = JSONAnswer.make(result)
    answer.status = result.outcome == "appended" ? .created : .ok
    answer.headers[.location] = "/api/v1/projects/\(PercentCoding.encode(name))"
    return answer
  }

  private func change(_ kind: EventKind, _ request: Request, _ context: ServerContext) async throws
    -> Response
  {
    let (project, user) = (try PathParameter.project(context), try PathParameter.user(context))
    try Query(request.uri.query).finish()
    var request = try await CommandRequest(request)
    var command = try request.command(kind)
    try request.body.finish()
    (command.project, command.owner) = (project, user)
    return JSONAnswer.make(try await server.carryOut(command, by: context.identity))
  }

  /// Replaces the limits: what is absent or null is not limited any more.
  @Sendable private func setQuota(_ request: Request, _ context: ServerContext) async throws -> Response {
    let (project, user) = (try PathParameter.project(context), try PathParameter.user(context))
    try Query(request.uri.query).finish()
    var request = try await CommandRequest(request)
    var command = try request.command(.quotaSet)
    (command.project, command.owner) = (project, user)
    command.resources = Resources(
      cpuMillicores: try request.body.limit("cpuMillicores"),
      memoryBytes: try request.body.limit("memoryBytes"),
      gpuMilli: try request.body.limit("gpuMilli"))
    try request.body.finish()
    return JSONAnswer.make(try await server.carryOut(command, by: context.identity))
  }
}

extension JSONObject {
  /// A limit as it is stored: below 0 where there is none.
  fileprivate mutating func limit(_ key: String) throws(DocumentError) -> Int64 {
    guard let item = take(key) else { return -1 }
    if case .null = item.value.content { return -1 }
    return try item.integer(0...Resources.limit)
  }
}
