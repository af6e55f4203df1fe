import ArgumentParser
import Hummingbird
import WorkloadModel

/// What the ledger's server is compared with: plain Hummingbird over SQLite, for the list and the details.
@main struct SQLitePeer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sqlite-peer", abstract: "Serve what 'bench fill' put into SQLite, on this machine alone.")

  @Option(help: "The database.") var database: String
  @Option(help: "The port; 0 for any that is free.") var port = 0

  func run() async throws {
    let store = try Store(path: database)
    let router = Router()
    router.get("healthz") { _, _ in "ok\n" }
    router.get("api/v1/projects/{project}/workloads") { request, context in
      let project = try context.parameters.require("project")
      let filter = Filter(project: project, request.uri.queryParameters)
      return try await store.read { try $0.page(filter) }
    }
    router.get("api/v1/workloads/{id}") { _, context in
      guard let id = WorkloadID(try context.parameters.require("id")) else { throw HTTPError(.badRequest) }
      guard let details = try await store.read({ try $0.details(id) }) else { throw HTTPError(.notFound) }
      return details
    }
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
    try await application.runService()
  }
}
