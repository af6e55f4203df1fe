import WorkloadModel

/// Reads RFC 3339 times; the usual form, in UTC and with a day that came up just before, without a calendar.
struct TimeReader {
  private var dayHead: UInt64 = 0
  private var dayTail: UInt16 = 0
  private var dayStart: Int64 = 0

  /// The time in the `count` bytes at `start`, which wide loads may read past; nil where there is none.
  @inline(__always)
  mutating func time(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Timestamp? {
    guard count >= 20 else { return nil }
    let raw = text.bytes
    let head = raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self).littleEndian
    let tail = raw.unsafeLoadUnaligned(fromByteOffset: start + 8, as: UInt16.self).littleEndian
    guard head == dayHead, tail == dayTail else { return newDay(text, start, count, head, tail) }
    let clock = raw.unsafeLoadUnaligned(fromByteOffset: start + 11, as: UInt64.self).littleEndian
    // Digits become their values and colons 0; then the sum shows what was neither.
    let digits = clock ^ 0x3030_3A30_303A_3030
    let check = digits | digits &+ 0x0606_0F06_060F_0606
    let hour = Int64(digits & 15) * 10 + Int64(digits >> 8 & 15)
    let minute = Int64(digits >> 24 & 15) * 10 + Int64(digits >> 32 & 15)
    let second = Int64(digits >> 48 & 15) * 10 + Int64(digits >> 56 & 15)
    guard check & 0xF0F0_F0F0_F0F0_F0F0 == 0, hour < 24, minute < 60, second < 60,
      text[start + 10] == UInt8(ascii: "T"), text[start + count - 1] == UInt8(ascii: "Z")
    else { return slow(text, start, count) }
    var fraction: Int64 = 0
    if count > 20 {
      guard text[start + 19] == UInt8(ascii: "."), count > 21, count <= 27 else {
        return slow(text, start, count)
      }
      var scale: Int64 = 100_000
      for index in start + 20..<start + count - 1 {
        let digit = text[index] &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        fraction += Int64(digit) * scale
        scale /= 10
      }
    }
    let seconds = hour * 3600 + minute * 60 + second
    return Timestamp(microseconds: dayStart + seconds * 1_000_000 + fraction)
  }

  @inline(never)
  private mutating func newDay(
    _ text: Span<UInt8>, _ start: Int, _ count: Int, _ head: UInt64, _ tail: UInt16
  ) -> Timestamp? {
    guard let time = slow(text, start, count) else { return nil }
    if let day = Timestamp(rfc3339: text.extracting(start..<start + 10)) {
      dayHead = head
      dayTail = tail
      dayStart = day.microseconds
    }
    return time
  }

  @inline(never)
  private func slow(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Timestamp? {
    Timestamp(rfc3339: text.extracting(start..<start + count))
  }
}

/// Reads the 36 characters of a UUID, eight digits at once; upper case takes the slower way.
@inline(__always)
func workloadID(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> WorkloadID? {
  guard count == 36 else { return nil }
  let raw = text.bytes
  func four(_ offset: Int) -> UInt64 {
    UInt64(raw.unsafeLoadUnaligned(fromByteOffset: start + offset, as: UInt32.self).littleEndian)
  }
  func eight(_ offset: Int) -> UInt64 {
    raw.unsafeLoadUnaligned(fromByteOffset: start + offset, as: UInt64.self).littleEndian
  }
  var flaws: UInt64 = 0
  let first = hexDigits(eight(0), &flaws)
  let second = hexDigits(four(9) | four(14) << 32, &flaws)
  let third = hexDigits(four(19) | four(24) << 32, &flaws)
  let fourth = hexDigits(eight(28), &flaws)
  let hyphen = UInt8(ascii: "-")
  if flaws == 0, text[start + 8] == hyphen, text[start + 13] == hyphen, text[start + 18] == hyphen,
    text[start + 23] == hyphen
  {
    return WorkloadID(high: first << 32 | second, low: third << 32 | fourth)
  }
  return WorkloadID(text.extracting(start..<start + count))
}

/// Eight digits of `0-9a-f` as a number; `flaws` becomes other than 0 where one is none.
@inline(__always)
private func hexDigits(_ text: UInt64, _ flaws: inout UInt64) -> UInt64 {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let letters = text >> 6 & ones
  let nibbles = text & (ones &* 15)
  var digits = nibbles &+ letters &* 9
  // Written again they must be what was read, and digits end at 9 as letters do at f.
  flaws |= text ^ (digits &+ ones &* 0x30 &+ letters &* 0x27)
  flaws |= (nibbles &+ ones &* 6 &+ letters &* 3) & (ones &* 16)
  flaws |= ~(nibbles &+ ones &* 15) & (letters &* 16)
  digits = digits.byteSwapped
  digits = (digits | digits >> 4) & 0x00FF_00FF_00FF_00FF
  digits = (digits | digits >> 8) & 0x0000_FFFF_0000_FFFF
  return (digits | digits >> 16) & 0xFFFF_FFFF
}
