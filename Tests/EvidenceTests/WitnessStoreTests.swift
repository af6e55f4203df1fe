import Evidence
import LedgerTestSupport
import Testing

struct `A witness's store` {
  /// A store of two logs.
  private static func store() throws -> WitnessStore {
    var store = WitnessStore(witness: try Golden.witness().verifier)
    let name = try #require(KeyName("a.example"))
    let other = try #require(
      SignerKey(name: name, algorithm: .ed25519, seed: [UInt8](repeating: 3, count: 32)))
    store.set(WitnessRecord(checkpoint: try Golden.signed(4), time: Golden.time))
    store.set(
      WitnessRecord(checkpoint: try SignedCheckpoint(try Golden.head(), signedBy: other), time: Golden.time))
    store.set(WitnessRecord(checkpoint: try Golden.signed(8), time: Golden.time + 1))
    return store
  }

  @Test func `keeps the last checkpoint of each log`() throws {
    let store = try Self.store()
    #expect(store.all.map(\.log.text) == ["a.example", "example.com/ledger"])
    #expect(store["example.com/ledger"]?.head == (try Golden.head()))
    #expect(store["example.com/other"] == nil && store["no name"] == nil)
    let read = try WitnessStore(parsing: store.bytes)
    #expect(read.bytes == store.bytes)
    #expect(read.witness.description == Golden.witnessKey)
    #expect(read["example.com/ledger"]?.time == Golden.time + 1)
    let empty = WitnessStore(witness: read.witness)
    #expect(try WitnessStore(parsing: empty.bytes).all.isEmpty)
  }

  @Test func `is refused with any byte changed`() throws {
    let bytes = try Self.store().bytes
    mutations(bytes) { changed, place in
      #expect(throws: FormatError.self, "byte \(place)") { try WitnessStore(parsing: changed) }
    }
    for count in 0..<bytes.count {
      #expect(throws: FormatError.self) { try WitnessStore(parsing: Array(bytes[..<count])) }
    }
  }

  @Test func `whose sum is right says the line that is not`() throws {
    let key = Golden.witnessKey
    let note = Base64.encode(try Golden.signed(4).bytes)
    let bad: [(String, Int)] = [
      ("other\nwitness \(key)\n", 1), ("workledger-witness@v1\nkey \(key)\n", 1),
      ("workledger-witness@v1\nwitness x\n", 2), ("workledger-witness@v1\nwitness \(key)\nlog 1\n", 3),
      ("workledger-witness@v1\nwitness \(key)\nlog x \(note)\n", 3),
      ("workledger-witness@v1\nwitness \(key)\nlog 1 \(note)\nlog 2 \(note)\n", 4),
      ("workledger-witness@v1\nwitness \(key)\nlog 1 bm8=\n", 3),
    ]
    for (text, line) in bad {
      let sum = MerkleHash.plain(Array(text.utf8)).hex
      let error = #expect(throws: FormatError.self, "\(text)") {
        try WitnessStore(parsing: Array("\(text)sum \(sum)\n".utf8))
      }
      #expect(error?.line == line, "\(String(describing: error))")
    }
  }
}
