import HTTPTypes
import Hummingbird

/// A route and who may use it.
struct Endpoint: Hashable, Sendable {
  var method: HTTPRequest.Method
  /// The pattern, as in `/api/v1/workloads/{id}`.
  var path: String
  var permission: Permission
}

/// Adds routes to the router, each with the permission that it needs, which is asked before anything is read.
final class Routes {
  typealias Handler = @Sendable (Request, ServerContext) async throws -> Response

  private let router: Router<ServerContext>
  private(set) var endpoints: [Endpoint] = []

  init(_ router: Router<ServerContext>) { self.router = router }

  /// A page or a resource to look at; HEAD is answered too.
  func get(_ path: String, _ permission: Permission, use handler: @escaping Handler) {
    add(.get, path, permission, handler)
  }

  func post(_ path: String, _ permission: Permission, use handler: @escaping Handler) {
    add(.post, path, permission, handler)
  }

  func put(_ path: String, _ permission: Permission, use handler: @escaping Handler) {
    add(.put, path, permission, handler)
  }

  func delete(_ path: String, _ permission: Permission, use handler: @escaping Handler) {
    add(.delete, path, permission, handler)
  }

  private func add(
    _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, _ handler: @escaping Handler
  ) {
    endpoints.append(Endpoint(method: method, path: path, permission: permission))
    router.on(RouterPath(path), method: method) { request, context in
      try context.identity.check(permission)
      if method == .get || method == .delete { try Self.refuseBody(request) }
      if method != .get, permission == .open || context.ambient != nil {
        try ForgeryGuard.checkOrigin(request.headers, host: request.head.authority)
      }
      return try await handler(request, context)
    }
  }

  private static func refuseBody(_ request: Request) throws(Problem) {
    let length = request.headers[.contentLength]
    guard request.headers[.transferEncoding] == nil, length == nil || length == "0" else {
      throw Problem(.bodyTooLarge, "a \(request.method.rawValue) has no body here; leave it out")
    }
  }

  /// Answers the other methods of all paths that were added: 405, with those that there are.
  func refuseOtherMethods() {
    for (path, endpoints) in Dictionary(grouping: endpoints, by: \.path) {
      var methods = endpoints.map(\.method)
      if methods.contains(.get) { methods.append(.head) }
      let allowed = methods.map(\.rawValue).sorted().joined(separator: ", ")
      for method in Self.methods where !methods.contains(method) {
        router.on(RouterPath(path), method: method) { request, _ -> Response in
          throw Problem(
            .methodNotAllowed, "\(request.method.rawValue) does not work here; use \(allowed)",
            allowed: allowed)
        }
      }
    }
  }

  /// The methods of RFC 9110 section 9.3 and RFC 5789, but for those of proxies, and QUERY
  /// (draft-ietf-httpbis-safe-method-w-body). Any other is known to nobody.
  static let methods: [HTTPRequest.Method] = [
    .get, .head, .post, .put, .delete, .patch, .options, .trace, .query,
  ]
}
