import Exchange
import HTTPTypes
import Hummingbird
import Ledger
import Presentation
import WorkloadModel

/// Commands on workloads: create one, and what may happen to it.
struct WorkloadCommandRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.post("/api/v1/projects/{project}/workloads", .command, use: create)
    for (word, kind) in Self.actions {
      routes.post("/api/v1/workloads/{id}/\(word)", .command) { request, context in
        try await act(kind, request, context)
      }
    }
    routes.post("/api/v1/workloads/{id}/delete-result", .command, use: deleteResult)
  }

  private static let actions: [(word: String, kind: EventKind)] = [
    ("queue", .queued), ("start", .started), ("complete", .completed), ("fail", .failed),
    ("terminate", .terminated), ("lose", .contactLost), ("delete", .deleteRequested),
  ]

  @Sendable private func create(_ request: Request, _ context: ServerContext) async throws -> Response {
    let project = try PathParameter.project(context)
    try Query(request.uri.query).finish()
    var request = try await CommandRequest(request)
    var command = try request.command(.created)
    command.project = project
    try request.body.readCreation(into: &command, now: server.now())
    try request.body.finish()
    command.owner = command.owner ?? context.identity.actor
    let result = try await server.carryOut(command, by: context.identity)
    var answer = JSONAnswer.make(result)
    answer.status = result.outcome == "appended" ? .created : .ok
    if let id = result.workload { answer.headers[.location] = "/api/v1/workloads/\(id)" }
    return answer
  }

  private func act(_ kind: EventKind, _ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try PathParameter.workload(context)
    try Query(request.uri.query).finish()
    var request = try await CommandRequest(request)
    var command = try request.command(kind)
    command.subject = id
    try request.body.finish()
    if kind == .terminated, command.reason == nil {
      throw request.body.error("'reason' is missing: a termination needs a cause, 'unknown' if need be")
    }
    let result = try await server.carryOut(command, by: context.identity)
    var answer = JSONAnswer.make(result)
    // It is queued: somebody else deletes it.
    if kind == .deleteRequested, result.outcome == "appended" { answer.status = .accepted }
    return answer
  }

  @Sendable private func deleteResult(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try PathParameter.workload(context)
    try Query(request.uri.query).finish()
    var request = try await CommandRequest(request)
    let isDeleted = try request.body.require("result").word(["deleted", "failed"]) == "deleted"
    var command = try request.command(isDeleted ? .deleted : .deleteFailed)
    command.subject = id
    try request.body.finish()
    if !isDeleted, command.reason == nil {
      throw request.body.error("'reason' is missing: say why it could not be deleted")
    }
    return JSONAnswer.make(try await server.carryOut(command, by: context.identity))
  }
}

extension JSONObject {
  /// Reads what only a new workload has.
  fileprivate mutating func readCreation(into command: inout Command, now: Timestamp) throws {
    let name = try require("name").text(limit: Limits.name)
    let typeItem = try require("type")
    let typeText = try typeItem.string()
    guard let type = WorkloadType(input: typeText) else {
      throw typeItem.error(
        "'\(typeText.prefix(40))' is no type; there are: "
          + WorkloadType.allCases.map(\.label).joined(separator: ", "))
    }
    let cluster = try require("cluster").text(limit: Limits.name)
    command.owner = try text("owner", limit: Limits.name)
    if let item = take("resources") { command.resources = try item.resources() }
    var creation = Command.Creation(name: name, type: type, cluster: cluster, hasOwnID: false)
    if let item = take("url") {
      let url = try item.text(limit: Limits.url)
      guard URIReference.isWebAddress(url) else {
        throw item.error("it must be a URI (RFC 3986) that begins with http:// or https://")
      }
      creation.url = url
    }
    if let item = take("labels") { creation.labels = try item.labels() }
    if let alias = WorkloadType.alias(typeText), !creation.labels.contains(where: { $0.key == "type" }) {
      creation.labels.append(("type", alias))
    }
    if let item = take("id") {
      guard let id = WorkloadID(try item.string()), id != .none else {
        throw item.error("a UUID must stand here")
      }
      command.subject = id
      creation.hasOwnID = true
    } else {
      var random = SystemRandomNumberGenerator()
      command.subject = WorkloadID(at: now, random: random.next(), random.next())
    }
    command.creation = creation
  }
}

extension JSONItem {
  /// `{"cpuMillicores":…,"memoryBytes":…,"gpuMilli":…}`; what is absent is 0.
  fileprivate func resources() throws(DocumentError) -> Resources {
    var object = try object()
    var resources = Resources()
    if let item = object.take("cpuMillicores") {
      resources.cpuMillicores = try item.integer(0...Resources.limit)
    }
    if let item = object.take("memoryBytes") { resources.memoryBytes = try item.integer(0...Resources.limit) }
    if let item = object.take("gpuMilli") { resources.gpuMilli = try item.integer(0...Resources.limit) }
    try object.finish()
    return resources
  }

  /// An object of texts.
  fileprivate func labels() throws(DocumentError) -> [(key: String, value: String)] {
    var labels: [(key: String, value: String)] = []
    var size = 0
    for (key, item) in try object().all {
      var key = key
      key.makeContiguousUTF8()
      if let flaw = TextFlaw.find(in: key.utf8.span, limit: Limits.name) {
        throw item.error("the label's key \(flaw.explanation)")
      }
      let value = try item.string()
      labels.append((key, value.isEmpty ? "" : try item.text(limit: Limits.labels)))
      size += key.utf8.count + value.utf8.count + 6
    }
    guard size <= Limits.labels else {
      throw error("the labels take \(size) bytes; \(Limits.labels) are the most")
    }
    return labels
  }
}
