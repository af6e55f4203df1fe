/// Builds one value after the other in one piece of memory, so that writing allocates nothing per value.
///
/// Numbers are little-endian unless they say otherwise. Writing past the capacity is a programmer's error:
/// callers bound what they write.
package struct ByteWriter: ~Copyable {
  private var buffer: [UInt8]
  /// How many bytes the present value has.
  package private(set) var count = 0

  package init(capacity: Int) { buffer = [UInt8](repeating: 0, count: capacity + 8) }

  /// The present value.
  package var bytes: RawSpan {
    @_lifetime(borrow self)
    get { buffer.span.extracting(0..<count).bytes }
  }

  /// Begins a new value.
  package mutating func reset() { count = 0 }

  package mutating func u8(_ value: UInt8) {
    buffer[count] = value
    count += 1
  }

  package mutating func u16(_ value: UInt16) { store(UInt64(value), 2) }
  package mutating func u32(_ value: UInt32) { store(UInt64(value), 4) }
  package mutating func u64(_ value: UInt64) { store(value, 8) }
  package mutating func i64(_ value: Int64) { store(UInt64(bitPattern: value), 8) }

  /// Big-endian, so that bytes sort as numbers do.
  package mutating func bigEndian(_ value: UInt64) { store(value.byteSwapped, 8) }

  /// Six bytes; the two above must be zero.
  package mutating func u48(_ value: UInt64) {
    precondition(value >> 48 == 0, "the number needs more than 48 bits")
    store(value, 6)
  }

  /// LEB128 (DWARF 5, section 7.6): seven bits a byte, low ones first.
  package mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      u8(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    u8(UInt8(truncatingIfNeeded: rest))
  }

  package mutating func append(_ bytes: Span<UInt8>) {
    precondition(count + bytes.count <= buffer.count, "the value is larger than the buffer")
    let start = count
    var destination = buffer.mutableSpan
    for index in bytes.indices { destination[start + index] = bytes[index] }
    count += bytes.count
  }

  package mutating func append(_ bytes: RawSpan) {
    precondition(count + bytes.byteCount <= buffer.count, "the value is larger than the buffer")
    let start = count
    var destination = buffer.mutableSpan
    for index in bytes.byteOffsets { destination[start + index] = bytes.u8(at: index) }
    count += bytes.byteCount
  }

  /// A text after its length (LEB128).
  package mutating func text(_ text: Span<UInt8>) {
    varint(UInt64(text.count))
    append(text)
  }

  /// The capacity has eight bytes to spare, so that a number is one store whatever its width.
  private mutating func store(_ value: UInt64, _ width: Int) {
    let start = count
    var destination = buffer.mutableSpan
    var raw = destination.mutableBytes
    raw.storeBytes(of: value.littleEndian, toByteOffset: start, as: UInt64.self)
    count += width
  }
}
