import Evidence
import Foundation
import HTTPTypes
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

@testable import LedgerServer

/// What `tools/verify_evidence.py` needs.
private let hasPython =
  OtherProgram.pythonHas("cryptography")
private let why: Comment = "python3 with the package cryptography is not there: tools/setup test installs it"

struct `The evidence` {
  private let server: TestServer
  private let old: SignedCheckpoint
  private let new: SignedCheckpoint

  /// A log with two checkpoints, one in the third tile of records, and some records behind the newer one.
  init() throws {
    server = try TestServer()
    for number in 1...300 { try server.create(number, "job-\(number)") }
    old = try server.ledger.checkpoint()
    for number in 1...300 { try server.append(.started, TestServer.id(number), at: 10) }
    new = try server.ledger.checkpoint()
    for number in 1...5 { try server.append(.completed, TestServer.id(number), at: 20) }
  }

  private var size: UInt64 { new.checkpoint.head.size }

  /// What a program that was written from the formats alone says of a file or folder.
  private func verify(_ path: String, _ more: String...) throws -> OtherProgram {
    let key = try server.ledger.publicKey().description
    return try .python([packageRoot + "/tools/verify_evidence.py", path, "--key", key] + more)
  }

  private func verify(_ answer: Answer) throws -> OtherProgram {
    writeFile(server.folder("evidence"), answer.bytes)
    return try verify(server.folder("evidence"))
  }

