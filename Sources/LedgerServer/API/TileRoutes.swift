import Evidence
import HTTPTypes
import Hummingbird
import Ledger

/// The log as C2SP tlog-tiles says, so that any reader of such logs can audit it: the checkpoint, tiles of hashes, and
/// bundles of entries. The prefix of the log is the root of the server.
struct TileRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/checkpoint", .read, use: checkpoint)
    routes.get("/api/v1/checkpoint", .read, use: checkpoint)
    routes.get("/tile/**", .readAll, use: tile)
  }

  @Sendable private func checkpoint(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    return try await server.read {
      let checkpoint = try server.checkpoint(ofSize: nil)
      return Response(type: "text/plain; charset=utf-8", bytes: checkpoint.bytes)
    }
  }

  @Sendable private func tile(_ request: Request, _ context: ServerContext) async throws -> Response {
    try Query(request.uri.query).finish()
    guard let tile = Tile(path: String(request.uri.path.dropFirst())) else {
      throw Problem(
        .notFound,
        "'\(request.uri.path.prefix(200))' is no tile: there are /tile/<level>/<number> and /tile/entries/<number>, "
          + "with .p/<width> where it is partial (C2SP tlog-tiles)")
    }
    return try await server.read {
      Response(
        type: "application/octet-stream", bytes: try server.ledger.tile(tile),
        more: [.cacheControl: Self.forever])
    }
  }

  /// A tile never changes. It is for those alone who may read the log, so no cache between keeps it.
  private static let forever = "private, max-age=31536000, immutable"
}

extension LedgerServer {
  /// The checkpoint of a size, or the newest one, as it was given out. Reading signs none. `parameter` is where the size
  /// stood.
  func checkpoint(ofSize size: UInt64?, parameter: String? = nil) throws -> SignedCheckpoint {
    if let checkpoint = try ledger.checkpoint(ofSize: size) { return checkpoint }
    guard let size else {
      throw Problem(.notFound, "no checkpoint was given out yet: 'workledger checkpoint' signs one")
    }
    throw Problem(.notFound, "no checkpoint of \(size) records was given out", parameter: parameter)
  }
}
