import EventStore
import Evidence
import LMDB
import Ledger
import LedgerTestSupport
import Testing
import WorkloadModel

/// Two ledgers that get the same random history. In one, names are redacted now and then; in the other nobody is, but
/// who comes after a redaction has a name of another spelling. But for the names, both must say the same.
struct `A redacted ledger beside its twin` {
  private static let epochMark = "~"

  @Test func `says the same but for the names, and its old trees never change`() throws {
    let first = testSeed()
    for round in 0..<testRounds(3) { try run(seed: first &+ UInt64(round)) }
  }

  private func run(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var maker = HistoryMaker(seed: seed)
    let (redacted, twin) = (try TestLedger(), try TestLedger())
    // The maker asks the model only for what it exports, and it has nothing.
    let model = ModelLedger(ownSource: redacted.ledger.source, importer: "importer")
    var epochs: [String: Int] = [:]
    var pseudonyms: [String: String] = [:]
    var heads: [(size: UInt64, root: Digest)] = []
    /// What was appended, to be sent again: its repeats keep the spelling that it had.
    var sent: [(Proposal, Proposal)] = []
    var identities: Set<String> = []
    for _ in 0..<60 {
      if random.oneIn(5), let name = HistoryMaker.users.randomElement(using: &random) {
        let spelling = spelled(name, epochs)
        if (try? redacted.ledger.pseudonym(of: name)) != nil {
          heads.append(try head(redacted.ledger))
          let report = try redacted.ledger.redact(
            name, reason: "it must go", by: "dpo", reporter: "dpo@host", now: TestLedger.time(1),
            patience: .zero)
          #expect(report.traces?.saltsInLog == 0, "seed \(seed)")
          pseudonyms[spelling] = report.redaction.pseudonym
          epochs[name, default: 0] += 1
        }
      }
      for proposal in maker.batch(model) {
        var pair = (proposal, proposal)
        let repeats = !sent.isEmpty && random.oneIn(4)
        if repeats {
          pair = random.pick(sent)
        } else {
          // The maker's own repeats would not have the spelling of the first time.
          if proposal.identity != .ledger, !identities.insert(identity(proposal)).inserted { continue }
          pair.1.actor = proposal.actor.map { spelled($0, epochs) }
          pair.1.owner = proposal.owner.map { spelled($0, epochs) }
        }
        let outcomes = (try redacted.append(pair.0)[0].verdict, try twin.append(pair.1)[0].verdict)
        #expect("\(outcomes.0)" == "\(outcomes.1)", "seed \(seed): \(pair.0)")
        if repeats { #expect("\(outcomes.0)" == "duplicate", "seed \(seed): \(pair.0)") }
        let isKept = "\(outcomes.0)" == "appended" || "\(outcomes.0)".hasPrefix("anomaly")
        if proposal.identity != .ledger, isKept, !repeats { sent.append(pair) }
      }
    }
    try compare(redacted.ledger, twin.ledger, pseudonyms, seed)
    for (size, root) in heads { #expect(try tree(redacted.ledger, size) == root, "seed \(seed)") }
    let report = try redacted.ledger.replay()
    #expect(report.differenceCount == 0, "seed \(seed): \(report.differences)")
  }

  /// What makes an event the same again.
  private func identity(_ proposal: Proposal) -> String {
    let source = "\(proposal.source ?? "-") \(proposal.identity)"
    guard proposal.identity == .content else { return source }
    return "\(source) \(proposal.subject ?? .none) \(proposal.kind) \(proposal.occurredAt.microseconds)"
  }

  private func spelled(_ name: String, _ epochs: [String: Int]) -> String {
    guard let epoch = epochs[name], epoch > 0 else { return name }
    return "\(name)\(Self.epochMark)\(epoch)"
  }

  /// What the redacted ledger shows for a name of the twin.
  private func shown(_ name: String?, _ pseudonyms: [String: String]) -> String? {
    guard let name else { return nil }
    return pseudonyms[name] ?? name.split(separator: Self.epochMark).first.map(String.init)
  }

  private func compare(_ redacted: Ledger, _ twin: Ledger, _ pseudonyms: [String: String], _ seed: UInt64)
    throws
  {
    var lines: [String] = []
    try redacted.history(HistoryQuery()) { event in
      lines.append("\(event.kind) \(event.actor ?? "-") \(event.detail) \(event.version) \(event.isApplied)")
      return true
    }
    var expected: [String] = []
    try twin.history(HistoryQuery()) { event in
      var detail = event.detail
      switch detail {
      case .member(let name): detail = .member(self.shown(name, pseudonyms) ?? "")
      case .quota(let name, let limits): detail = .quota(owner: self.shown(name, pseudonyms) ?? "", limits)
      case .created(var creation):
        creation.owner = self.shown(creation.owner, pseudonyms)
        detail = .created(creation)
      case .none, .refused: break
      }
      let actor = self.shown(event.actor, pseudonyms) ?? "-"
      expected.append("\(event.kind) \(actor) \(detail) \(event.version) \(event.isApplied)")
      return true
    }
    #expect(lines == expected, "seed \(seed)")
    let members = try twin.projects().map { project in
      "\(project.name) \(project.members.compactMap { self.shown($0, pseudonyms) }.sorted())"
    }
    #expect(try redacted.projects().map { "\($0.name) \($0.members)" } == members, "seed \(seed)")
  }

  private func head(_ ledger: Ledger) throws -> (size: UInt64, root: Digest) {
    let size = try ledger.lastPosition()
    return (size, try tree(ledger, size))
  }

  private func tree(_ ledger: Ledger, _ size: UInt64) throws -> Digest {
    try ledger.log.environment.read { (records) throws(StoreError) in
      try ledger.log.tree.head(size, records).root
    }
  }
}
