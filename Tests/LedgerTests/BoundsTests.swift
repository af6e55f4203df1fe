import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `What is out of range` {
  private static let id = TestLedger.id(1)

  /// The error of a batch with a good event and this one; nothing of it may be kept.
  private func refused(_ proposal: Proposal, _ change: (inout ProposedEvent) -> Void = { _ in }) throws
    -> String
  {
    let test = try TestLedger()
    let last = try test.ledger.lastPosition()
    var batch = EventBatch()
    Proposal.creation(TestLedger.id(2)).add(to: &batch)
    proposal.add(to: &batch)
    change(&batch.events[1])
    var outcomes: [EventOutcome] = []
    let error = #expect(throws: LedgerError.self) {
      try test.ledger.append(&batch, now: TestLedger.time(0), outcomes: &outcomes)
    }
    #expect(try test.ledger.lastPosition() == last)
    guard case .usage(let message) = error else { return "\(String(describing: error))" }
    return message
  }

  @Test func `is named with the place and nothing of its batch is kept`() throws {
    var creation = Proposal.creation(Self.id)
    creation.name = nil
    #expect(try refused(creation) == "event 2 (workload.created): the workload has no name")
    creation.name = String(repeating: "n", count: 257)
    #expect(try refused(creation).hasSuffix("its name is 257 bytes long; 256 is the most"))
    creation.name = "a\u{7}"
    #expect(try refused(creation).hasSuffix("its name has a control character at byte 1"))
    #expect(try refused(.creation(.none)).hasSuffix("it has no workload"))
    #expect(try refused(.creation(Self.id, gpu: -1)).contains("below 0"))
    #expect(try refused(.creation(Self.id, gpu: .max)).contains("above"))
    var late = Proposal.command(.started, Self.id)
    late.occurredAt = .unknown
    #expect(try refused(late).contains("time"))
    var silent = Proposal.command(.terminated, Self.id)
    silent.reason = nil
    #expect(try refused(silent).contains("cause"))
    #expect(try refused(.fact(.started, Self.id, 0)).contains("id"))
    #expect(try refused(.fact(.started, Self.id, 1 << 63)).contains("id"))
    var homeless = Proposal.command(.started, Self.id)
    homeless.identity = .content
    #expect(try refused(homeless).contains("no source"))
    var url = Proposal.creation(Self.id)
    url.url = String(repeating: "u", count: 2049)
    #expect(try refused(url).contains("url"))
  }

  @Test func `is refused in the source id of a report too, which an implied creation would keep`() throws {
    var fact = Proposal.fact(.started, Self.id, 1)
    fact.sourceID = String(repeating: "s", count: 300)
    #expect(try refused(fact).contains("source id is 300 bytes long"))
    fact.sourceID = "a\u{1B}[31m"
    #expect(try refused(fact).contains("source id has a control character"))
  }

  @Test func `is refused in labels, in names and in ranges that no batch has`() throws {
    let creation = Proposal.creation(Self.id)
    let none = TextRange(offset: 4_000_000, count: 8)
    #expect(try refused(creation) { $0.labels = none }.contains("labels"))
    #expect(try refused(creation) { $0.labels = $0.name }.contains("labels"))
    #expect(try refused(creation) { $0.url = none }.contains("not in the batch"))
    #expect(try refused(creation) { $0.name = TextRange(offset: .max, count: .max) }.contains("name"))
    #expect(try refused(.command(.started, Self.id)) { $0.sourceID = none }.contains("source id"))
    #expect(try refused(creation) { $0.cluster = NameReference(index: 99) }.contains("name"))
  }

  @Test func `is refused where a name is not UTF-8 or too long`() throws {
    let test = try TestLedger()
    for bytes in [[0x61, 0xFF], Array(repeating: 0x61, count: 257), [0x61, 0x0A]] as [[UInt8]] {
      var batch = EventBatch()
      Proposal.creation(Self.id).add(to: &batch)
      batch.events[0].actor = batch.intern(.user, bytes.span)
      var outcomes: [EventOutcome] = []
      #expect(throws: LedgerError.self) {
        try test.ledger.append(&batch, now: TestLedger.time(0), outcomes: &outcomes)
      }
    }
  }

  @Test func `is refused where a member has no name, lest everybody unknown be one`() throws {
    var proposal = Proposal(.memberAdded, .command, nil, at: TestLedger.time(1))
    proposal.actor = "alice"
    proposal.project = "p"
    #expect(try refused(proposal).contains("names no member"))
    proposal.kind = .memberRemoved
    #expect(try refused(proposal).contains("names no member"))
    proposal.kind = .quotaSet
    proposal.resources.gpuMilli = .max
    #expect(try refused(proposal).contains("limit"))
  }

  @Test func `may be as long as the limits say, all at once`() throws {
    let test = try TestLedger()
    var creation = Proposal.creation(Self.id, String(repeating: "ü", count: 128))
    creation.reason = String(repeating: "r", count: 4096)
    creation.url = String(repeating: "u", count: 2048)
    creation.sourceID = String(repeating: "i", count: 256)
    creation.source = String(repeating: "s", count: 256)
    creation.identity = .text(String(repeating: "t", count: 256))
    for number in 0..<63 { creation.labels["key \(number)"] = String(repeating: "l", count: 250) }
    creation.owner = String(repeating: "o", count: 256)
    #expect("\(try test.append(creation)[0].verdict)" == "appended")
    let workload = try test.ledger.details(Self.id, now: TestLedger.time(9)).workload
    #expect(workload.url == creation.url && workload.labels.count == 63 && workload.owner == creation.owner)
    let differences = try test.ledger.replay().differences
    #expect(differences == [])
  }
}

struct `A batch` {
  @Test func `keeps no numbers of a ledger that is gone`() throws {
    var batch = EventBatch()
    for round in 0..<8 {
      let test = try TestLedger()
      // Another order of names each time, so that the numbers of the ledger before are wrong here.
      for name in 0..<round { try test.append(.creation(TestLedger.id(100 + name), "other")) }
      var fact = Proposal.fact(.created, TestLedger.id(1), 1, from: "s")
      (fact.name, fact.cluster, fact.owner) = ("n", "cluster", "owner")
      for extra in 0..<round {
        var filler = Proposal.fact(.started, TestLedger.id(200 + extra), UInt64(extra) + 10, from: "t")
        filler.actor = "filler \(extra)"
        try test.append(filler)
      }
      batch.removeEvents()
      fact.add(to: &batch)
      var outcomes: [EventOutcome] = []
      try test.ledger.append(&batch, now: TestLedger.time(0), outcomes: &outcomes)
      let workload = try test.ledger.details(TestLedger.id(1), now: TestLedger.time(9)).workload
      #expect(workload.cluster == "cluster" && workload.owner == "owner")
    }
  }

  @Test func `expects versions of projects as it does of workloads`() throws {
    let test = try TestLedger()
    var join = Proposal(.memberAdded, .command, nil, at: TestLedger.time(1))
    (join.actor, join.project, join.owner, join.expectedVersion) = ("alice", "p", "bob", 7)
    #expect("\(try test.append(join)[0].verdict)" == "wrongVersion(actual: 1)")
    join.expectedVersion = 1
    #expect("\(try test.append(join)[0].verdict)" == "appended")
  }
}
