import Foundation
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

/// The document `schemas/http/openapi.json`, held against the server by a program that somebody else wrote.
struct `The contract` {
  private static let folder = packageRoot + "/.venv/bin/"
  private static let isThere = FileManager.default.isExecutableFile(atPath: folder + "schemathesis")
  private static let why: Comment = "schemathesis is not in .venv (tools/setup test puts it there): not run"

  @Test func `holds the same schemas as the other documents`() throws {
    let check = try OtherProgram(packageRoot + "/tools/openapi", ["--check"], in: packageRoot)
    #expect(check.status == 0, "\(check.output)\(check.errors)")
  }

  @Test(.enabled(if: isThere, why), .timeLimit(.minutes(3)))
  func `is kept, as schemathesis finds`() throws {
    let ledger = try TestServer()
    // The workload of the document's example, so that its requests find something.
    let example = try #require(WorkloadID("019b97ad-a27d-7210-be8c-86c936a86a72"))
    for (index, type) in WorkloadType.allCases.enumerated() {
      try ledger.create(
        index + 1, "job-\(index)", type, at: Int64(index), url: "https://lab.example/\(index)")
      if index % 2 == 0 { try ledger.append(.started, TestServer.id(index + 1), at: Int64(10 + index)) }
      if index % 3 == 0 {
        try ledger.append(.deleteRequested, TestServer.id(index + 1), at: Int64(20 + index))
      }
    }
    try ledger.append(.created, example) { event, batch in event.name = batch.addText("<b>größe</b>") }
    _ = try ledger.ledger.checkpoint()
    // An operator may do everything, and alice is a member of the project too.
    let token = try ledger.ledger.issueToken(
      for: "alice", .operator, lifetime: 3_600_000_000,
      now: Timestamp(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000)
    ).text
    let process = try ServerProcess(
      ["--ledger", ledger.folder("ledger"), "--port", "0"], in: ledger.folder.path)
    let port = try process.port()
    // The same requests each time, unless others are asked for: what it finds is for who changes the contract, not for
    // who comes after.
    let seed = ProcessInfo.processInfo.environment["WORKLEDGER_TEST_SEED"] ?? "1"
    print("schemathesis: seed \(seed)")
    let run = try OtherProgram(
      Self.folder + "schemathesis",
      [
        "--config-file", packageRoot + "/tools/schemathesis.toml", "run",
        packageRoot + "/schemas/http/openapi.json", "--url", "http://127.0.0.1:\(port)", "--seed", seed,
        "--header", "Authorization: Bearer \(token)", "--max-examples", "25", "--no-color",
        "--generation-database", "none",
      ], in: ledger.folder.path)
    #expect(run.status == 0, "\(run.output.suffix(20000))")
    #expect(run.output.contains("Tested: 34"), "\(run.output.suffix(2000))")
  }
}
