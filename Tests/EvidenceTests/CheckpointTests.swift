import Evidence
import LedgerTestSupport
import Testing

struct `A checkpoint` {
  @Test func `and its cosignature are those of the worked example, byte for byte`() throws {
    var signed = try SignedCheckpoint(try Golden.head(), signedBy: try Golden.logSigner())
    #expect(String(decoding: signed.bytes, as: UTF8.self) == Golden.checkpoint)
    let cosignature = try signed.note.cosignature(by: try Golden.witness(), at: Golden.time)
    #expect(cosignature.line == Golden.cosignature)
    signed.add(cosignature)
    signed.add(cosignature)
    #expect(String(decoding: signed.bytes, as: UTF8.self) == Golden.checkpoint + Golden.cosignature)
    let log = try VerifierKey(parsing: Golden.logKey)
    let witness = try VerifierKey(parsing: Golden.witnessKey)
    try signed.verify(log: log)
    #expect(try signed.note.verify(with: [log, witness]).map(\.time) == [nil, Golden.time])
  }

  @Test func `is read and written as it is`() throws {
    for text in [
      "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
      "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension one\nü 2\n",
      "a\n18446744073709551615\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
    ] {
      #expect(try Checkpoint(parsing: Array(text.utf8)).text == Array(text.utf8))
    }
  }

  @Test func `that is malformed is refused with the line`() {
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    let bad: [(String, Int)] = [
      ("", 0), ("a\n1\n", 0), ("a\n1\n\(root)", 3), ("\n1\n\(root)\n", 1), ("a\n-1\n\(root)\n", 2),
      ("a\n01\n\(root)\n", 2), ("a\n\n\(root)\n", 2), ("a\n18446744073709551616\n\(root)\n", 2),
      ("a\n99999999999999999999\n\(root)\n", 2), ("a\n1x\n\(root)\n", 2), ("a\n1\n\(root.dropLast())\n", 3),
      ("a\n1\n\(root)=\n", 3), ("a\n1\nbm90IDMyIGJ5dGVz\n", 3), ("a\n1\n\(root)\n\nb\n", 4),
      ("a\n1\n\(root)\n\n", 4),
    ]
    for (text, line) in bad {
      let error = #expect(throws: FormatError.self, "\(text)") { try Checkpoint(parsing: Array(text.utf8)) }
      #expect(error?.line == line, "\(text): \(String(describing: error))")
    }
  }

  @Test func `with any byte changed does not verify`() throws {
    let log = try VerifierKey(parsing: Golden.logKey)
    let witness = try VerifierKey(parsing: Golden.witnessKey)
    let bytes = Array((Golden.checkpoint + Golden.cosignature).utf8)
    mutations(bytes) { changed, place in
      let signed = try? SignedCheckpoint(parsing: changed)
      let isWhole: Bool
      do {
        try signed?.verify(log: log)
        isWhole = try signed?.note.verify(with: [log, witness]).count == 2
      } catch {
        isWhole = false
      }
      #expect(!isWhole, "byte \(place)")
    }
  }

  @Test func `of another log, or signed by another key, is told apart`() throws {
    let signed = try Golden.signed(8)
    let other = try #require(KeyName("example.com/other"))
    let key = try Golden.logSigner().verifier
    let named = VerifierKey(name: other, algorithm: .ed25519, publicKey: key.publicKey)
    #expect(throws: NoteFlaw.wrongOrigin("example.com/ledger", key: other)) { try signed.verify(log: named) }
    let twin = VerifierKey(name: key.name, algorithm: .ed25519, publicKey: MerkleHash.empty)
    #expect(throws: NoteFlaw.noKnownKey(expected: [key.name])) { try signed.verify(log: twin) }
  }
}

struct `A log proof` {
  private static func proof(extra: [UInt8]? = nil) throws -> LogProof {
    let plan = try #require(ProofPlan.inclusion(of: 5, in: 8))
    let hashes = plan.proof { subtreeRoot($0, Golden.leafHashes) }
    return LogProof(extra: extra, index: 5, hashes: hashes, checkpoint: try Golden.signed(8))
  }

