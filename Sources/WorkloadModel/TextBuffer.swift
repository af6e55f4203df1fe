/// Text as bytes of UTF-8 that grows at its end.
///
/// What is written is a few bytes at a time, and an array looks at each of them whether it is alone and has room. Here
/// there is one owner, and who writes several parts asks for room once: `reserve`, then `append` and `store`.
public struct TextBuffer: ~Copyable {
  @usableFromInline var memory: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  @usableFromInline var length = 0

  /// How many bytes were written.
  public var count: Int { length }

  /// An empty text.
  public init() {
    capacity = Self.firstCapacity
    memory = Self.allocate(Self.firstCapacity)
  }

  deinit { memory.deallocate() }

  private static let firstCapacity = 512
  /// Room beyond the capacity, so that a few characters are one store of eight bytes.
  private static let spare = 8

  private static func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
    .allocate(byteCount: capacity + spare, alignment: 1)
  }

  /// Lets `body` look at what was written; the bytes must not leave it.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: memory, count: count))
  }

  /// A copy of what was written.
  public var array: [UInt8] { withUnsafeBytes { Array($0) } }

  /// What was written, as a string.
  public var string: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

  /// Empties the text and keeps its room.
  public mutating func removeAll() { length = 0 }

  // MARK: Room

  /// Makes room for so many bytes more.
  @inlinable
  public mutating func reserve(_ more: Int) {
    if more > capacity - count { grow(by: more) }
  }

  @inline(never)
  @usableFromInline
  mutating func grow(by more: Int) {
    let larger = max(capacity * 2, count + more)
    let new = Self.allocate(larger)
    new.copyMemory(from: memory, byteCount: count)
    memory.deallocate()
    (memory, capacity) = (new, larger)
  }

  /// Lets `body` write at the end, where there is room for `more` bytes and eight to spare; it returns how many it wrote.
  @inlinable
  public mutating func extend(byAtMost more: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
    reserve(more)
    let written = body(memory + length)
    precondition(written <= more, "there is room for all")
    length += written
  }

  // MARK: Parts

  /// Appends a byte.
  @inlinable
  public mutating func append(_ byte: UInt8) {
    reserve(1)
    memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    length += 1
  }

  /// Appends bytes: memcpy(3).
  @inlinable
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    reserve(bytes.count)
    (memory + count).copyMemory(from: start, byteCount: bytes.count)
    length += bytes.count
  }

  /// Appends a text that is known at compile time.
  public mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
  }

  /// Appends a text.
  public mutating func append(_ text: String) {
    text.utf8.span.withUnsafeBytes { append($0) }
  }

  /// Appends up to eight characters that stand in a number, the first in its lowest byte, as one store.
  mutating func append(_ characters: UInt64, count: Int) {
    reserve(count)
    memory.storeBytes(of: characters.littleEndian, toByteOffset: length, as: UInt64.self)
    length += count
  }

  // MARK: Numbers

  /// Appends a whole number in decimal.
  @inlinable
  public mutating func append(decimal value: some BinaryInteger) {
    if value < 0 { append(UInt8(ascii: "-")) }
    append(digitsOf: UInt64(value.magnitude))
  }

  @usableFromInline
  mutating func append(digitsOf value: UInt64) {
    var places = 1
    var rest = value
    while rest >= 100 {
      rest /= 100
      places += 2
    }
    if rest >= 10 { places += 1 }
    reserve(places)
    length += places
    var end = memory + length
    rest = value
    while rest >= 10 {
      end -= 2
      let pair = UInt16(truncatingIfNeeded: Self.pairs(UInt64(rest % 100)))
      end.storeBytes(of: pair.littleEndian, as: UInt16.self)
      rest /= 100
    }
    if places & 1 == 1 { (end - 1).storeBytes(of: UInt8(ascii: "0") &+ UInt8(rest), as: UInt8.self) }
  }

  /// Appends the 8 hexadecimal digits of a number, in lower case, and a separator after so many of them.
  mutating func append(hex value: UInt32, _ separator: UInt8? = nil, after place: Int = 8) {
    let digits = Self.hexDigits(value)
    append(digits, count: place)
    guard let separator else { return }
    append(separator)
    append(digits >> UInt64(8 * place), count: 8 - place)
  }

  /// The digits of a number as characters, the first in the lowest byte. Each step spreads the bits over twice the room
  /// (Hacker's Delight, section 7-2), until each four of them have a byte.
  private static func hexDigits(_ value: UInt32) -> UInt64 {
    var digits = UInt64(value)
    digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
    digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
    digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
    // 1 in each byte whose digit is a letter.
    let letters = ((digits + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    return (digits + 0x3030_3030_3030_3030 + letters * UInt64(UInt8(ascii: "a") - 10 - UInt8(ascii: "0")))
      .byteSwapped
  }

  /// The two decimal digits of each of four numbers below 100 as characters: a number has 16 bits, and its first digit is
  /// in the lower byte. A tenth is 103 / 1024 for numbers so small.
  static func pairs(_ numbers: UInt64) -> UInt64 {
    let tens = (numbers * 103) >> 10 & 0x000F_000F_000F_000F
    return (tens | (numbers - tens * 10) << 8) + 0x3030_3030_3030_3030
  }
}
