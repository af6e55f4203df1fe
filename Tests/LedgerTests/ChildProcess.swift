import EventStore
import Glibc
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

/// This test binary once more, as a process of its own that runs one of the tests below and can be killed.
struct ChildProcess {
  let id: pid_t

  /// Starts it with what it is to do in `WORKLEDGER_TEST_CHILD`.
  init(_ task: String, path: String, acks: String, seed: UInt64) throws {
    let arguments = [
      CommandLine.arguments[0], "--testing-library", "swift-testing", "--filter", "child of a test",
    ]
    var environment: [String] = []
    var variable = environ
    while let text = variable.pointee {
      let entry = String(cString: text)
      if !entry.hasPrefix("WORKLEDGER_TEST") { environment.append(entry) }
      variable += 1
    }
    environment += [
      "WORKLEDGER_TEST_CHILD=\(task)", "WORKLEDGER_TEST_PATH=\(path)", "WORKLEDGER_TEST_ACKS=\(acks)",
      "WORKLEDGER_TEST_SEED=\(seed)", "SWIFT_BACKTRACE=enable=no",
    ]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, acks + ".out", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var child = pid_t()
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = environment.map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    let code = posix_spawn(&child, "/proc/self/exe", &actions, nil, &argv, &envp)
    guard code == 0 else { throw LedgerError.storage("posix_spawn: \(code)") }
    id = child
  }

  /// Kills it with SIGKILL, if it is still there.
  func kill() {
    Glibc.kill(id, SIGKILL)
    _ = wait()
  }

  /// Waits for its end; 0 where it ended well.
  func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    return status
  }

  static var task: String? { getenv("WORKLEDGER_TEST_CHILD").map { String(cString: $0) } }
  static var path: String { getenv("WORKLEDGER_TEST_PATH").map { String(cString: $0) } ?? "" }
  static var acks: String { getenv("WORKLEDGER_TEST_ACKS").map { String(cString: $0) } ?? "" }
}

/// Lines that are in the kernel as soon as `write` returns, so that they outlive the process that is killed.
struct AckFile: ~Copyable {
  private let file: Int32
  init(_ path: String) { file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) }
  deinit { close(file) }
  func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    precondition(Glibc.write(file, bytes, bytes.count) == bytes.count)
  }

  /// The fields of all whole lines.
  static func read(_ path: String) -> [[String]] {
    let text = String(decoding: readFile(path), as: UTF8.self)
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map { $0.split(separator: " ").map(String.init) }
  }
}

@Suite(.enabled(if: ChildProcess.task != nil))
struct `The child of a test` {
  @Test func `child of a test`() throws {
    switch ChildProcess.task {
    case "append": try append()
    case "compete": try compete()
    case "look": try look()
    case "flip": try FlippedFile(ChildProcess.path).run(acks: ChildProcess.acks)
    default: Issue.record("there is no such task")
    }
  }

  /// Appends batches until it is killed, and acknowledges each event.
  private func append() throws {
    var random = SeededRandom(seed: testSeed())
    let ledger = try Ledger(path: ChildProcess.path)
    let acks = AckFile(ChildProcess.acks)
    var batch = EventBatch()
    var outcomes: [EventOutcome] = []
    var number = try ledger.lastPosition()
    while true {
      batch.removeEvents()
      let count = 1 + random.below(20)
      for index in 0..<count {
        number += 1
        let id = WorkloadID(high: random.next(), low: number)
        var creation = Proposal.creation(id, "batch of \(count), \(index)")
        creation.actor = "actor \(random.below(50))"
        creation.intent = .observation
        creation.add(to: &batch)
      }
      try ledger.append(&batch, now: TestLedger.time(Int64(number)), outcomes: &outcomes)
      for (event, outcome) in zip(batch.events, outcomes) {
        acks.write("\(outcome.position) \(event.subject)")
      }
      if random.oneIn(40) { _ = try ledger.rebuild() }
    }
  }

  /// Says who created a workload: before and during a snapshot that it holds until it is told to go on, and after.
  private func look() throws {
    let ledger = try Ledger(path: ChildProcess.path)
    let acks = AckFile(ChildProcess.acks)
    func creator() throws -> String {
      try ledger.details(TestLedger.id(1), now: TestLedger.time(9)).workload.createdBy ?? "unknown"
    }
    let first = try creator()
    try ledger.history(HistoryQuery()) { _ in false }
    try ledger.log.environment.read { (_) throws(LMDBError) in
      acks.write(first)
      for _ in 0..<2000 where readFile(ChildProcess.acks + ".go").isEmpty { usleep(5000) }
      acks.write(first)
    }
    acks.write(try creator())
  }

  /// Advances two workloads in turn, each time by the version that it saw.
  private func compete() throws {
    var random = SeededRandom(seed: testSeed())
    let ledger = try Ledger(path: ChildProcess.path)
    let acks = AckFile(ChildProcess.acks)
    var batch = EventBatch()
    var outcomes: [EventOutcome] = []
    var successes = 0
    for _ in 0..<100_000 where successes < 150 {
      let id = TestLedger.id(1 + random.below(2))
      let workload = try ledger.details(id, now: TestLedger.time(9)).workload
      var step = Proposal.command(workload.status == .running ? .queued : .started, id)
      step.expectedVersion = workload.version
      batch.removeEvents()
      step.add(to: &batch)
      try ledger.append(&batch, now: TestLedger.time(0), outcomes: &outcomes)
      if case .wrongVersion(let actual) = outcomes[0].verdict {
        #expect(actual > workload.version)
        continue
      }
      #expect("\(outcomes[0].verdict)" == "appended" && outcomes[0].version == workload.version + 1)
      acks.write("\(id) \(outcomes[0].version) \(outcomes[0].position)")
      successes += 1
      // It reads its own write, and never an older version than it saw before.
      #expect(try ledger.details(id, now: TestLedger.time(9)).workload.version >= outcomes[0].version)
    }
    #expect(successes == 150)
  }
}
