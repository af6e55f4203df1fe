/// A short text as numbers, so that comparing it with another is comparing five numbers.
struct Word: Hashable, BitwiseCopyable, Sendable {
  /// The longest text that fits.
  static let limit = 32

  private var count: UInt64 = 0
  private var first: UInt64 = 0
  private var second: UInt64 = 0
  private var third: UInt64 = 0
  private var last: UInt64 = 0

  /// No text.
  init() {}

  /// The text at `start`, of at most `limit` bytes; eight bytes can be loaded from each of its bytes.
  @inline(__always)
  init(_ text: Span<UInt8>, _ start: Int, _ count: Int) {
    let raw = text.bytes
    self.count = UInt64(truncatingIfNeeded: count)
    let head = raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self).littleEndian
    if count < 8 {
      first = head & ((1 << UInt64(truncatingIfNeeded: count &* 8)) &- 1)
      return
    }
    first = head
    // The last eight bytes overlap the ones before: every byte of the text is in one of the numbers.
    last = raw.unsafeLoadUnaligned(fromByteOffset: start + count - 8, as: UInt64.self).littleEndian
    if count > 16 {
      second = raw.unsafeLoadUnaligned(fromByteOffset: start + 8, as: UInt64.self).littleEndian
      if count > 24 {
        third = raw.unsafeLoadUnaligned(fromByteOffset: start + 16, as: UInt64.self).littleEndian
      }
    }
  }

  /// A word of the vocabulary.
  init(_ text: some Collection<UInt8>) {
    var bytes = Array(text)
    let count = bytes.count
    precondition(count <= Self.limit)
    bytes.append(contentsOf: repeatElement(0, count: ByteWindow.padding))
    self.init(bytes.span, 0, count)
  }

  /// A number that tells short words apart, to be multiplied.
  @inline(__always)
  var mix: UInt64 { first ^ last &* 0xC2B2_AE3D_27D4_EB4F ^ count << 56 }

  /// A number whose high bits depend on all bytes.
  @inline(__always)
  var hash: UInt64 {
    var mix = first ^ (last &* 0x9E37_79B9_7F4A_7C15)
    mix ^= mix >> 29
    mix = mix &* 0xBF58_476D_1CE4_E5B9 ^ (second &+ count)
    mix ^= third &* 0x94D0_49BB_1331_11EB
    mix ^= mix >> 32
    return mix &* 0x94D0_49BB_1331_11EB
  }
}
