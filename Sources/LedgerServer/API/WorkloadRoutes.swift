import HTTPTypes
import Hummingbird
import Ledger
import Presentation
import WorkloadModel

/// One workload: its details, and its timeline alone.
struct WorkloadRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/api/v1/workloads/{id}", .read, use: details)
    routes.get("/api/v1/workloads/{id}/timeline", .read, use: timeline)
  }

  @Sendable private func details(_ request: Request, _ context: ServerContext) async throws -> Response {
    let (id, moment) = (try PathParameter.workload(context), try Query.moment(of: request))
    let access = server.access(of: context)
    return try server.readAtOnce {
      try server.check(moment)
      let details = try access.details(id, moment, now: server.now())
      return JSONAnswer.make(headers: [.eTag: "\"\(details.workload.version)\""]) { details.write(to: &$0) }
    }
  }

  @Sendable private func timeline(_ request: Request, _ context: ServerContext) async throws -> Response {
    let (id, moment) = (try PathParameter.workload(context), try Query.moment(of: request))
    let access = server.access(of: context)
    return try server.readAtOnce {
      try server.check(moment)
      let details = try access.details(id, moment, now: server.now())
      return JSONAnswer.list(details.timeline) { $0.write(to: &$1) }
    }
  }
}
