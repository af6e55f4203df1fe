import Evidence
import LedgerTestSupport
import Testing

struct `A witness` {
  private static func witness(quietLimit: UInt64? = nil) throws -> Witness {
    Witness(key: try Golden.witness(), logs: [try Golden.logSigner().verifier], quietLimit: quietLimit)
  }

  private static func request(from old: Int, to size: Int, proof: [Digest]? = nil) throws -> WitnessRequest {
    let plan = try #require(ProofPlan.consistency(from: UInt64(old), to: UInt64(size)))
    let hashes = plan.proof { subtreeRoot($0, Golden.leafHashes) }
    return WitnessRequest(oldSize: UInt64(old), proof: proof ?? hashes, checkpoint: try Golden.signed(size))
  }

  private static func record(_ size: Int) throws -> WitnessRecord {
    WitnessRecord(checkpoint: try Golden.signed(size), time: Golden.time)
  }

  /// A log of the same name and key that has other records.
  private static func fork(_ size: Int) throws -> SignedCheckpoint {
    let root = MerkleHash.leaf(Array("another history of \(size)".utf8))
    return try SignedCheckpoint(TreeHead(size: UInt64(size), root: root), signedBy: try Golden.logSigner())
  }

  @Test func `cosigns a log that it sees first, and each that goes on from there`() throws {
    let witness = try Self.witness()
    var known: WitnessRecord?
    for (old, size) in [(0, 3), (3, 3), (3, 4), (4, 8)] {
      let time = Golden.time + UInt64(size)
      let answer = try witness.decide(try Self.request(from: old, to: size), known: known, at: time)
      var signed = try Golden.signed(size)
      #expect(answer.record == WitnessRecord(checkpoint: signed, time: time))
      signed.add(answer.cosignature)
      let verified = try signed.note.verify(with: [witness.key.verifier])
      #expect(verified.map(\.key) == [witness.key.verifier] && verified.map(\.time) == [time])
      known = answer.record
    }
    let first = try witness.decide(try Self.request(from: 0, to: 8), known: nil, at: Golden.time)
    #expect(first.cosignature.line == Golden.cosignature)
    let empty = try witness.decide(try Self.request(from: 0, to: 0), known: nil, at: Golden.time)
    #expect(
      try witness.decide(try Self.request(from: 0, to: 5), known: empty.record, at: Golden.time).record.head
        .size == 5)
  }

  @Test func `refuses what the log can't have become`() throws {
    let witness = try Self.witness()
    let known = try Self.record(4)
    let four = try Golden.head()
    func refusal(_ request: WitnessRequest, _ record: WitnessRecord?, at time: UInt64 = Golden.time)
      -> WitnessRefusal?
    {
      #expect(throws: WitnessRefusal.self) { try witness.decide(request, known: record, at: time) }
    }
    let forked = WitnessRequest(oldSize: 4, proof: [], checkpoint: try Self.fork(4))
    #expect(
      refusal(forked, known)
        == .forked(
          size: 4, known: known.head.root, shown: forked.checkpoint.checkpoint.head.root, since: Golden.time))
    #expect(
      refusal(try Self.request(from: 3, to: 3), known) == .shrank(known: 4, shown: 3, since: Golden.time))
    #expect(refusal(try Self.request(from: 3, to: 8), known) == .outOfDate(old: 3, known: 4))
    #expect(refusal(try Self.request(from: 0, to: 8), known) == .outOfDate(old: 0, known: 4))
    #expect(refusal(try Self.request(from: 4, to: 8), nil) == .outOfDate(old: 4, known: 0))
    let backwards = WitnessRequest(oldSize: 9, proof: [], checkpoint: try Golden.signed(8))
    #expect(refusal(backwards, known) == .oldSizeTooLarge(old: 9, size: 8))
    let other = WitnessRequest(
      oldSize: 4, proof: try Self.request(from: 4, to: 8).proof, checkpoint: try Self.fork(8))
    #expect(refusal(other, known) == .notConsistent(known: 4, shown: 8, .wrongRoot))
    let bare = try Self.request(from: 4, to: 8, proof: [])
    #expect(refusal(bare, known) == .notConsistent(known: 4, shown: 8, .wrongLength(hashes: 0)))
    let much = try Self.request(from: 0, to: 8, proof: [four.root])
    #expect(refusal(much, nil) == .notConsistent(known: 0, shown: 8, .wrongLength(hashes: 1)))
    let hollow = WitnessRequest(oldSize: 0, proof: [], checkpoint: try Self.fork(0))
    #expect(refusal(hollow, nil) == .notConsistent(known: 0, shown: 0, .wrongRoot))
    #expect(
      refusal(try Self.request(from: 4, to: 8), known, at: Golden.time - 1)
        == .clockWentBack(last: Golden.time, now: Golden.time - 1))
  }

  @Test func `refuses logs and keys that it does not know`() throws {
    let stranger = Witness(key: try Golden.witness(), logs: [])
    let request = try Self.request(from: 0, to: 8)
    #expect(throws: WitnessRefusal.unknownLog("example.com/ledger")) {
      try stranger.decide(request, known: nil, at: Golden.time)
    }
    let key = try Golden.logSigner().verifier
    let twin = VerifierKey(name: key.name, algorithm: .ed25519, publicKey: MerkleHash.empty)
    let mistaken = Witness(key: try Golden.witness(), logs: [twin])
    #expect(throws: WitnessRefusal.wrongSignature(.noKnownKey(expected: [key.name]))) {
      try mistaken.decide(request, known: nil, at: Golden.time)
    }
  }

  @Test func `says when a log went quiet`() throws {
    let known = try Self.record(4)
    let request = try Self.request(from: 4, to: 8)
    let witness = try Self.witness(quietLimit: 3600)
    #expect(try witness.decide(request, known: known, at: Golden.time + 3600).record.head.size == 8)
    #expect(throws: WitnessRefusal.wentQuiet(since: Golden.time, seconds: 3601, limit: 3600)) {
      try witness.decide(request, known: known, at: Golden.time + 3601)
    }
    #expect(try Self.witness().decide(request, known: known, at: .max).record.time == .max)
  }

  @Test func `reads requests as the protocol writes them`() throws {
    let request = try Self.request(from: 4, to: 8)
    let text = String(decoding: request.bytes, as: UTF8.self)
    #expect(text.hasPrefix("old 4\n") && text.hasSuffix("\n\n" + Golden.checkpoint))
    #expect(try WitnessRequest(parsing: request.bytes) == request)
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    let bad: [(String, Int)] = [
      ("", 1), ("old\n\n", 1), ("old 04\n\n" + Golden.checkpoint, 1), ("size 4\n\n" + Golden.checkpoint, 1),
      ("old 4\nx\n\n" + Golden.checkpoint, 2),
      ("old 4\n" + String(repeating: hash, count: 64) + "\n" + Golden.checkpoint, 65),
    ]
    for (text, line) in bad {
      let error = #expect(throws: FormatError.self, "\(text)") {
        try WitnessRequest(parsing: Array(text.utf8))
      }
      #expect(error?.line == line, "\(text): \(String(describing: error))")
    }
  }

  @Test func `accepts no request with any byte changed`() throws {
    let witness = try Self.witness()
    let known = try Self.record(4)
    mutations(try Self.request(from: 4, to: 8).bytes) { changed, place in
      let request = try? WitnessRequest(parsing: changed)
      let answer = request.flatMap { try? witness.decide($0, known: known, at: Golden.time) }
      #expect(answer == nil, "byte \(place)")
    }
  }
}
