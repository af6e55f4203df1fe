import Foundation
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

/// The page in a real browser: `Tests/browser`, in Python, steers Chromium.
struct `The page in a browser` {
  private static let python = packageRoot + "/.venv/bin/python"
  private static let isThere =
    FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")
    && FileManager.default.fileExists(atPath: packageRoot + "/.venv/bin/playwright")
  private static let why: Comment =
    "Chromium or Playwright is not there (tools/setup test installs both): not run"

  @Test(.enabled(if: isThere, why), .timeLimit(.minutes(10)))
  func `does what it should, for hands, keys and ears`() throws {
    let ledger = try TestServer()
    try Self.fillVision(ledger)
    try Self.fillNames(ledger)
    try Self.fillBig(ledger)
    let server = try ServerProcess(
      ["--ledger", ledger.folder("ledger"), "--development", "--as", "alice", "--port", "0"],
      in: ledger.folder.path)
    let signed = try ServerProcess(
      ["--ledger", ledger.folder("ledger"), "--port", "0"], in: ledger.folder.path)
    let run = try OtherProgram(
      Self.python, ["-m", "pytest", "-q", "-rP", "-p", "no:cacheprovider", "Tests/browser"], in: packageRoot,
      environment: [
        "WORKLEDGER_URL": "http://127.0.0.1:\(try server.port())",
        "WORKLEDGER_TOKEN_URL": "http://127.0.0.1:\(try signed.port())",
        "WORKLEDGER_DIR": ledger.folder("ledger"), "WORKLEDGER_BIN": ServerProcess.program("workledger").path,
        "HOME": ledger.folder.path, "PYTHONDONTWRITEBYTECODE": "1",
      ])
    print(run.output.split(separator: "\n").filter { $0.contains("figures:") }.joined(separator: "\n"))
    #expect(run.status == 0, "\(run.output.suffix(12000))")
    #expect(run.output.contains("\n60 passed in "), "\(run.output.suffix(2000))")
  }

  /// Sixty workloads in every status, and a workspace with an address.
  private static func fillVision(_ ledger: TestServer) throws {
    let ends: [EventKind?] = [nil, .queued, .started, .completed, .failed, .terminated, .deleteRequested]
    for number in 1...59 {
      let type = WorkloadType.allCases[number % WorkloadType.allCases.count]
      let id = TestServer.id(number)
      try ledger.create(
        number, "job \(number)", type, at: Int64(number), owner: number % 2 == 0 ? "alice" : "bob")
      let end = ends[number % ends.count]
      if end == .completed { try ledger.append(.started, id, at: Int64(100 + number)) }
      if let end {
        try ledger.append(end, id, at: Int64(200 + number)) { event, batch in
          if end == .terminated { event.reason = batch.addText("preempted") }
        }
      }
    }
    try ledger.create(60, "lab", .workspace, at: 300, url: "https://lab.example/x?a=1&b=2")
  }

  /// Names that somebody chose to break a page with.
  private static func fillNames(_ ledger: TestServer) throws {
    try ledger.append(.projectCreated, project: "<b>&\"'")
    for (index, name) in hostileTexts.enumerated() {
      try ledger.create(100 + index, name, .workspace, url: "https://lab.example/", project: "<b>&\"'")
    }
  }

  /// Ten thousand workloads, in one commit.
  private static func fillBig(_ ledger: TestServer) throws {
    try ledger.append(.projectCreated, project: "big")
    var batch = EventBatch()
    for number in 1...10_000 {
      var event = ProposedEvent(
        .created, .command, subject: TestServer.id(10_000 + number),
        occurredAt: TestServer.time(Int64(number)))
      event.actor = batch.intern(.user, "alice")
      event.project = batch.intern(.project, "big")
      event.name = batch.addText("workload \(number)")
      event.type = .training
      event.cluster = batch.intern(.cluster, "c1")
      event.owner = batch.intern(.user, "alice")
      batch.events.append(event)
    }
    var outcomes: [EventOutcome] = []
    try ledger.ledger.append(&batch, now: TestServer.time(500), outcomes: &outcomes)
  }
}
