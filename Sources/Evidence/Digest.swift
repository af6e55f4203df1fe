/// The 32 bytes of a SHA-256, in the order in which they are written.
///
/// Four words and not an array: a digest lies in registers, in rows and in tiles without memory of its own.
package struct Digest: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline let first: UInt64
  @usableFromInline let second: UInt64
  @usableFromInline let third: UInt64
  @usableFromInline let fourth: UInt64

  package static let byteCount = 32

  /// The 32 bytes at an offset; a read beyond the end stops the program, so check the length first.
  @inlinable
  package init(_ bytes: RawSpan, at offset: Int) {
    first = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    second = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
    third = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 16, as: UInt64.self)
    fourth = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 24, as: UInt64.self)
  }

  /// Nil unless there are exactly 32 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init(bytes.span.bytes, at: 0)
  }

  /// Standard base64 with padding (RFC 4648, section 4); nil where it is anything else.
  package init?(base64 text: some Collection<UInt8>) {
    guard text.count == 44, let bytes = Base64.decode(text) else { return nil }
    self.init(bytes)
  }

  /// 64 hexadecimal digits of either case; nil where they are anything else.
  package init?(hex text: some StringProtocol) {
    guard let bytes = Hexadecimal.decode(text.utf8) else { return nil }
    self.init(bytes)
  }

  /// Gives the 32 bytes to `body`; they are valid only inside.
  @inlinable
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBytes(of: self) { (bytes) throws(Failure) in try body(bytes.bytes) }
  }

  /// The 32 bytes.
  package var bytes: [UInt8] {
    withUnsafeBytes(of: self) { Array($0) }
  }

  package var base64: String { Base64.encode(bytes) }
  /// In lower case.
  package var hex: String { Hexadecimal.encode(bytes) }
}

extension Digest: CustomStringConvertible {
  package var description: String { hex }
}
