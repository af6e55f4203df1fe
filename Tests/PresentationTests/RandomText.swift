/// Reproducible random numbers (SplitMix64); a failing test prints its seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// A text of what breaks writers: quotes, controls, commas, wide, combining and turned-around characters.
  mutating func text(upTo count: Int = 24) -> String {
    let pieces = [
      "a", "Z", "0", " ", ",", ";", "\"", "\\", "/", "\n", "\r\n", "\t", "\u{0}", "\u{7}", "\u{1B}[31m",
      "\u{7F}",
      "\u{85}", "é", "e\u{301}", "\u{200D}", "\u{202E}", "\u{2028}", "表", "한", "👩‍🚀", "🇫🇮", "☃\u{FE0F}", "=1+1",
      "\u{1F600}", "ｗ", "𝄞",
    ]
    return (0..<Int.random(in: 0...count, using: &self)).map { _ in
      pieces.randomElement(using: &self) ?? ""
    }.joined()
  }
}
