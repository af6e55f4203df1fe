/// What a workload asks for. Each amount is 0 or more and at most `Resources.limit`.
public struct Resources: Hashable, Sendable, BitwiseCopyable {
  /// CPU in thousandths of a core.
  public var cpuMillicores: Int64
  /// Memory in bytes.
  public var memoryBytes: Int64
  /// GPU in thousandths of a device.
  public var gpuMilli: Int64

  /// A request; zero where nothing is asked for.
  public init(cpuMillicores: Int64 = 0, memoryBytes: Int64 = 0, gpuMilli: Int64 = 0) {
    self.cpuMillicores = cpuMillicores
    self.memoryBytes = memoryBytes
    self.gpuMilli = gpuMilli
  }

  /// The largest amount: 2^53 - 1, which JSON readers that use doubles still read exactly (RFC 8259 section 6).
  public static let limit: Int64 = 9_007_199_254_740_991

  /// Whether every amount is in range.
  public var isValid: Bool {
    (0...Self.limit).contains(cpuMillicores) && (0...Self.limit).contains(memoryBytes)
      && (0...Self.limit).contains(gpuMilli)
  }

  /// The sum; it wraps, so that taking away gives back what was before, whatever the amounts.
  public static func &+ (left: Resources, right: Resources) -> Resources {
    Resources(
      cpuMillicores: left.cpuMillicores &+ right.cpuMillicores,
      memoryBytes: left.memoryBytes &+ right.memoryBytes, gpuMilli: left.gpuMilli &+ right.gpuMilli)
  }

  /// The difference; it wraps, see `&+`.
  public static func &- (left: Resources, right: Resources) -> Resources {
    Resources(
      cpuMillicores: left.cpuMillicores &- right.cpuMillicores,
      memoryBytes: left.memoryBytes &- right.memoryBytes, gpuMilli: left.gpuMilli &- right.gpuMilli)
  }
}

/// The most that an owner may hold in a project; an amount that is not set is not limited.
public struct QuotaLimits: Hashable, Sendable {
  /// CPU in thousandths of a core.
  public var cpuMillicores: Int64?
  /// Memory in bytes.
  public var memoryBytes: Int64?
  /// GPU in thousandths of a device.
  public var gpuMilli: Int64?

  /// Limits; none where nil.
  public init(cpuMillicores: Int64? = nil, memoryBytes: Int64? = nil, gpuMilli: Int64? = nil) {
    self.cpuMillicores = cpuMillicores
    self.memoryBytes = memoryBytes
    self.gpuMilli = gpuMilli
  }

  /// The first amount by which `request`, on top of what is held, is too much.
  public func excess(of request: Resources, holding held: Resources) -> QuotaExcess? {
    excess(.cpu, request.cpuMillicores, held.cpuMillicores, cpuMillicores)
      ?? excess(.memory, request.memoryBytes, held.memoryBytes, memoryBytes)
      ?? excess(.gpu, request.gpuMilli, held.gpuMilli, gpuMilli)
  }

  private func excess(
    _ resource: QuotaExcess.Resource, _ request: Int64, _ held: Int64, _ limit: Int64?
  ) -> QuotaExcess? {
    guard let limit, request > 0 else { return nil }
    let (sum, overflow) = request.addingReportingOverflow(max(0, held))
    guard overflow || sum > limit else { return nil }
    return QuotaExcess(resource: resource, requested: request, held: max(0, held), limit: limit)
  }
}

/// By how much a request is over a quota, in the unit of the resource.
public struct QuotaExcess: Hashable, Sendable, BitwiseCopyable {
  /// Which of the three amounts.
  public enum Resource: UInt8, Sendable, BitwiseCopyable { case cpu, memory, gpu }
  /// Which amount is exceeded.
  public var resource: Resource
  /// What the workload asks for.
  public var requested: Int64
  /// What the owner holds already.
  public var held: Int64
  /// The most that the owner may hold.
  public var limit: Int64
}

// MARK: - Reading and writing amounts

/// Reads and writes amounts as people write them.
public enum Quantity {
  /// `2`, `0.5` or `500m`, in thousandths: CPU cores and GPU devices.
  public static func thousandths(_ text: String) -> Int64? {
    if text.hasSuffix("m") { return whole(text.dropLast()) }
    return scaled(text[...], 1000)
  }

  /// `1024`, `64Gi`, `1.5G`, `512MiB`, in bytes: powers of 1024 with `i`, of 1000 without.
  public static func bytes(_ text: String) -> Int64? {
    var number = text[...]
    if number.count > 1, number.last == "B" || number.last == "b" { number = number.dropLast() }
    var base: Int64 = 1000
    if number.last == "i" {
      base = 1024
      number = number.dropLast()
    }
    guard let unit = number.last else { return nil }
    guard let power = "KMGTP".firstIndex(of: Character(unit.uppercased())) else {
      return base == 1000 ? whole(number) : nil
    }
    var factor: Int64 = 1
    for _ in 0...("KMGTP".distance(from: "KMGTP".startIndex, to: power)) { factor *= base }
    return scaled(number.dropLast(), factor)
  }

  /// Thousandths as `2` or `0.5`.
  public static func text(thousandths value: Int64) -> String {
    if value % 1000 == 0 { return String(value / 1000) }
    var fraction = String(abs(value % 1000))
    fraction = String(repeating: "0", count: 3 - fraction.count) + fraction
    while fraction.last == "0" { fraction.removeLast() }
    return (value < 0 ? "-" : "") + "\(abs(value / 1000)).\(fraction)"
  }

  /// Bytes as `64Gi`, in the largest power of 1024 that divides them or with one decimal.
  public static func text(bytes value: Int64) -> String {
    guard value >= 1024 else { return String(value) }
    var unit = -1
    var whole = value
    var scale: Int64 = 1
    while whole >= 1024, unit < 4 {
      whole /= 1024
      scale *= 1024
      unit += 1
    }
    let name = ["Ki", "Mi", "Gi", "Ti", "Pi"][unit]
    let tenths = Int64((Double(value % scale) / Double(scale) * 10).rounded(.down))
    return value % scale == 0 || tenths == 0 ? "\(whole)\(name)" : "\(whole).\(tenths)\(name)"
  }

  private static func whole(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int64(text),
      value <= Resources.limit
    else { return nil }
    return value
  }

  /// A decimal number times a factor, exactly; nil where a part of a unit is left.
  private static func scaled(_ text: Substring, _ factor: Int64) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let units = parts.first.flatMap({ whole($0) }) else { return nil }
    var (total, overflow) = units.multipliedReportingOverflow(by: factor)
    guard !overflow else { return nil }
    if parts.count == 2 {
      guard !parts[1].isEmpty, parts[1].count <= 9, let fraction = whole(parts[1]) else { return nil }
      var divisor: Int64 = 1
      for _ in 0..<parts[1].count { divisor *= 10 }
      let (product, tooLarge) = fraction.multipliedReportingOverflow(by: factor)
      guard !tooLarge, product % divisor == 0 else { return nil }
      total += product / divisor
    }
    return total <= Resources.limit ? total : nil
  }
}
