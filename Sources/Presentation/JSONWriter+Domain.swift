public import WorkloadModel

/// The words of the domain as JSON; what is absent leaves its key out too.
extension JSONWriter {
  /// A UUID as a string.
  public mutating func id(_ id: WorkloadID) { plainString { id.write(to: &$0) } }

  /// A moment as an RFC 3339 string.
  public mutating func time(_ time: Timestamp) { plainString { time.write(to: &$0) } }

  /// A key and its text, where there is one.
  public mutating func field(_ key: StaticString, _ text: String?) {
    guard let text else { return }
    self.key(key)
    string(text)
  }

  /// A key and its number, where there is one.
  public mutating func field(_ key: StaticString, _ value: (some BinaryInteger)?) {
    guard let value else { return }
    self.key(key)
    number(value)
  }

  /// A key and `true` or `false`, where it is known.
  public mutating func field(_ key: StaticString, _ value: Bool?) {
    guard let value else { return }
    self.key(key)
    bool(value)
  }

  /// A key and its moment, where it is known.
  public mutating func field(_ key: StaticString, _ time: Timestamp?) {
    guard let time, time.isKnown else { return }
    self.key(key)
    self.time(time)
  }

  /// A key and a UUID, where there is one.
  public mutating func field(_ key: StaticString, _ id: WorkloadID?) {
    guard let id, id != .none else { return }
    self.key(key)
    self.id(id)
  }

  /// A key and the three amounts.
  public mutating func field(_ key: StaticString, _ resources: Resources) {
    self.key(key)
    self.resources(resources)
  }

  /// The three amounts as an object.
  public mutating func resources(_ resources: Resources) {
    object {
      $0.field("cpuMillicores", resources.cpuMillicores)
      $0.field("memoryBytes", resources.memoryBytes)
      $0.field("gpuMilli", resources.gpuMilli)
    }
  }

  /// A key and the amounts that are limited.
  public mutating func field(_ key: StaticString, _ limits: QuotaLimits) {
    self.key(key)
    object {
      $0.field("cpuMillicores", limits.cpuMillicores)
      $0.field("memoryBytes", limits.memoryBytes)
      $0.field("gpuMilli", limits.gpuMilli)
    }
  }

  /// A key and a duration in seconds, with up to six decimals.
  public mutating func field(_ key: StaticString, secondsOf microseconds: Int64) {
    self.key(key)
    seconds(ofMicroseconds: microseconds)
  }

  /// A key and a number that is given in thousandths, with up to three decimals.
  public mutating func field(_ key: StaticString, thousandths value: Int64) {
    self.key(key)
    plainNumber { $0.append(Quantity.text(thousandths: value)) }
  }

  /// A duration in seconds, with up to six decimals.
  mutating func seconds(ofMicroseconds microseconds: Int64) { millionths(microseconds) }

  /// A number that is given in millionths, with up to six decimals.
  mutating func millionths(_ value: Int64) { plainNumber { $0.append(millionths: value) } }
}

extension TextBuffer {
  /// A number that is given in millionths, with up to six decimals.
  mutating func append(millionths value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let whole = value.magnitude
    append(decimal: whole / 1_000_000)
    var fraction = whole % 1_000_000
    var scale: UInt64 = 100_000
    if fraction > 0 { append(UInt8(ascii: ".")) }
    while fraction > 0 {
      append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: fraction / scale))
      fraction %= scale
      scale /= 10
    }
  }
}
