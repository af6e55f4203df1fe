/// Builds one value after the other in one piece of memory, so that writing allocates nothing per value.
///
/// Numbers are little-endian unless they say otherwise. Writing past the capacity is a programmer's error:
/// callers bound what they write.
package struct ByteWriter: ~Copyable {
  @usableFromInline let memory: UnsafeMutableRawPointer
  @usableFromInline let capacity: Int
  @usableFromInline var position = 0

  /// How many bytes the present value has.
  @inlinable package var count: Int { position }

  /// Memory for values of up to `capacity` bytes.
  package init(capacity: Int) {
    self.capacity = capacity
    // Eight bytes to spare, so that a number is one store whatever its width.
    memory = .allocate(byteCount: capacity + 8, alignment: 8)
  }

  deinit { memory.deallocate() }

  /// The present value.
  package var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let bytes = RawSpan(_unsafeStart: UnsafeRawPointer(memory), byteCount: count)
      return _overrideLifetime(bytes, borrowing: self)
    }
  }

  /// Begins a new value.
  @inlinable package mutating func reset() { position = 0 }

  @inlinable package mutating func u8(_ value: UInt8) { store(UInt64(value), 1) }
  @inlinable package mutating func u16(_ value: UInt16) { store(UInt64(value), 2) }
  @inlinable package mutating func u32(_ value: UInt32) { store(UInt64(value), 4) }
  @inlinable package mutating func u64(_ value: UInt64) { store(value, 8) }
  @inlinable package mutating func i64(_ value: Int64) { store(UInt64(bitPattern: value), 8) }

  /// Big-endian, so that bytes sort as numbers do.
  @inlinable package mutating func bigEndian(_ value: UInt64) { store(value.byteSwapped, 8) }

  /// Six bytes; the two above must be zero.
  @inlinable
  package mutating func u48(_ value: UInt64) {
    precondition(value >> 48 == 0, "the number needs more than 48 bits")
    store(value, 6)
  }

  /// LEB128 (DWARF 5, section 7.6): seven bits a byte, low ones first.
  @inlinable
  package mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      u8(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    u8(UInt8(truncatingIfNeeded: rest))
  }

  package mutating func append(_ bytes: Span<UInt8>) { append(bytes.bytes) }

  package mutating func append(_ bytes: RawSpan) {
    precondition(bytes.byteCount <= capacity - count, "the value is larger than the buffer")
    bytes.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      (memory + count).copyMemory(from: start, byteCount: source.count)
    }
    position += bytes.byteCount
  }

  /// A text after its length (LEB128).
  package mutating func text(_ text: Span<UInt8>) {
    varint(UInt64(text.count))
    append(text)
  }

  @inlinable
  mutating func store(_ value: UInt64, _ width: Int) {
    precondition(width <= capacity - count, "the value is larger than the buffer")
    memory.storeBytes(of: value.littleEndian, toByteOffset: count, as: UInt64.self)
    position += width
  }
}
