package import WorkloadModel

/// Values as people read them in tables.
package enum HumanText {
  /// The text with control characters made visible, so that it can't disturb a terminal.
  package static func visible(_ text: String) -> String { DisplayWidth.visible(text) }

  /// `2023-07-01T08:30:00Z`, to the second; empty where unknown.
  package static func time(_ time: Timestamp?) -> String {
    guard let time, time.isValid else { return "" }
    let remainder = time.microseconds % 1_000_000
    let fraction = remainder < 0 ? remainder + 1_000_000 : remainder
    return Timestamp(microseconds: time.microseconds - fraction).rfc3339
  }

  /// `45s`, `12m30s`, `3h12m`, `5d4h`: the two largest units, rounded down.
  package static func duration(microseconds: Int64) -> String {
    let seconds = max(0, microseconds) / 1_000_000
    if seconds == 0, microseconds > 0 { return "\(microseconds / 1000)ms" }
    let (day, hour, minute) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
    if day > 0 { return hour > 0 ? "\(day)d\(hour)h" : "\(day)d" }
    if hour > 0 { return minute > 0 ? "\(hour)h\(minute)m" : "\(hour)h" }
    if minute > 0 { return seconds % 60 > 0 ? "\(minute)m\(seconds % 60)s" : "\(minute)m" }
    return "\(seconds)s"
  }

  /// `4 CPU, 64Gi, 1 GPU`; what is not asked for is left out.
  package static func resources(_ resources: Resources) -> String {
    var parts: [String] = []
    if resources.cpuMillicores != 0 {
      parts.append(Quantity.text(thousandths: resources.cpuMillicores) + " CPU")
    }
    if resources.memoryBytes != 0 { parts.append(Quantity.text(bytes: resources.memoryBytes)) }
    if resources.gpuMilli != 0 { parts.append(Quantity.text(thousandths: resources.gpuMilli) + " GPU") }
    return parts.joined(separator: ", ")
  }

  /// `3 of 8` for an amount that is limited, `3` for one that is not.
  package static func use(_ held: Int64, of limit: Int64?, _ text: (Int64) -> String) -> String {
    guard let limit else { return text(held) }
    return "\(text(held)) of \(text(limit))"
  }

  /// Bytes of files as `1.5Gi`.
  package static func size(_ bytes: some BinaryInteger) -> String {
    Quantity.text(bytes: Int64(clamping: bytes))
  }

  /// `1 workload`, `2 workloads`, with the number's thousands apart: `8,152 workloads`.
  package static func count(_ value: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
    "\(number(value)) \(value == 1 ? noun : plural ?? noun + "s")"
  }

  /// Hours that something was held, given in thousandths: `41,925.3`
  package static func hours(thousandths value: Int64) -> String {
    let tenths = value / 100 + (value % 100 < 50 ? 0 : 1)
    return "\(number(tenths / 10)).\(tenths % 10)"
  }

  /// A part, given in millionths of the whole, rounded down, so that only the whole is `100.0%`.
  package static func percent(millionths value: Int) -> String { "\(value / 10_000).\(value / 1000 % 10)%" }

  /// `41,925`
  package static func number(_ value: some BinaryInteger) -> String {
    let digits = Array(String(value.magnitude))
    var result = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }
}