  /// Fetches all tiles of a checkpoint into a folder.
  private func fetch(_ checkpoint: Answer, to folder: String) async throws {
    let size = try SignedCheckpoint(parsing: checkpoint.bytes).checkpoint.head.size
    var kinds = [Tile.Content.entries]
    for level in 0..<8 where size >> UInt64(8 * level) > 0 { kinds.append(.hashes(level: level)) }
    for kind in kinds {
      let (full, partial) = Tile.count(kind, in: size)
      var tiles = (0..<full).compactMap { Tile(kind, index: $0) }
      if partial > 0 { tiles.append(try #require(Tile(kind, index: full, width: partial))) }
      for tile in tiles {
        let answer = try await server.get("/" + tile.path)
        try #require(answer.status == 200, "\(tile.path): \(answer.body)")
        #expect(answer["Content-Type"] == "application/octet-stream")
        #expect(answer["Cache-Control"] == "private, max-age=31536000, immutable")
        let file = URL(filePath: folder + "/" + tile.path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(answer.bytes).write(to: file)
      }
    }
    writeFile(folder + "/checkpoint", checkpoint.bytes)
  }

  @Test(.enabled(if: hasPython, why))
  func `is a log of tiles that a stranger can audit, for each checkpoint`() async throws {
    let newest = try await server.get("/checkpoint")
    #expect(newest.status == 200 && newest["Content-Type"] == "text/plain; charset=utf-8")
    #expect(newest["Cache-Control"] == "no-store")
    #expect(newest.bytes == new.bytes)
    #expect(try await server.get("/api/v1/checkpoint").bytes == new.bytes)
    for (name, checkpoint) in [("new", newest.bytes), ("old", old.bytes)] {
      let folder = server.folder(name)
      try await fetch(Answer(status: 200, headers: [:], bytes: checkpoint), to: folder)
      let verified = try verify(folder, "--no-events")
      #expect(verified.status == 0, "\(name): \(verified.errors)")
    }
    // It looks at each byte: one that is changed is found.
    var tile = readFile(server.folder("new/tile/1/000.p/2"))
    tile[40] ^= 1
    writeFile(server.folder("new/tile/1/000.p/2"), tile)
    #expect(try verify(server.folder("new"), "--no-events").status == 6)
  }

  @Test func `has no tile beyond the newest checkpoint, and none by another name`() async throws {
    let last = "/tile/0/00\(size / 256)"
    #expect(try await server.get(last + ".p/\(size % 256)").status == 200)
    #expect(try await server.get(last + ".p/1").bytes.count == 32)
    for path in [
      last, last + ".p/\(size % 256 + 1)", last + ".p/0", last + ".p/256", "/tile/0/999", "/tile/1/000",
      "/tile/2/000.p/1", "/tile/63/000", "/tile/64/000", "/tile/-1/000", "/tile/00/000", "/tile/0/0",
      "/tile/0",
      "/tile/0/x000/000", "/tile/0/x001", "/tile/entries/000.p", "/tile/data/000", "/tile/0/%30%30%30",
      "/tile/0/x999/x999/x999/x999/x999/x999/999",
    ] {
      let answer = try await server.get(path)
      #expect(answer.status == 404, "\(path): \(answer.status)")
      #expect(answer["Cache-Control"] == "no-store")
    }
    #expect(try await server.get("/tile/0/000?size=1").status == 400)
  }

  @Test func `proves where a record stands, under any checkpoint that was given out`() async throws {
    let key = try server.ledger.publicKey()
    for position in [1, 5, 256, 257, old.checkpoint.head.size] as [UInt64] {
      for (query, checkpoint) in [("", new), ("&size=\(old.checkpoint.head.size)", old)] {
        let address = "/api/v1/proofs/inclusion?position=\(position)" + query
        let text = try await server.get(address, headers: [.accept: "text/plain"])
        #expect(text["Content-Type"] == "text/plain; charset=utf-8" && text["Vary"] == "Accept")
        let proof = try LogProof(parsing: text.bytes)
        #expect(proof.checkpoint == checkpoint)
        #expect(throws: Never.self) {
          try proof.checkpoint.verify(log: key)
          try proof.check(entry: proof.extra ?? [])
        }
        let json = try await server.get(address).json()
        #expect(json["position"] as? UInt64 == position)
        #expect(json["record"] as? String == proof.extra.map(Base64.encode))
        #expect(json["proof"] as? [String] == proof.hashes.map(\.base64))
        #expect(json["checkpoint"] as? String == String(decoding: checkpoint.bytes, as: UTF8.self))
      }
    }
  }

  @Test func `proves that the log only grew`() async throws {
    let address = "/api/v1/proofs/consistency?from=\(old.checkpoint.head.size)"
    let text = try await server.get(address, headers: [.accept: "text/plain"])
    let request = try WitnessRequest(parsing: text.bytes)
    #expect(request.checkpoint == new)
    #expect(throws: Never.self) {
      try ProofCheck.consistency(
        from: old.checkpoint.head, to: request.checkpoint.checkpoint.head, proof: request.proof)
    }
    let json = try await server.get(address + "&to=\(size)").json()
    #expect(json["from"] as? UInt64 == old.checkpoint.head.size && json["to"] as? UInt64 == size)
    #expect(json["proof"] as? [String] == request.proof.map(\.base64))
    #expect(try await server.get("/api/v1/proofs/consistency?from=0").json()["proof"] as? [String] == [])
  }

  @Test(.enabled(if: hasPython, why)) func `proves the whole history of a workload`() async throws {
    let answer = try await server.get("/api/v1/workloads/\(TestServer.id(7))/proof")
    #expect(answer.status == 200 && answer["Content-Type"] == "application/json")
    let verified = try verify(answer)
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(
      verified.output.contains("workload.created") && verified.output.contains("workload.started"),
      "\(verified.output)")
  }

  @Test func `refuses what it can't prove, and says why`() async throws {
    let proofs = "/api/v1/proofs/"
    for (path, status, parameter) in [
      ("inclusion", 400, "position"), ("inclusion?position=0", 400, "position"),
      ("inclusion?position=\(size + 1)", 404, nil), ("inclusion?position=1&size=\(size - 1)", 404, "size"),
      ("inclusion?position=1&to=5", 400, "to"), ("consistency", 400, "from"),
      ("consistency?from=\(size + 1)", 404, "from"), ("consistency?from=1&to=\(size - 1)", 404, "to"),
      ("consistency?from=-1", 400, "from"),
    ] as [(String, Int, String?)] {
      let answer = try await server.get(proofs + path)
      #expect(answer.status == status, "\(path): \(answer.body)")
      #expect(try answer.json()["parameter"] as? String == parameter)
    }
    try server.create(900, "new")
    let unproven = try await server.get("/api/v1/workloads/\(TestServer.id(900))/proof")
    #expect(unproven.status == 404 && unproven.body.contains("it is newer"), "\(unproven.body)")
    #expect(try await server.get("/api/v1/workloads/\(TestServer.id(901))/proof").status == 404)

    let fresh = try TestServer()
    for path in [
      "/checkpoint", "/tile/0/000.p/1", proofs + "inclusion?position=1", proofs + "consistency?from=0",
    ] {
      #expect(try await fresh.get(path).status == 404, "\(path)")
    }
    #expect(try fresh.ledger.newestCheckpoint() == nil, "reading signs nothing")
  }
}
