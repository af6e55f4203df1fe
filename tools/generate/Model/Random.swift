/// Random numbers that are the same for ever: xoshiro256** of Blackman and Vigna, seeded by SplitMix64.
///
/// The standard library's generators may change; a history that is made again from its seed must not.
public struct Random: Sendable, BitwiseCopyable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// The generator of a seed; any seed is good.
  public init(seed: UInt64) {
    var state = seed
    s0 = Self.splitMix(&state)
    s1 = Self.splitMix(&state)
    s2 = Self.splitMix(&state)
    s3 = Self.splitMix(&state)
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    let scrambled = s1 &* 5
    let result = (scrambled << 7 | scrambled >> 57) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = s3 << 45 | s3 >> 19
    return result
  }

  /// A number from 0 up to, but not with, 1.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// True in `probability` of the cases.
  public mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// A number from 0 up to, but not with, `bound`; Lemire's multiplication, whose bias of `bound` / 2^64
  /// does not matter here.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "a choice needs something to choose from")
    return Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
