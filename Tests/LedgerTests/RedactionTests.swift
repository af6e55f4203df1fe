import EventStore
import Evidence
import Glibc
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `A name that is redacted` {
  private static let name = "alice.van-den-berg"

  /// A ledger where she is member, owner, actor and creator; and what she did, from a source too.
  private func ledger() throws -> TestLedger {
    let test = try TestLedger()
    var member = Proposal(.memberAdded, .command, nil, at: TestLedger.time(1))
    (member.actor, member.project, member.owner) = ("alice", "p", Self.name)
    try test.append(member)
    for number in 1...40 {
      var creation = Proposal.creation(TestLedger.id(number), "train-\(number)")
      (creation.actor, creation.owner, creation.reporter) = (Self.name, Self.name, "\(Self.name)@login1")
      try test.append(creation)
    }
    try test.append(fact(7))
    return test
  }

  private func fact(_ number: UInt64) -> Proposal {
    var fact = Proposal.fact(.started, TestLedger.id(1), number)
    fact.actor = Self.name
    return fact
  }

  @discardableResult
  private func redact(
    _ test: TestLedger, _ name: String = Self.name, _ nameClass: NameClass = .user, by actor: String = "dpo"
  ) throws -> RedactionReport {
    try test.ledger.redact(
      name, nameClass, reason: "request 4711", by: actor, reporter: "dpo@host", now: TestLedger.time(20),
      patience: .zero)
  }

  private func bytes(_ test: TestLedger, _ name: String = "log") -> String {
    String(decoding: readFile("\(test.path)/\(name)/data.mdb"), as: Unicode.ASCII.self)
  }

  /// The salt of the name, as its entry in the table of names has it.
  private func salt(_ test: TestLedger) throws -> [UInt8] {
    let log = test.ledger.log
    return try log.environment.read { (records) throws(StoreError) in
      guard let number = try log.number(.user, Self.name, records),
        let entry = try records.get(log.names, UInt64(number.rawValue))
      else { return [] }
      return entry.extracting(NameEntry.salt).withUnsafeBytes { Array($0) }
    }
  }

  private func count(of pattern: [UInt8], _ test: TestLedger) -> Int {
    let file = readFile("\(test.path)/log/data.mdb")
    return file.indices.dropLast(pattern.count - 1).count { file[$0...].starts(with: pattern) }
  }

  @Test func `is gone from the file, with its salt, and its pseudonym stands everywhere`() throws {
    let test = try ledger()
    let salt = try salt(test)
    #expect(salt.count == 16 && count(of: salt, test) > 0 && bytes(test).contains(Self.name))
    let report = try redact(test)
    let traces = try #require(report.traces)
    #expect(traces.scrub.waitingPages == 0 && traces.saltsInLog == 0)
    #expect(count(of: salt, test) == 0)
    #expect(traces.otherNames.map { "\($0.nameClass) \($0.name)" } == ["reporter \(Self.name)@login1"])
    #expect(traces.namesInLog == 2, "the reporter's name and its index")
    try redact(test, "\(Self.name)@login1", .reporter)
    #expect(!bytes(test).contains(Self.name) && !bytes(test, "views").contains(Self.name))

    let pseudonym = report.redaction.pseudonym
    let project = try #require(try test.ledger.projects().first { $0.name == "p" })
    #expect(project.members.contains(pseudonym) && !project.members.contains(Self.name))
    let workload = try test.ledger.details(TestLedger.id(1), now: TestLedger.time(30))
    #expect(workload.workload.owner == pseudonym && workload.workload.createdBy == pseudonym)
    #expect(workload.timeline.first?.reporter?.hasPrefix("redacted-") == true)
    #expect(try test.ledger.projects(of: pseudonym) == ["p"] && test.ledger.projects(of: Self.name) == [])
    var page = WorkloadQuery(project: "p")
    (page.owner, page.limit) = (pseudonym, 1)
    #expect(try test.ledger.page(page, now: TestLedger.time(30)).total == 40)
    page.owner = Self.name
    #expect(try test.ledger.page(page, now: TestLedger.time(30)).total == 0)
    var history = HistoryQuery()
    for (actor, expected) in [(pseudonym, 41), (Self.name, 0)] {
      history.actor = actor
      var count = 0
      try test.ledger.history(history) { _ in
        count += 1
        return true
      }
      #expect(count == expected)
    }
    #expect(try test.ledger.replay().differenceCount == 0)
  }

  @Test func `leaves every record and the root of every size of the tree as they were`() throws {
    let test = try ledger()
    let log = test.ledger.log
    func roots(_ sizes: ClosedRange<UInt64>) throws -> [Digest] {
      try log.environment.read { (records) throws(StoreError) in
        var roots: [Digest] = []
        for size in sizes { roots.append(try log.tree.head(size, records).root) }
        return roots
      }
    }
    let last = try test.ledger.lastPosition()
    let before = try roots(1...last)
    try redact(test)
    #expect(try roots(1...last) == before)
    #expect(try test.ledger.lastPosition() > last)
    // The registration commits to a name that nobody can tell any more.
    try log.environment.read { (records) throws(StoreError) in
      try log.redactions(records) { (_, redaction, _) throws(StoreError) in
        #expect(try log.isRedacted(redaction.name, of: .user, records))
        return true
      }
    }
  }

  @Test func `is on record with who, when and why, in a chain with numbers`() throws {
    let test = try ledger()
    try redact(test)
    try redact(test, "alice", by: "alice")
    let list = try test.ledger.redactions()
    #expect(list.map(\.redactedBy) == ["dpo", list[1].pseudonym], "she redacted herself")
    #expect(list.allSatisfy { $0.reason == "request 4711" && $0.nameClass == .user })
    #expect(list.allSatisfy { $0.redactedAt == TestLedger.time(20) && $0.reporter == "dpo@host" })
    var links: [UInt64] = []
    try test.ledger.log.environment.read { (records) throws(StoreError) in
      try test.ledger.log.redactions(records) { (position, redaction, _) throws(StoreError) in
        links += [position, UInt64(redaction.header.version), redaction.header.previousInStream]
        return true
      }
    }
    #expect(links == [list[1].position, 2, list[0].position, list[0].position, 1, 0])
    #expect(try test.event(list[0].position) == nil, "it is no event")
  }

  @Test func `is redacted once, and unknown afterwards`() throws {
    let test = try ledger()
    let first = try redact(test)
    let last = try test.ledger.lastPosition()
    let again = try redact(test, first.redaction.pseudonym)
    #expect(!again.isNew && again.traces == nil && again.redaction == first.redaction)
    #expect(throws: LedgerError.notFound(kind: "user", name: Self.name)) { try redact(test) }
    #expect(throws: LedgerError.notFound(kind: "user", name: "unknown")) { try redact(test, "unknown") }
    #expect(throws: LedgerError.notFound(kind: "reporter", name: "dpo")) {
      try redact(test, "dpo", .reporter)
    }
    #expect(throws: LedgerError.notFound(kind: "user", name: "redacted-1")) { try redact(test, "redacted-1") }
    #expect(try test.ledger.lastPosition() == last, "nothing was written, not even a name")
  }

  @Test func `that is used again is another one`() throws {
    let test = try ledger()
    let pseudonym = try redact(test).redaction.pseudonym
    var command = Proposal.command(.completed, TestLedger.id(1))
    command.actor = Self.name
    let outcome = try test.append(command)[0]
    #expect("\(outcome.verdict)" == "refused(WorkloadModel.Refusal.notMember)", "the new one is no member")
    #expect(try test.event(outcome.position)?.actor == Self.name)
    let second = try redact(test).redaction.pseudonym
    #expect(second != pseudonym)
    #expect(try test.event(outcome.position)?.actor == second)
  }

  @Test func `can't be named by the reason, and nobody can act as a pseudonym or be given one`() throws {
    let test = try ledger()
    #expect(throws: LedgerError.usage("the reason holds the name, and stays for ever: say it without")) {
      try test.ledger.redact(
        Self.name, reason: "\(Self.name) asked for it", by: "dpo", reporter: "r", now: TestLedger.time(20))
    }
    let pseudonym = try redact(test).redaction.pseudonym
    #expect(throws: LedgerError.self) { try redact(test, "alice", by: pseudonym) }
    let number = try #require(Pseudonym(pseudonym)).number
    for (actor, owner, isRight) in [
      (pseudonym, "alice", false), ("alice", "redacted-\(number + 100)", false),
      ("redacted-9999", "bob", false),
      ("alice", "redacted-007", false), ("alice", pseudonym, true),
    ] {
      var removal = Proposal(.memberRemoved, .command, nil, at: TestLedger.time(22))
      (removal.actor, removal.project, removal.owner) = (actor, "p", owner)
      if isRight {
        #expect("\(try test.append(removal)[0].verdict)" == "appended", "a redacted member can be removed")
      } else {
        let last = try test.ledger.lastPosition()
        let error = #expect(throws: LedgerError.self) { try test.append(removal) }
        #expect(error?.message.contains("stand for names that were destroyed") == true)
        #expect(try test.ledger.lastPosition() == last)
      }
    }
  }

  @Test func `does not make what comes again a new event or a conflict`() throws {
    let test = try ledger()
    let first = try test.append(fact(7))[0].position
    try redact(test)
    var pseudonym = fact(7)
    pseudonym.actor = try test.event(first)?.actor
    #expect("\(try test.append(pseudonym)[0].verdict)" == "duplicate")
    for _ in 0..<2 {
      let again = try test.append(fact(7))[0]
      #expect("\(again.verdict)" == "duplicate" && again.position == first)
      // Afterwards she is somebody new, with a number of her own.
      try test.append(fact(8))
    }
    var other = fact(7)
    other.actor = "alice"
    #expect("\(try test.append(other)[0].verdict)" == "conflict", "alice was there beside her")
    other.actor = nil
    #expect("\(try test.append(other)[0].verdict)" == "conflict", "nobody is not somebody")
    other = fact(7)
    other.occurredAt = TestLedger.time(99)
    #expect("\(try test.append(other)[0].verdict)" == "conflict", "it differs in more than the name")
  }

  @Test func `is forgotten by batches and caches that knew it`() throws {
    let test = try ledger()
    // TestLedger keeps one batch, which knows the number of the name by now.
    let event = try #require(try test.event(test.append(fact(7))[0].position))
    #expect(event.actor == Self.name)
    let pseudonym = try redact(test).redaction.pseudonym
    #expect(try test.event(event.position)?.actor == pseudonym)
    let later = try test.append(fact(9))[0].position
    #expect(try test.event(later)?.actor == Self.name, "and not the pseudonym of the old number")
    #expect(try test.ledger.pseudonym(of: Self.name) != pseudonym)
  }

  @Test func `waits for a reader of another process, and sees its pages cleared later`() throws {
    let test = try ledger()
    let folder = TemporaryFolder()
    let child = try ChildProcess("look", path: test.path, acks: folder("acks"), seed: testSeed())
    defer { child.kill() }
    for _ in 0..<2000 where AckFile.read(folder("acks")).count < 1 { usleep(5000) }
    let report = try redact(test)
    let scrub = try #require(report.traces).scrub
    #expect(scrub.waitingPages > 0 && scrub.waitingFor == [child.id])
    #expect(bytes(test).contains(Self.name))
    // The child ends its snapshot, and then looks with the same ledger again: both its answers come.
    writeFile(folder("acks.go"), [1])
    #expect(child.wait() == 0)
    let answers = AckFile.read(folder("acks")).map { $0[0] }
    #expect(answers == [Self.name, Self.name, report.redaction.pseudonym])
    #expect(try test.ledger.scrub(patience: .zero).waitingPages == 0)
    try redact(test, "\(Self.name)@login1", .reporter)
    #expect(!bytes(test).contains(Self.name))
  }
}
