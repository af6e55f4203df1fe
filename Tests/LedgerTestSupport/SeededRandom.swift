import Glibc

/// Random numbers that a seed gives back: SplitMix64 (Steele, Lea, Flood, 2014).
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The generator of a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// A number from 0 up to, but not with, `bound`.
  public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// True once in `n`.
  public mutating func oneIn(_ n: Int) -> Bool { below(n) == 0 }

  /// One of the elements.
  public mutating func pick<T>(_ elements: [T]) -> T { elements[below(elements.count)] }

  /// Any of the bytes from 0 to 255, `count` times.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}

/// The seed of a test: `WORKLEDGER_TEST_SEED` where it is set, else a new one. It is printed, so that a run
/// that failed can be had again.
public func testSeed(_ test: String = #function) -> UInt64 {
  let seed: UInt64
  if let text = getenv("WORKLEDGER_TEST_SEED"), let given = UInt64(String(cString: text)) {
    seed = given
  } else {
    var random = SystemRandomNumberGenerator()
    seed = random.next() >> 16
  }
  print("WORKLEDGER_TEST_SEED=\(seed) for \(test)")
  return seed
}

/// How much longer than usual the random tests go on: `WORKLEDGER_TEST_ROUNDS`, 1 where it is not set.
public func testRounds(_ usual: Int) -> Int {
  guard let text = getenv("WORKLEDGER_TEST_ROUNDS"), let factor = Int(String(cString: text)) else {
    return usual
  }
  return usual * max(1, factor)
}
