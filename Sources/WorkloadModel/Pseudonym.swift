/// What stands in place of a name that was destroyed: `redacted-N`, with the number that the name had.
///
/// Texts of this form are kept for it: nobody can be given such a name.
public struct Pseudonym: Hashable, Sendable {
  /// The number of the name, from 1.
  public var number: UInt32

  private static let prefix = Array("redacted-".utf8)

  /// The pseudonym of a number.
  public init(number: UInt32) { self.number = number }

  /// Reads one; nil where the text is of another form, or its number is 0 or does not fit 32 bits.
  public init?(_ text: Span<UInt8>) {
    guard Self.isReserved(text) else { return nil }
    var number: UInt64 = 0
    for index in Self.prefix.count..<text.count {
      number = number * 10 + UInt64(text[index] - UInt8(ascii: "0"))
      guard number <= UInt64(UInt32.max) else { return nil }
    }
    guard text[Self.prefix.count] != UInt8(ascii: "0") else { return nil }
    self.number = UInt32(number)
  }

  /// Reads one; nil where the text is of another form.
  public init?(_ text: String) {
    var text = text
    text.makeContiguousUTF8()
    self.init(text.utf8.span)
  }

  /// Whether a text is `redacted-` and digits, so that nobody may be given it as a name.
  public static func isReserved(_ text: Span<UInt8>) -> Bool {
    guard text.count > prefix.count else { return false }
    for index in prefix.indices where text[index] != prefix[index] { return false }
    for index in prefix.count..<text.count where !(0x30...0x39).contains(text[index]) { return false }
    return true
  }

  /// `redacted-N`
  public var text: String { "redacted-\(number)" }
}