  @Test func `is written as the specification says, and read again`() throws {
    let proof = try Self.proof()
    let text = """
      c2sp.org/tlog-proof@v1
      index 5
      vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=
      yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=
      037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=


      """
    #expect(String(decoding: proof.bytes, as: UTF8.self) == text + Golden.checkpoint)
    #expect(try LogProof(parsing: proof.bytes) == proof)
    let single = LogProof(index: 0, hashes: [], checkpoint: try Golden.signed(1))
    let checkpoint = String(decoding: try Golden.signed(1).bytes, as: UTF8.self)
    #expect(
      String(decoding: single.bytes, as: UTF8.self) == "c2sp.org/tlog-proof@v1\nindex 0\n\n" + checkpoint)
    try single.check(entry: TreeVectors.leaves[0])
    let more = try Self.proof(extra: Array("what else".utf8))
    #expect(String(decoding: more.bytes, as: UTF8.self).contains("\nextra d2hhdCBlbHNl\nindex 5\n"))
    #expect(try LogProof(parsing: more.bytes) == more)
  }

  @Test func `holds for its entry only`() throws {
    let proof = try Self.proof()
    try proof.check(entry: TreeVectors.leaves[5])
    #expect(throws: ProofFlaw.wrongRoot) { try proof.check(entry: TreeVectors.leaves[4]) }
  }

  @Test func `with any byte changed does not hold`() throws {
    let log = try Golden.logSigner().verifier
    try mutations(try Self.proof().bytes) { changed, place in
      do {
        let proof = try LogProof(parsing: changed)
        try proof.checkpoint.verify(log: log)
        try proof.check(entry: TreeVectors.leaves[5])
        Issue.record("byte \(place) does not matter")
      } catch is FormatError {} catch is NoteFlaw {} catch is ProofFlaw {}
    }
  }

  @Test func `that is malformed is refused with the line`() throws {
    let checkpoint = Golden.checkpoint
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    let mark = LogProof.mark
    let bad: [(String, Int)] = [
      ("", 1), ("\(mark)\n", 2), ("c2sp.org/tlog-proof@v2\nindex 0\n\n\(checkpoint)", 1),
      ("\(mark)\n\n\(checkpoint)", 2), ("\(mark)\nindex 01\n\n\(checkpoint)", 2),
      ("\(mark)\nindex -1\n\n\(checkpoint)", 2), ("\(mark)\nextra ?\nindex 0\n\n\(checkpoint)", 2),
      ("\(mark)\nextra \n\n\(checkpoint)", 3), ("\(mark)\nindex 0\nhash\n\n\(checkpoint)", 3),
      ("\(mark)\nindex 0\n" + String(repeating: hash, count: 65) + "\n\(checkpoint)", 67),
      ("\(mark)\nindex 0\n\n" + checkpoint.replacing("\n8\n", with: "\n08\n"), 5),
      ("\(mark)\nindex 0\n\n", 4),
    ]
    for (text, line) in bad {
      let error = #expect(throws: FormatError.self, "\(text)") { try LogProof(parsing: Array(text.utf8)) }
      #expect(error?.line == line, "\(text): \(String(describing: error))")
    }
  }

  @Test func `never stops a parser, and what is read prints as it was`() throws {
    var random = SeededRandom(seed: testSeed())
    let proof = try Self.proof(extra: [1, 2, 3]).bytes
    let request = WitnessRequest(oldSize: 4, proof: [MerkleHash.empty], checkpoint: try Golden.signed(8))
      .bytes
    for _ in 0..<testRounds(3000) {
      var bytes = random.oneIn(2) ? proof : request
      for _ in 0..<1 + random.below(4) { damage(&bytes, &random) }
      if let read = try? LogProof(parsing: bytes) { #expect(read.bytes == bytes) }
      if let read = try? WitnessRequest(parsing: bytes) { #expect(read.bytes == bytes) }
      if let read = try? Checkpoint(parsing: bytes) { #expect(read.text == bytes) }
    }
  }
}
