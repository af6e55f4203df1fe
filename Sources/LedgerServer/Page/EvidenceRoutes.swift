import Evidence
import Hummingbird
import Ledger
import WorkloadModel

/// The audit view: what proves the timeline of a workload, for a browser to check.
struct EvidenceRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/workloads/{id}/evidence", .read, use: evidence)
  }

  @Sendable private func evidence(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try PathParameter.workload(context)
    try Query(request.uri.query).finish()
    let access = server.access(of: context)
    return try await server.read {
      let details = try access.details(id, now: server.now())
      var page = EvidencePage(details: details)
      if let checkpoint = try server.ledger.newestCheckpoint() {
        page.checkpoint = checkpoint
        page.key = try server.ledger.publicKey()
        let size = checkpoint.checkpoint.head.size
        if let first = details.timeline.first, first.position <= size {
          page.records = try server.ledger.bundle(workload: id, question: "", in: checkpoint).records
        }
      }
      return try server.page("evidence", page.values, for: context, of: details.workload.project)
    }
  }
}
