/// Little-endian numbers at any offset; a read beyond the end stops the program, so check the length first.
///
/// Concrete and inlinable, because codecs call them for each field of each event.
extension RawSpan {
  @inlinable
  package func u8(at offset: Int) -> UInt8 {
    unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
  }

  @inlinable
  package func u16(at offset: Int) -> UInt16 {
    UInt16(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  @inlinable
  package func u32(at offset: Int) -> UInt32 {
    UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// Six bytes: enough for positions and for microseconds, and two fewer in each header.
  @inlinable
  package func u48(at offset: Int) -> UInt64 {
    UInt64(u32(at: offset)) | UInt64(u16(at: offset + 4)) << 32
  }

  @inlinable
  package func u64(at offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inlinable
  package func i64(at offset: Int) -> Int64 {
    Int64(bitPattern: u64(at: offset))
  }

  /// The same for any width, where the caller is generic.
  @inlinable
  package func loadLE<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
    T(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }
}
