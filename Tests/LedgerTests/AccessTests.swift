import Glibc
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `A ledger that is opened for reading` {
  private static let now = TestLedger.time(9)

  private func filled() throws -> TestLedger {
    let test = try TestLedger()
    try test.append(.creation(TestLedger.id(1)), .creation(TestLedger.id(2)))
    return test
  }

  @Test func `answers and can't be written`() throws {
    var test: TestLedger? = try filled()
    guard let folder = test?.folder else { return }
    test = nil
    let ledger = try Ledger(path: folder("ledger"), access: .readOnly)
    #expect(try ledger.page(WorkloadQuery(project: "p"), now: Self.now).total == 2)
    var batch = EventBatch()
    Proposal.creation(TestLedger.id(3)).add(to: &batch)
    var outcomes: [EventOutcome] = []
    #expect(throws: LedgerError.readOnly(path: folder("ledger"))) {
      try ledger.append(&batch, now: Self.now, outcomes: &outcomes)
    }
    #expect(throws: LedgerError.readOnly(path: folder("ledger"))) { try ledger.rebuild() }
    try ledger.close()
    #expect(!String(decoding: readFile(folder("ledger/views/boot")), as: UTF8.self).hasPrefix("clean"))
  }

  @Test func `says so where its views are missing or of another schema, and never answers from them`() throws
  {
    for isMissing in [true, false] {
      var test: TestLedger? = try filled()
      guard let folder = test?.folder else { return }
      test = nil
      if isMissing {
        removeTree(folder("ledger/views"))
      } else {
        let raw = RawTables(path: folder("ledger/views"))
        var meta = try raw.entries("meta", .integer)[0]
        meta.value[0] = 99
        try raw.put("meta", .integer, meta.key, meta.value)
      }
      let ledger = try Ledger(path: folder("ledger"), access: .readOnly)
      let error = #expect(throws: LedgerError.self) {
        try ledger.page(WorkloadQuery(project: "p"), now: Self.now)
      }
      guard case .unreadable = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func `is refused where there is none`() throws {
    let folder = TemporaryFolder()
    #expect(throws: LedgerError.noLedger(path: folder("x"))) { try Ledger(path: folder("x")) }
  }

  @Test func `is refused twice in one process`() throws {
    let test = try filled()
    #expect(throws: LedgerError.self) { try Ledger(path: test.path) }
    #expect(try test.ledger.projects().count == 1)
  }
}

struct `A page token` {
  private func filled() throws -> TestLedger {
    let test = try TestLedger()
    try test.append((1...30).map { .creation(TestLedger.id($0)) })
    return test
  }

  @Test func `belongs to its filters and to no others`() throws {
    let test = try filled()
    var query = WorkloadQuery(project: "p")
    query.limit = 7
    let token = try #require(try test.ledger.page(query, now: TestLedger.time(9)).nextPageToken)
    query.pageToken = token
    query.limit = 9
    #expect(try test.ledger.page(query, now: TestLedger.time(9)).items.first?.id == TestLedger.id(23))
    let others: [(inout WorkloadQuery) -> Void] = [
      { $0.name = "t" }, { $0.types = [.training] }, { $0.statuses = [.added] }, { $0.owner = "alice" },
      { $0.cluster = "c" }, { $0.includesDeleted = true },
    ]
    for change in others {
      var other = query
      change(&other)
      let error = #expect(throws: LedgerError.self) {
        try test.ledger.page(other, now: TestLedger.time(9))
      }
      #expect(error?.message.contains("other filters") == true)
    }
  }

  @Test func `that is malformed is refused, whatever it is`() throws {
    let test = try filled()
    var query = WorkloadQuery(project: "p")
    query.limit = 7
    let token = try #require(try test.ledger.page(query, now: TestLedger.time(9)).nextPageToken)
    var random = SeededRandom(seed: testSeed())
    let letters = Array("ABCabc019-_=+/ é\u{0}")
    for _ in 0..<2000 {
      var text = Array(random.oneIn(2) ? token : String(token.prefix(random.below(token.count))))
      for _ in 0..<1 + random.below(3) {
        if text.isEmpty || random.oneIn(4) {
          text.append(random.pick(letters))
        } else {
          text[random.below(text.count)] = random.pick(letters)
        }
      }
      query.pageToken = String(text)
      do {
        let page = try test.ledger.page(query, now: TestLedger.time(9))
        // What is accepted is a token that this query could have been given: another place, nothing else.
        #expect(page.total == 30)
      } catch {
        #expect(error.message.contains("token"))
      }
    }
  }

  @Test func `asks for 1 to 1,000 rows`() throws {
    let test = try filled()
    var query = WorkloadQuery(project: "p")
    for limit in [0, -1, 1001, .max, .min] {
      query.limit = limit
      #expect(throws: LedgerError.self) { try test.ledger.page(query, now: TestLedger.time(9)) }
    }
  }
}

