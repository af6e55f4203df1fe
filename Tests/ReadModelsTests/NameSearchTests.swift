import LedgerTestSupport
import ReadModels
import Testing

struct `A folded name` {
  @Test(arguments: [
    ("Straße", "STRASSE"), ("STRAẞE", "straße"), ("İzmir", "i̇zmir"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("ﬁne", "FINE"),
    ("Ǆ", "ǆ"), ("ǅ", "ǆ"), ("Ω", "ω"), ("K", "k"), ("ŉ", "ʼN"), ("ᾳ", "ᾼ"), ("ꭰ", "Ꭰ"), ("ſ", "S"),
    ("µ", "Μ"),
    ("e\u{301}", "É"), ("a\u{308}\u{323}", "Ạ\u{308}"), ("\u{1100}\u{1161}", "가"), ("Å", "å"), ("ΐ", "ΐ"),
  ])
  func `is the same for names that differ by case or composition only`(_ one: String, _ other: String) {
    #expect(FoldedName.fold(one) == FoldedName.fold(other))
    #expect(Array(FoldedName.fold(one).utf8) == Array(FoldedName.fold(other).utf8))
  }

  private static let scalars = (UInt32(1)...0x2FFFF).compactMap(Unicode.Scalar.init)

  @Test func `stays as it is when it is folded again, for every character there is`() {
    for scalar in Self.scalars {
      let once = FoldedName.fold(String(scalar))
      if Array(FoldedName.fold(once).utf8) != Array(once.utf8) {
        Issue.record("U+\(String(scalar.value, radix: 16))")
      }
      if once.utf8.count > 3 * String(scalar).utf8.count {
        Issue.record("\(scalar.value) grows more than threefold")
      }
    }
  }

  @Test func `does not tell a character from its upper or lower case`() {
    for scalar in Self.scalars where scalar.properties.changesWhenCaseMapped {
      let folded = Array(FoldedName.fold(String(scalar)).utf8)
      for other in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
        if Array(FoldedName.fold(other).utf8) != folded {
          Issue.record("U+\(String(scalar.value, radix: 16)) \(other)")
        }
      }
    }
  }

  @Test func `does not tell a letter with its accent from the two typed one after the other`() {
    var composed: [String: Unicode.Scalar] = [:]
    for scalar in Self.scalars where scalar.value < 0x2000 { composed[String(scalar)] = scalar }
    var found = 0
    for base in Self.scalars where base.value < 0x500 && base.properties.isAlphabetic {
      for mark in (UInt32(0x300)...0x345).compactMap(Unicode.Scalar.init) {
        var text = String.UnicodeScalarView([base])
        text.append(mark)
        guard let scalar = composed[String(text)] else { continue }
        found += 1
        if Array(FoldedName.fold(String(text)).utf8) != Array(FoldedName.fold(String(scalar)).utf8) {
          Issue.record("U+\(String(scalar.value, radix: 16))")
        }
      }
    }
    #expect(found > 400)
  }

  @Test func `of ASCII takes the short way to the same bytes`() {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<2000 {
      let name = String((0..<random.below(30)).map { _ in random.pick(Array("aZ-_ 09éßΣ")) })
      var bytes: [UInt8] = [7]
      FoldedName.append(Array(name.utf8).span, to: &bytes)
      #expect(bytes == [7] + Array(FoldedName.fold(name).utf8))
    }
  }
}

struct `A needle` {
  private func naive(_ text: [UInt8], _ part: [UInt8], from start: Int) -> Int? {
    guard start + part.count <= text.count else { return nil }
    return (start...text.count - part.count).first { place in
      part.indices.allSatisfy { text[place + $0] == part[$0] }
    }
  }

  @Test func `is found at the same place as by looking everywhere`() {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(4000) {
      let letters: [Character] = random.oneIn(2) ? Array("ab") : Array("abcdeßéσ漢 ")
      let text = String((0..<1 + random.below(random.oneIn(4) ? 50 : 4)).map { _ in random.pick(letters) })
      var bytes = Array(
        FoldedName.fold(String((0..<random.below(300)).map { _ in random.pick(letters) })).utf8)
      let folded = Array(FoldedName.fold(text).utf8)
      if random.oneIn(2) { bytes.insert(contentsOf: folded, at: random.below(bytes.count + 1)) }
      guard let needle = Needle(text) else {
        Issue.record("\(text) is nothing to look for")
        continue
      }
      var start = random.below(bytes.count + 2)
      while true {
        let found = needle.find(in: bytes.span.bytes, from: start)
        #expect(found == naive(bytes, folded, from: start))
        guard let found else { break }
        start = found + 1
      }
      let (one, other) = (random.below(bytes.count + 1), random.below(bytes.count + 1))
      let part = min(one, other)..<max(one, other)
      #expect(
        needle.isFound(in: bytes.span.bytes, part) == (naive(Array(bytes[part]), folded, from: 0) != nil))
    }
  }

  @Test func `that is empty is none`() {
    let isNone = Needle("") == nil
    #expect(isNone)
  }
}
