import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Events that come again` {
  @Test func `are answered with their first position and written once`() throws {
    let test = try TestLedger()
    let first = try test.append(.fact(.started, TestLedger.id(1), 7))
    let last = try test.ledger.lastPosition()
    var again = Proposal.fact(.started, TestLedger.id(1), 7)
    again.reporter = "another@host"
    let second = try test.append(again)
    #expect("\(second[0].verdict)" == "duplicate")
    #expect(second[0].position == first[0].position && second[0].version == first[0].version)
    #expect(try test.ledger.lastPosition() == last)
  }

  @Test func `with other content are conflicts and leave not even a name`() throws {
    let test = try TestLedger()
    let first = try test.append(.fact(.started, TestLedger.id(1), 7))
    let last = try test.ledger.lastPosition()
    var forged = Proposal.fact(.started, TestLedger.id(1), 7)
    forged.actor = "nobody ever seen"
    let outcomes = try test.append(forged)
    #expect("\(outcomes[0].verdict)" == "conflict" && outcomes[0].position == first[0].position)
    #expect(try test.ledger.lastPosition() == last)
  }

  @Test func `for a workload that is not there leave not even the name of their source`() throws {
    let test = try TestLedger()
    let last = try test.ledger.lastPosition()
    var command = Proposal.fact(.started, TestLedger.id(1), 7, from: "a new source")
    command.intent = .command
    #expect("\(try test.append(command)[0].verdict)" == "notFound")
    #expect(try test.ledger.lastPosition() == last)
  }

  @Test func `and claim the id of a record that is no event are conflicts`() throws {
    let test = try TestLedger()
    try test.append(.creation(TestLedger.id(1)))
    for position in 1...(try test.ledger.lastPosition()) where try test.event(position) == nil {
      let claim = Proposal.fact(.started, TestLedger.id(1), position, from: test.ledger.source)
      #expect("\(try test.append(claim)[0].verdict)" == "conflict")
    }
  }

  @Test func `are duplicates too where they contradicted the ledger before`() throws {
    let test = try TestLedger()
    try test.append(.creation(TestLedger.id(1)))
    var creation = Proposal.fact(.created, TestLedger.id(1), 1)
    creation.name = "again"
    creation.project = "elsewhere"
    #expect("\(try test.append(creation)[0].verdict)".hasPrefix("anomaly"))
    #expect("\(try test.append(creation)[0].verdict)" == "duplicate")
  }

  @Test func `with a version that the stream has not write nothing, not even an implied creation`() throws {
    let test = try TestLedger()
    let last = try test.ledger.lastPosition()
    var fact = Proposal.fact(.started, TestLedger.id(1), 1)
    fact.expectedVersion = 3
    #expect("\(try test.append(fact)[0].verdict)" == "wrongVersion(actual: 0)")
    #expect(try test.ledger.lastPosition() == last)
    fact.expectedVersion = 0
    #expect("\(try test.append(fact)[0].verdict)" == "appended")
  }
}
