import Hummingbird
import Ledger

/// What monitors ask: whether the process lives, whether it can answer, and how it does.
struct OperationRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/healthz", .open, use: health)
    routes.get("/readyz", .open, use: readiness)
    routes.get("/metrics", .readAll, use: metrics)
  }

  @Sendable private func health(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    return Response(type: "text/plain; charset=utf-8", bytes: Array("ok\n".utf8))
  }

  /// Ready is who reads the log and has views that are folded up to its end.
  @Sendable private func readiness(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    let status = try await server.read { try server.ledger.status() }
    guard status.viewsPosition >= status.lastPosition else {
      throw Problem(
        .notReady,
        "the views are folded up to position \(status.viewsPosition) of \(status.lastPosition); any command that may write the ledger folds the rest"
      )
    }
    return Response(type: "text/plain; charset=utf-8", bytes: Array("ready\n".utf8))
  }

  @Sendable private func metrics(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    let status = try await server.read { try server.ledger.status() }
    let text = server.metrics.text(status, server.readers, server.watcher)
    return Response(type: "text/plain; version=0.0.4; charset=utf-8", bytes: Array(text.utf8))
  }
}
