/// The identity of a workload: a UUID (RFC 9562), never reused.
///
/// Two numbers instead of Foundation's type: comparable, hashable and storable without a conversion.
public struct WorkloadID: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The first eight bytes, as a big-endian number.
  public var high: UInt64
  /// The last eight bytes, as a big-endian number.
  public var low: UInt64

  /// From its two halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The nil UUID: no workload.
  public static let none = WorkloadID(high: 0, low: 0)

  /// A UUID of version 7 (RFC 9562 section 5.7): by time, so that new ids sort after old ones and the id
  /// index is written on its right edge.
  public init(at time: Timestamp, random: UInt64, _ moreRandom: UInt64) {
    let milliseconds = UInt64(clamping: time.microseconds / 1000) & 0xFFFF_FFFF_FFFF
    high = milliseconds << 16 | 0x7000 | (random & 0x0FFF)
    low = 0x8000_0000_0000_0000 | (moreRandom & 0x3FFF_FFFF_FFFF_FFFF)
  }

  /// Reads 32 hexadecimal digits, with or without the four hyphens in their places, in either case.
  public init?(_ text: Span<UInt8>) {
    guard text.count == 36 || text.count == 32 else { return nil }
    var value = WorkloadID.none
    var digits = 0
    for index in text.indices {
      let byte = text[index]
      if text.count == 36, index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = hexDigit(byte) else { return nil }
      if digits < 16 { value.high = value.high << 4 | digit } else { value.low = value.low << 4 | digit }
      digits += 1
    }
    self = value
  }

  /// The same for a string.
  public init?(_ text: String) {
    var text = text
    text.makeContiguousUTF8()
    self.init(text.utf8.span)
  }

  /// Appends the 36 characters, in lower case.
  public func write(to text: inout TextBuffer) {
    text.reserve(36)
    text.append(hex: UInt32(truncatingIfNeeded: high >> 32))
    text.append(UInt8(ascii: "-"))
    text.append(hex: UInt32(truncatingIfNeeded: high), UInt8(ascii: "-"), after: 4)
    text.append(UInt8(ascii: "-"))
    text.append(hex: UInt32(truncatingIfNeeded: low >> 32), UInt8(ascii: "-"), after: 4)
    text.append(hex: UInt32(truncatingIfNeeded: low))
  }

  /// Whether they are the same. Written out to be inlined elsewhere: tables of ids compare in their inner loop.
  @inlinable
  public static func == (left: WorkloadID, right: WorkloadID) -> Bool {
    left.high == right.high && left.low == right.low
  }

  /// Bytewise order, the same as that of the text.
  public static func < (left: WorkloadID, right: WorkloadID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension WorkloadID: CustomStringConvertible {
  /// The 36 characters, in lower case.
  public var description: String {
    var text = TextBuffer()
    write(to: &text)
    return text.string
  }
}

/// A prefix of ids, as users type it: the lowest and highest id that begin with it.
public struct WorkloadIDPrefix: Sendable, Hashable {
  /// The smallest id with the prefix.
  public let lowest: WorkloadID
  /// The largest id with the prefix.
  public let highest: WorkloadID

  /// At least four hexadecimal digits, hyphens anywhere; nil for anything else.
  public init?(_ text: String) {
    var low = WorkloadID.none
    var high = WorkloadID(high: .max, low: .max)
    var count: UInt64 = 0
    for byte in text.utf8 where byte != UInt8(ascii: "-") {
      guard count < 32, let digit = hexDigit(byte) else { return nil }
      let shift = 60 - 4 * (count & 15)
      if count < 16 {
        low.high |= digit << shift
        high.high = high.high & ~(15 << shift) | digit << shift
      } else {
        low.low |= digit << shift
        high.low = high.low & ~(15 << shift) | digit << shift
      }
      count += 1
    }
    guard count >= 4 else { return nil }
    (lowest, highest) = (low, high)
  }
}

private func hexDigit(_ byte: UInt8) -> UInt64? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte &- UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte &- UInt8(ascii: "a") &+ 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte &- UInt8(ascii: "A") &+ 10)
  default: nil
  }
}
