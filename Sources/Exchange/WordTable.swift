/// Finds one of a few known words by one comparison: the multiplier of its hash is chosen so that no two of
/// the words share a place.
struct WordTable: Sendable {
  private struct Slot: BitwiseCopyable, Sendable {
    var word = Word()
    var value: UInt8 = 0
  }

  private var slots: [Slot] = []
  private var multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
  private static let bits: UInt64 = 7

  /// A table of words and what they stand for.
  init(_ words: [(text: String, value: UInt8)]) {
    while !fill(words) { multiplier = multiplier &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
  }

  private mutating func fill(_ words: [(text: String, value: UInt8)]) -> Bool {
    slots = Array(repeating: Slot(), count: 1 << Int(Self.bits))
    for (text, value) in words {
      let word = Word(text.utf8)
      let place = place(of: word)
      if slots[place].word != Word() { return false }
      slots[place] = Slot(word: word, value: value)
    }
    return true
  }

  @inline(__always)
  private func place(of word: Word) -> Int {
    Int(truncatingIfNeeded: (word.mix &* multiplier) >> (64 - Self.bits))
  }

  /// What the text at `start` stands for; nil where it is none of the words.
  @inline(__always)
  func find(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> UInt8? {
    guard count <= Word.limit, count > 0 else { return nil }
    let word = Word(text, start, count)
    let slot = slots[place(of: word)]
    return slot.word == word ? slot.value : nil
  }
}
