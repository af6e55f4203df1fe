import Evidence
import LedgerTestSupport
import Testing

struct `A key` {
  private static let neumann = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

  @Test(arguments: [
    neumann, "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", Golden.logKey, Golden.witnessKey,
  ])
  func `is read and written as it is`(text: String) throws {
    #expect(try VerifierKey(parsing: text).description == text)
  }

  @Test func `has the public half of its seed`() throws {
    let signer = try SignerKey(
      parsing: "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
    #expect(signer.verifier.description == Self.neumann)
    let root = try #require(KeyName("EnochRoot"))
    let zeros = [UInt8](repeating: 0, count: 32)
    let made = try #require(SignerKey(name: root, algorithm: .ed25519, seed: zeros))
    #expect(made.verifier.description == "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")
    #expect(try Golden.logSigner().verifier.description == Golden.logKey)
    #expect(try Golden.logSigner().secretText == Golden.logSecret)
    #expect(try Golden.witness().verifier.description == Golden.witnessKey)
    #expect(try SignerKey(parsing: Golden.witness().secretText).verifier.description == Golden.witnessKey)
    #expect(SignerKey(name: root, algorithm: .ed25519, seed: Array(zeros.dropLast())) == nil)
  }

  @Test func `is refused with another length, another algorithm or any byte changed`() throws {
    let bad = [
      "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==": "its key must be base64",
      "a+00000000+" + Base64.encode([1] + [UInt8](repeating: 0, count: 33)): "it has 33 bytes of key",
      "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW": "its algorithm is 101",
      "": "it must be NAME+ID+KEY",
      "a b+00000000+AQ==": "its name must have",
      "a+0000000G+AQ==": "its ID must be",
      Self.neumann.replacing("c74f20a3", with: "C74F20A3"): "its ID must be",
    ]
    for (text, reason) in bad {
      let error = #expect(throws: FormatError.self) { try VerifierKey(parsing: text) }
      #expect(error?.reason.hasPrefix(reason) == true, "\(String(describing: error))")
    }
    let bytes = Array(Self.neumann.utf8)
    for start in bytes.indices {
      for end in start...bytes.count where end - start < bytes.count {
        let part = String(decoding: bytes[start..<end], as: UTF8.self)
        #expect(throws: FormatError.self) { try VerifierKey(parsing: part) }
      }
      var changed = bytes
      changed[start] += 1
      #expect(throws: FormatError.self) { try VerifierKey(parsing: String(decoding: changed, as: UTF8.self)) }
    }
    mutations(Array(Golden.logSecret.utf8)) { changed, _ in
      #expect(throws: FormatError.self) { try SignerKey(parsing: String(decoding: changed, as: UTF8.self)) }
    }
  }

  @Test func `has a name without white space and plus`() {
    for name in ["example.com/ledger", "ünïcode", "a"] { #expect(KeyName(name)?.text == name) }
    let bad = [
      "", "a b", "a+b", "a\u{A0}b", "a\u{2003}b", "a\n", "\u{1}", String(repeating: "a", count: 256),
    ]
    for name in bad { #expect(KeyName(name) == nil, "\(name)") }
    #expect(KeyName("é") != KeyName("e\u{301}"), "names are bytes")
  }
}

struct `A signed note` {
  private static let text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  private static let neumann =
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
  private static let root =
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

  private static func keys() throws -> (neumann: VerifierKey, root: VerifierKey) {
    (
      try VerifierKey(parsing: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
      try VerifierKey(parsing: "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")
    )
  }

  private static func note(_ text: String) throws(FormatError) -> SignedNote {
    try SignedNote(parsing: Array(text.utf8))
  }

  @Test func `is verified with the keys of the vectors`() throws {
    let (neumann, root) = try Self.keys()
    let note = try Self.note(Self.text + "\n" + Self.neumann + Self.root)
    #expect(String(decoding: note.bytes, as: UTF8.self) == Self.text + "\n" + Self.neumann + Self.root)
    #expect(try note.verify(with: [neumann]).map(\.key) == [neumann])
    #expect(try note.verify(with: [root, neumann]).map(\.key) == [neumann, root])
    let foo = try VerifierKey(
      parsing: "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    let example = try Self.note(
      """
      This is an example message.

      — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

      """)
    #expect(try example.verify(with: [foo]).map(\.key) == [foo])
    #expect(throws: NoteFlaw.noKnownKey(expected: [foo.name])) { try note.verify(with: [foo]) }
    #expect(throws: NoteFlaw.noKnownKey(expected: [])) { try note.verify(with: []) }
  }

  @Test func `is spoiled by one known signature that does not hold`() throws {
    let (neumann, root) = try Self.keys()
    let wrong = Self.root.replacing("Wd1RvMc+QQ", with: "Wd1RvMc+QA")
    let note = try Self.note(Self.text + "\n" + Self.neumann + wrong)
    #expect(throws: NoteFlaw.wrongSignature(by: root.name)) { try note.verify(with: [neumann, root]) }
    #expect(try note.verify(with: [neumann]).count == 1, "an unknown one is ignored")
    let twin = VerifierKey(name: neumann.name, algorithm: .ed25519, publicKey: root.publicKey)
    #expect(try note.verify(with: [neumann, twin, neumann]).count == 1, "its ID is another")
  }

  @Test func `has its text before the last blank line`() throws {
    let note = try Self.note("a\n\nb\n\n" + Self.root)
    #expect(note.text == Array("a\n\nb\n".utf8))
    #expect(note.signatures.count == 1)
  }

  @Test func `that is malformed is refused with the line`() throws {
    let bad: [(String, Int)] = [
      ("", 0), ("\n", 0), ("text\n", 0), ("text\n\n", 3), (Self.text + Self.root, 0),
      ("text\n\n" + Self.root.dropLast(), 3), ("text\n\nnot a signature\n", 3),
      ("text\n\n" + Self.root + "more\n", 4), ("te\rxt\n\n" + Self.root, 1), ("a\nb\u{0}\n\n" + Self.root, 2),
      ("text\n\n" + Self.root.replacing("EnochRoot", with: "Enoch+Root"), 3),
      ("text\n\n" + Self.root.replacing("EnochRoot", with: "Enoch Root"), 3),
      ("text\n\n" + Self.root.replacing("—", with: "-"), 3), ("text\n\n— EnochRoot rwz+eA==\n", 3),
      ("text\n\n— EnochRoot \n", 3), ("text\n\n" + Self.root.replacing("QQ=", with: "QR="), 3),
    ]
    for (text, line) in bad {
      let error = #expect(throws: FormatError.self, "\(text)") { try Self.note(text) }
      #expect(error?.line == line, "\(text): \(String(describing: error))")
    }
    #expect(throws: FormatError("note", "it is not UTF-8")) {
      try SignedNote(parsing: [0xC3, 0x28, 10, 10] + Array(Self.root.utf8))
    }
  }

  @Test func `has 1 to 100 signatures and a million bytes`() throws {
    #expect(try Self.note("text\n\n" + String(repeating: Self.root, count: 100)).signatures.count == 100)
    #expect(throws: FormatError.self) {
      try Self.note("text\n\n" + String(repeating: Self.root, count: 101))
    }
    let long = String(repeating: "a", count: SignedNote.maxBytes - 2 - Self.root.utf8.count)
    #expect(try Self.note(long + "\n\n" + Self.root).signatures.count == 1)
    #expect(throws: FormatError.self) { try Self.note("a" + long + "\n\n" + Self.root) }
  }

  @Test func `never stops a parser, and what is read prints as it was`() throws {
    var random = SeededRandom(seed: testSeed())
    let valid = Array((Self.text + "\n" + Self.neumann + Self.root).utf8)
    var read = 0
    for _ in 0..<testRounds(3000) {
      var bytes = valid
      for _ in 0..<1 + random.below(4) { damage(&bytes, &random) }
      guard let note = try? SignedNote(parsing: bytes) else { continue }
      #expect(note.bytes == bytes)
      read += 1
    }
    #expect(read > 0, "some damage leaves a note")
  }
}

/// Changes, removes, repeats or moves some bytes.
func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
  guard !bytes.isEmpty else { return }
  let place = random.below(bytes.count)
  switch random.below(5) {
  case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
  case 1: bytes.remove(at: place)
  case 2: bytes.insert(random.pick([10, 32, 43, 61, 48, 0, 255]), at: place)
  case 3: bytes.removeSubrange(place..<min(bytes.count, place + random.below(40)))
  default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(40))], at: place)
  }
}
