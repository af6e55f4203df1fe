import Evidence
import Exchange
import LedgerTestSupport
import Presentation
import Testing

struct `A bundle` {
  @Test func `holds, names the actors and knows the workloads`() throws {
    let log = SampleLog()
    for kind in [Completeness.stream(5), .project(2), .none] {
      let bundle = try log.bundle(kind)
      let checked = try CheckedBundle(checking: bundle)
      #expect(checked.name(checked.facts[0].actor) == "ada")
      #expect(checked.name(0) == "unknown")
      #expect(checked.workloadID(ofRecord: 0) == SampleLog.workload)
      #expect(
        checked.workloadID(ofRecord: bundle.records.count - 1)
          == (kind == .project(2) ? nil : SampleLog.workload))
    }
  }

  @Test func `shows a name that was destroyed as its number`() throws {
    var bundle = try SampleLog().bundle(.stream(5))
    bundle.names[0].opening = nil
    let checked = try CheckedBundle(checking: bundle)
    #expect(checked.name(1) == "redacted-1")
    #expect(try EvidenceBundle(json: Self.json(bundle)) == bundle)
  }

  @Test func `is read as it was written`() throws {
    for kind in [Completeness.stream(5), .project(2), .none] {
      let bundle = try SampleLog().bundle(kind)
      #expect(try EvidenceBundle(json: Self.json(bundle)) == bundle)
    }
  }

  @Test func `with a record left out is not complete`() throws {
    let log = SampleLog()
    for kind in [Completeness.stream(5), .project(2)] {
      let whole = try log.bundle(kind)
      for index in whole.records.indices.dropLast() {
        var bundle = whole
        bundle.records.remove(at: index)
        let error = #expect(throws: BundleFlaw.self) { try CheckedBundle(checking: bundle) }
        guard case .brokenChain = error else {
          if index == 0, case .missing = error { continue }
          Issue.record("\(kind), record \(index) left out: \(String(describing: error))")
          continue
        }
      }
      var shorter = whole
      shorter.records.removeLast()
      #expect(throws: Never.self, "what came later the chain can't say") {
        try CheckedBundle(checking: shorter)
      }
      var selection = whole
      selection.completeness = .none
      selection.records.remove(at: 1)
      #expect(throws: Never.self) { try CheckedBundle(checking: selection) }
    }
  }

  @Test func `says what is wrong`() throws {
    let log = SampleLog()
    let whole = try log.bundle(.stream(5))
    func flaw(_ change: (inout EvidenceBundle) -> Void) -> BundleFlaw? {
      var bundle = whole
      change(&bundle)
      return #expect(throws: BundleFlaw.self) { try CheckedBundle(checking: bundle) }
    }
    #expect(flaw { $0.records = [] } == .empty)
    #expect(flaw { $0.records.swapAt(0, 1) } == .order(list: "records", at: 5))
    #expect(flaw { $0.context.append($0.context[0]) } == .order(list: "context", at: 1))
    #expect(flaw { $0.names.swapAt(0, 1) } == .order(list: "names", at: 1))
    #expect(flaw { $0.records[0].position = 4 } == .notIncluded(position: 4, .wrongRoot))
    #expect(flaw { $0.records[0].position = 0 } == .order(list: "records", at: 0))
    #expect(flaw { $0.context = [] } == .missing(position: 1, neededBy: 5))
    #expect(flaw { $0.names.remove(at: 0) } == .missingName(number: 1, neededBy: 5))
    #expect(flaw { $0.names[0].nameClass = 2 } == .wrongRegistration(number: 1))
    #expect(flaw { $0.names[0].registration = $0.records[0] } == .wrongRegistration(number: 1))
    #expect(flaw { $0.names[0].opening?.name = "eve" } == .wrongName(number: 1))
    #expect(flaw { $0.names[0].opening?.salt[0] ^= 1 } == .wrongName(number: 1))
    #expect(flaw { $0.names[0].opening?.salt.removeLast() } == .wrongName(number: 1))
    #expect(flaw { $0.completeness = .stream(6) } == .foreign(position: 5))
    #expect(flaw { $0.completeness = .stream(0) } == .foreign(position: 5))
    #expect(flaw { $0.completeness = .project(3) } == .foreign(position: 5))
    #expect(flaw { $0.completeness = .project(2) } == .brokenChain(position: 8, link: 7, shown: 6))
    #expect(flaw { $0.records[1].proof.removeLast() } == .notIncluded(position: 6, .wrongLength(hashes: 3)))
  }

  @Test func `of bytes that are no records does not hold`() throws {
    let log = SampleLog(records: [[1, 33], [], [UInt8](repeating: 7, count: 60)])
    for position in 1...3 {
      let bundle = EvidenceBundle(
        question: "", checkpoint: try log.signed(), records: [try log.proven(UInt64(position))])
      #expect(throws: BundleFlaw.noRecord(position: UInt64(position))) { try CheckedBundle(checking: bundle) }
    }
  }

  @Test func `with any byte of its document changed proves nothing else`() throws {
    let bundle = try SampleLog().bundle(.stream(5))
    let log = try Golden.logSigner().verifier
    let bytes = Self.json(bundle)
    var random = SeededRandom(seed: testSeed())
    func holds(_ changed: [UInt8]) -> EvidenceBundle? {
      guard let read = try? EvidenceBundle(json: changed), (try? read.checkpoint.verify(log: log)) != nil,
        (try? CheckedBundle(checking: read)) != nil
      else { return nil }
      return read
    }
    #expect(holds(bytes) == bundle)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1 << random.below(8)
      guard var other = holds(changed) else { continue }
      // The question is not under the signature, and white space does not matter.
      other.question = bundle.question
      #expect(other == bundle, "byte \(place)")
    }
    for _ in 0..<testRounds(500) {
      var changed = bytes
      for _ in 0..<1 + random.below(3) { damage(&changed, &random) }
      guard var other = holds(changed) else { continue }
      other.question = bundle.question
      #expect(other == bundle)
    }
  }

  @Test func `that is malformed is refused with the place`() throws {
    let text = String(decoding: Self.json(try SampleLog().bundle(.stream(5))), as: UTF8.self)
    let bad = [
      (
        "\"workledger-evidence@v1\"", "\"workledger-evidence@v2\"",
        "$.format: 'workledger-evidence@v1' must stand"
      ),
      (
        "{\"kind\":\"stream\",\"stream\":5}", "{\"kind\":\"all\"}",
        "$.completeness.kind: 'all' must be one of"
      ),
      ("{\"kind\":\"stream\",\"stream\":5}", "{\"kind\":\"stream\"}", "$.completeness: 'stream' is missing"),
      ("\"position\":5", "\"position\":0", "$.records[0].position: a number from 1 to 281474976710655"),
      ("\"number\":1", "\"number\":4294967296", "$.names[0].number: a number from 1 to 4294967295"),
      ("\"record\":\"AQE", "\"record\":\"?QE", "$.records[0].record: up to 65535 bytes in base64"),
      ("\"name\":\"ada\",", "", "$.names[0]: 'salt' and 'name' must both be there"),
      ("\"name\":\"ada\"", "\"name\":\"\"", "$.names[0].name: a name has 1 to 256 bytes"),
      ("\"question\"", "\"asked\"", "$: 'question' is missing"),
      ("{\"format\"", "{\"more\":1,\"format\"", "$.more: there is no such key here"),
      ("example.com/ledger\\n", "", "$.checkpoint: checkpoint"),
    ]
    for (old, new, reason) in bad {
      let changed = text.replacing(old, with: new, maxReplacements: 1)
      let error = #expect(throws: FormatError.self) { try EvidenceBundle(json: Array(changed.utf8)) }
      #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    }
  }

  private static func json(_ bundle: EvidenceBundle) -> [UInt8] {
    var json = JSONWriter()
    bundle.write(to: &json)
    return json.bytes
  }
}
