import Evidence
import Exchange
import HTTPTypes
import Hummingbird
import Ledger
import Presentation
import WorkloadModel

/// Proofs that need nothing but the log's public key, under checkpoints that were given out: what `workledger prove`
/// makes and `workledger verify-proof` checks.
struct ProofRoutes: Sendable {
  let server: LedgerServer

  func add(to routes: Routes) {
    routes.get("/api/v1/workloads/{id}/proof", .read, use: workload)
    routes.get("/api/v1/proofs/inclusion", .readAll, use: inclusion)
    routes.get("/api/v1/proofs/consistency", .read, use: consistency)
  }

  /// The bundle of a workload's whole timeline.
  @Sendable private func workload(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try PathParameter.workload(context)
    try Query(request.uri.query).finish()
    let access = server.access(of: context)
    return try await server.read {
      try access.check(try server.ledger.find(id.description, project: nil))
      let checkpoint = try server.checkpoint(ofSize: nil)
      do throws(LedgerError) {
        let bundle = try server.ledger.bundle(
          workload: id, question: "the history of workload \(id)", in: checkpoint)
        return JSONAnswer.make { bundle.write(to: &$0) }
      } catch {
        guard case .notFound = error else { throw error }
        throw Problem(
          .notFound,
          "the newest checkpoint has \(checkpoint.checkpoint.head.size) records, and none of this workload: it is newer; "
            + "'workledger checkpoint' signs the log as it is now")
      }
    }
  }

  /// That the record at a position is in the log.
  @Sendable private func inclusion(_ request: Request, _ context: ServerContext) async throws -> Response {
    let (position, size) = try Self.numbers(request, "position", 1...Query.maxPosition, ofTree: "size")
    let isText = Self.wantsText(request)
    return try await server.read {
      let proof = try server.ledger.prove(
        position, in: try server.checkpoint(ofSize: size, parameter: "size"))
      if isText { return Self.text(proof.bytes) }
      return Self.answer { json in
        json.field("position", position)
        json.field("record", proof.extra.map(Base64.encode))
        Self.write(proof.hashes, proof.checkpoint, to: &json)
      }
    }
  }

  /// That the log only grew since it had `from` records.
  @Sendable private func consistency(_ request: Request, _ context: ServerContext) async throws -> Response {
    let (from, size) = try Self.numbers(request, "from", 0...Query.maxPosition, ofTree: "to")
    let isText = Self.wantsText(request)
    return try await server.read {
      let checkpoint = try server.checkpoint(ofSize: size, parameter: "to")
      let newSize = checkpoint.checkpoint.head.size
      guard from <= newSize else {
        throw Problem(
          .notFound, "the checkpoint has \(newSize) records; the log never had \(from) before it",
          parameter: "from")
      }
      let request = try server.ledger.proveConsistency(from: from, in: checkpoint)
      if isText { return Self.text(request.bytes) }
      return Self.answer { json in
        json.field("from", from)
        json.field("to", newSize)
        Self.write(request.proof, request.checkpoint, to: &json)
      }
    }
  }

  /// What is to be proven, and the size of the tree in which; without one, that of the newest checkpoint.
  private static func numbers(
    _ request: Request, _ name: String, _ range: ClosedRange<UInt64>, ofTree size: String
  ) throws(Problem) -> (UInt64, size: UInt64?) {
    var parameters = try Query(request.uri.query)
    let numbers = (try parameters.required(name, range), try parameters.number(size, 1...Query.maxPosition))
    try parameters.finish()
    return numbers
  }

  // MARK: Forms

  /// Whether the texts of C2SP (tlog-proof, tlog-witness) are asked for, which stand in files and go to witnesses.
  private static func wantsText(_ request: Request) -> Bool {
    (request.headers[.accept] ?? "").lowercased().contains("text/plain")
  }

  private static func text(_ bytes: [UInt8]) -> Response {
    Response(type: "text/plain; charset=utf-8", bytes: bytes, more: [.vary: "Accept"])
  }

  private static func answer(_ write: (inout JSONWriter) -> Void) -> Response {
    JSONAnswer.make(headers: [.vary: "Accept"]) { $0.object(write) }
  }

  private static func write(
    _ hashes: [Digest], _ checkpoint: SignedCheckpoint, to json: inout JSONWriter
  ) {
    json.key("proof")
    json.array { for hash in hashes { $0.string(hash.base64) } }
    json.field("checkpoint", String(decoding: checkpoint.bytes, as: UTF8.self))
  }
}
