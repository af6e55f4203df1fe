/// Logarithm and exponential from additions, multiplications and divisions alone.
///
/// IEEE 754 fixes those to the last bit and leaves `log` and `exp` to each C library, so a history that used
/// the library's would change with it. Right to about 1e-15, which is more than durations need.
enum Curves {
  private static let ln2 = 0.693_147_180_559_945_3

  /// e to the power of x, for |x| up to 700.
  static func exp(_ x: Double) -> Double {
    precondition(x > -700 && x < 700, "beyond what a history's curves need")
    let powers = (x / ln2).rounded()
    let rest = x - powers * ln2
    var sum = 1.0
    for term in stride(from: 14.0, through: 1.0, by: -1.0) { sum = 1 + rest / term * sum }
    return sum * Double(bitPattern: UInt64(1023 + Int(powers)) << 52)
  }

  /// The natural logarithm of a normal number above 0.
  static func log(_ x: Double) -> Double {
    precondition(x > 0 && x.isNormal, "there is no logarithm")
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 1.414_213_562_373_095 {
      mantissa /= 2
      exponent += 1
    }
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var sum = 0.0
    for odd in stride(from: 21.0, through: 1.0, by: -2.0) { sum = 1 / odd + square * sum }
    return exponent * ln2 + 2 * s * sum
  }

  /// The standard normal quantile (Acklam's rational approximation, relative error below 1.2e-9).
  static func normalQuantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "a quantile is of a probability")
    if p > 0.5 { return -normalQuantile(1 - p) }
    if p < 0.024_25 {
      let q = (-2 * log(p)).squareRoot()
      let top = polynomial(
        q,
        [
          -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838, -2.549732539343734,
          4.374664141464968, 2.938163982698783,
        ])
      return top
        / polynomial(
          q,
          [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416, 1])
    }
    let q = p - 0.5
    let r = q * q
    let top = polynomial(
      r,
      [
        -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
        -3.066479806614716e+01, 2.506628277459239,
      ])
    return q * top
      / polynomial(
        r,
        [
          -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
          -1.328068155288572e+01, 1,
        ])
  }

  private static func polynomial(_ x: Double, _ coefficients: [Double]) -> Double {
    coefficients.reduce(0) { $0 * x + $1 }
  }
}

/// Draws durations: exponential gaps and log-normal waits, which is how queues and run times of clusters look.
struct Durations: Sendable {
  /// Quantiles of the normal distribution at the middle of 4,096 equal slices.
  private let quantiles: [Double]

  init() {
    quantiles = (0..<4096).map { Curves.normalQuantile((Double($0) + 0.5) / 4096) }
  }

  /// A log-normal duration in microseconds, whole milliseconds, at most `limit` seconds.
  func logNormal(
    median seconds: Double, sigma: Double, limit: Double = 5_184_000, _ random: inout Random
  ) -> Int64 {
    let z = quantiles[Int(truncatingIfNeeded: random.next() >> 52)]
    let drawn = seconds * Curves.exp(sigma * z)
    return Int64(min(drawn, limit) * 1000) * 1000
  }

  /// The gap to the next of events that come `perSecond`, in microseconds, whole milliseconds.
  func gap(perSecond rate: Double, _ random: inout Random) -> Int64 {
    Int64(min(-Curves.log(1 - random.unit()) / rate, 31_536_000) * 1000) * 1000
  }
}