struct `Finding a workload` {
  @Test func `goes by id, by a prefix of four digits and by its exact name`() throws {
    let test = try TestLedger()
    let first = WorkloadID(high: 0xABCD_0000_0000_7000, low: 1)
    let second = WorkloadID(high: 0xABCD_1000_0000_7000, low: 2)
    try test.append(.creation(first, "Train"), .creation(second, "train"))
    #expect(try test.ledger.find(first.description, project: nil).id == first)
    #expect(try test.ledger.find("abcd1", project: nil).id == second)
    #expect(try test.ledger.find("train", project: "p").id == second)
    #expect(throws: LedgerError.notFound(kind: "workload", name: "TRAIN")) {
      try test.ledger.find("TRAIN", project: "p")
    }
    #expect(throws: LedgerError.self) { try test.ledger.find("abcd", project: nil) }
    #expect(throws: LedgerError.self) { try test.ledger.find("abc", project: nil) }
    #expect(throws: LedgerError.self) { try test.ledger.find("", project: "p") }
  }

  @Test func `by a name that two have is ambiguous until one is deleted`() throws {
    let test = try TestLedger()
    try test.append(.creation(TestLedger.id(1), "abba"), .creation(TestLedger.id(2), "abba"))
    let error = #expect(throws: LedgerError.self) { try test.ledger.find("abba", project: "p") }
    guard case .ambiguous(_, let candidates) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(candidates.count == 2)
    try test.append(.command(.deleteRequested, TestLedger.id(1)), .command(.deleted, TestLedger.id(1)))
    #expect(try test.ledger.find("abba", project: "p").id == TestLedger.id(2))
  }

  @Test func `among more than ten of a like name still finds the one that is meant`() throws {
    let test = try TestLedger()
    try test.append(.creation(TestLedger.id(1), "Job"))
    try test.append((2...20).map { .creation(TestLedger.id($0), "job") })
    #expect(try test.ledger.find("Job", project: "p").id == TestLedger.id(1))
  }
}

struct `A rehearsal` {
  @Test func `decides as an append would and writes nothing`() throws {
    let test = try TestLedger()
    try test.append(.creation(TestLedger.id(1)))
    let before = readFile(test.path + "/log/data.mdb")
    var batch = EventBatch()
    var outcomes: [EventOutcome] = []
    let verdicts = try test.ledger.rehearse { (append) throws(LedgerError) -> [String] in
      var verdicts: [String] = []
      for proposal in [
        Proposal.creation(TestLedger.id(2), "new"), .command(.started, TestLedger.id(2)),
        .command(.queued, TestLedger.id(1)), .command(.completed, TestLedger.id(1)),
      ] {
        batch.removeEvents()
        proposal.add(to: &batch)
        try append(&batch, TestLedger.time(5), &outcomes)
        verdicts.append(outcomes.map { "\($0.verdict)" }.joined())
      }
      return verdicts
    }
    #expect(verdicts.prefix(3) == ["appended", "appended", "appended"])
    #expect(verdicts[3].hasPrefix("refused"))
    #expect(readFile(test.path + "/log/data.mdb") == before)
    #expect(try test.ledger.page(WorkloadQuery(project: "p"), now: TestLedger.time(9)).total == 1)
    #expect(try test.ledger.replay().differenceCount == 0)
    // The names that it used have no numbers yet, and the batch must know.
    batch.removeEvents()
    var creation = Proposal.creation(TestLedger.id(3))
    creation.cluster = "only rehearsed"
    creation.add(to: &batch)
    _ = try test.ledger.rehearse { (append) throws(LedgerError) in
      try append(&batch, TestLedger.time(5), &outcomes)
    }
    try test.ledger.append(&batch, now: TestLedger.time(5), outcomes: &outcomes)
    let workload = try test.ledger.details(TestLedger.id(3), now: TestLedger.time(9)).workload
    #expect(workload.cluster == "only rehearsed")
  }

  @Test func `that fails gives its error and leaves the ledger writable`() throws {
    let test = try TestLedger()
    #expect(throws: LedgerError.usage("enough")) {
      try test.ledger.rehearse { (_) throws(LedgerError) in throw .usage("enough") }
    }
    #expect("\(try test.append(.creation(TestLedger.id(1)))[0].verdict)" == "appended")
  }
}
