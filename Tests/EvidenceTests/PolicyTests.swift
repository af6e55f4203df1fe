import Evidence
import LedgerTestSupport
import Testing

struct `A trust policy` {
  private static func policy(_ text: String) throws(FormatError) -> TrustPolicy {
    try TrustPolicy(parsing: Array(text.utf8))
  }

  /// Six witnesses, of which the first three and the last three form groups.
  private static func witnesses() throws -> [SignerKey] {
    try (1...6).map { try Golden.witness("w\($0).example", first: UInt8($0 * 16)) }
  }

  private static func text() throws -> String {
    let lines = try witnesses().enumerated().map {
      "witness W\($0.offset + 1) \($0.element.verifier) https://w.example"
    }
    return """
      # whom we trust
      log \(Golden.logKey)

      \(lines.joined(separator: "\n"))
      \tgroup X 2   W1 W2\tW3
      group Y any W4 W5 W6
      group both all X Y
      quorum both

      """
  }

  private static func checkpoint(cosignedBy numbers: [Int]) throws -> SignedCheckpoint {
    var signed = try Golden.signed(8)
    let witnesses = try witnesses()
    for number in numbers {
      signed.add(try signed.note.cosignature(by: witnesses[number - 1], at: Golden.time))
    }
    return signed
  }

  @Test(arguments: [
    ([1, 2, 4], true), ([1, 3, 6], true), ([1, 2, 3, 4, 5, 6], true), ([1, 4], false), ([1, 2, 3], false),
    ([4, 5, 6], false), ([], false), ([2, 2, 4], false),
  ])
  func `is met by a quorum of its groups`(cosigners: [Int], isMet: Bool) throws {
    let policy = try Self.policy(try Self.text())
    let signed = try Self.checkpoint(cosignedBy: cosigners)
    if isMet {
      let result = try policy.check(signed)
      #expect(result.log.description == Golden.logKey)
      #expect(result.cosignatures.map(\.key.name.text) == cosigners.map { "w\($0).example" })
      #expect(result.cosignatures.allSatisfy { $0.time == Golden.time })
    } else {
      let error = #expect(throws: PolicyFlaw.self) { try policy.check(signed) }
      guard case .noQuorum("both", let cosigned) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(cosigned.map(\.text) == Set(cosigners).sorted().map { "w\($0).example" })
    }
  }

  @Test func `needs the log's signature, and each that it knows must hold`() throws {
    let policy = try Self.policy(try Self.text())
    let none = try Self.policy("log \(Golden.logKey)\nquorum none\n")
    #expect(try none.check(Golden.signed(8)).cosignatures.isEmpty)
    let bare = try Self.policy("quorum none\n")
    #expect(throws: PolicyFlaw.unknownLog("example.com/ledger")) { try bare.check(Golden.signed(8)) }
    let log = try VerifierKey(parsing: Golden.logKey)
    #expect(try bare.check(Golden.signed(8), log: log).log == log)
    let signed = try Self.checkpoint(cosignedBy: [1, 2, 4])
    let lines = String(decoding: signed.bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let unsigned = lines.filter { !$0.contains("— example.com") }.joined(separator: "\n")
    let cosignedOnly = try SignedCheckpoint(parsing: Array(unsigned.utf8))
    #expect(throws: PolicyFlaw.signature(.noKnownKey(expected: [log.name]))) {
      try policy.check(cosignedOnly)
    }
    var bytes = signed.bytes
    bytes[bytes.count - 5] ^= 1
    if let changed = try? SignedCheckpoint(parsing: bytes) {
      #expect(throws: PolicyFlaw.self) { try policy.check(changed) }
    }
  }

  @Test func `takes a single witness as its quorum`() throws {
    let witness = try Self.witnesses()[2].verifier
    let policy = try Self.policy("witness w \(witness)\nlog \(Golden.logKey)\nquorum w\n")
    #expect(try policy.check(Self.checkpoint(cosignedBy: [3])).cosignatures.count == 1)
    #expect(throws: PolicyFlaw.noQuorum(quorum: "w", cosigned: [])) {
      try policy.check(Self.checkpoint(cosignedBy: [1]))
    }
  }

  @Test func `that is malformed is refused with the line`() throws {
    let key = Golden.witnessKey
    let bad: [(String, Int, String)] = [
      ("", 0, "there must be one line 'quorum"), ("quorum none", 1, "the last line"),
      ("quorum none\nquorum none\n", 2, "there must be one"), ("quorum w\n", 1, "'w' is no witness"),
      ("log\nquorum none\n", 1, "it must be: log"),
      ("log \(Golden.logKey) u v\nquorum none\n", 1, "it must be"),
      ("log nonsense\nquorum none\n", 1, "verifier key"),
      ("log \(Golden.logKey)\nlog \(Golden.logKey)\nquorum none\n", 2, "this public key stands there twice"),
      ("witness w \(Golden.logKey)\nquorum none\n", 1, "the key of a witness"),
      ("witness none \(key)\nquorum none\n", 1, "'none' can't"),
      ("witness w \(key)\ngroup w any w\nquorum none\n", 2, "'w' is the name of another"),
      ("witness w \(key)\ngroup g 2 w\nquorum g\n", 2, "'any', 'all' or a number from 1 to 1"),
      ("witness w \(key)\ngroup g 0 w\nquorum g\n", 2, "'any'"),
      ("group g any\nquorum g\n", 1, "it must be: group"),
      ("group g any w\nwitness w \(key)\nquorum g\n", 1, "'w' is no witness"),
      ("witness w \(key)\ngroup g any w w\nquorum g\n", 2, "'w' is a member of a group already"),
      ("witness w \(key)\ngroup g any w\ngroup h any w\nquorum g\n", 3, "'w' is a member of a group already"),
      ("group g any g\nquorum none\n", 1, "'g' is no witness"),
      ("logs x\nquorum none\n", 1, "log, witness, group"),
      ("quorum none\r\n", 1, "there is a control character"),
    ]
    for (text, line, reason) in bad {
      let error = #expect(throws: FormatError.self, "\(text)") { try Self.policy(text) }
      #expect(error?.line == line && error?.reason.hasPrefix(reason) == true, "\(String(describing: error))")
    }
  }

  @Test func `has names that are bytes`() throws {
    let witnesses = try Self.witnesses().map(\.verifier)
    let policy = try Self.policy(
      "witness K \(witnesses[0])\nwitness \u{212A} \(witnesses[1])\nquorum \u{212A}\n")
    #expect(policy.witnesses.count == 2)
    let text = try Self.text()
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(2000) {
      var bytes = Array(text.utf8)
      for _ in 0..<1 + random.below(4) { damage(&bytes, &random) }
      if let policy = try? TrustPolicy(parsing: bytes) { #expect(policy.witnesses.count <= 7) }
    }
  }
}
