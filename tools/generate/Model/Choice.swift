/// A weighted choice in constant time: Vose's alias method, with one random number a draw.
struct Choice: Sendable {
  /// Of each place: below this of 2^32 the place itself is chosen, else its alias.
  private var thresholds: [UInt64]
  private var aliases: [Int]

  /// The choice of 0 up to `weights.count`, each as likely as its weight.
  init(_ weights: [Double]) {
    let total = weights.reduce(0, +)
    precondition(!weights.isEmpty && total > 0, "a choice needs something to choose from")
    let count = weights.count
    var scaled = weights.map { $0 / total * Double(count) }
    thresholds = Array(repeating: 1 << 32, count: count)
    aliases = Array(0..<count)
    var small = scaled.indices.filter { scaled[$0] < 1 }
    var large = scaled.indices.filter { scaled[$0] >= 1 }
    while let low = small.popLast(), let high = large.last {
      thresholds[low] = UInt64(scaled[low] * 0x1p32)
      aliases[low] = high
      scaled[high] -= 1 - scaled[low]
      if scaled[high] < 1 {
        large.removeLast()
        small.append(high)
      }
    }
  }

  /// Rank k (from 0) with weight 1 / (k + 1 + shift)^exponent: the law of Zipf and Mandelbrot.
  init(zipf count: Int, exponent: Double, shift: Double) {
    self.init((0..<count).map { Curves.exp(-exponent * Curves.log(Double($0) + 1 + shift)) })
  }

  /// A drawn place.
  func draw(_ random: inout Random) -> Int {
    let bits = random.next()
    let place = Int(truncatingIfNeeded: ((bits >> 32) * UInt64(aliases.count)) >> 32)
    return bits & 0xFFFF_FFFF < thresholds[place] ? place : aliases[place]
  }
}
