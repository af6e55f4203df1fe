/// The bounds of every text, so that a record stays far below the 65,535 bytes that a tile entry may have.
public enum Limits {
  /// Bytes of a name: of a workload, actor, project, cluster, reporter or source; also of a source id.
  public static let name = 256
  /// Bytes of a reason or message.
  public static let reason = 4096
  /// Bytes of an address.
  public static let url = 2048
  /// Bytes of a foreign event's id.
  public static let eventID = 256
  /// Bytes of all labels of a workload, as stored.
  public static let labels = 16_384
}

/// What is wrong with a text from outside.
public enum TextFlaw: Error, Hashable, Sendable {
  case empty
  /// More than `limit` bytes.
  case tooLong(count: Int, limit: Int)
  /// A control character (C0, DEL or C1) at a byte offset.
  case controlCharacter(offset: Int)
  /// A byte offset at which the text is not UTF-8.
  case notUTF8(offset: Int)

  /// A sentence part for people: "is 300 bytes long; 256 is the most".
  public var explanation: String {
    switch self {
    case .empty: "is empty"
    case .tooLong(let count, let limit): "is \(count) bytes long; \(limit) is the most"
    case .controlCharacter(let offset): "has a control character at byte \(offset)"
    case .notUTF8(let offset): "is not UTF-8 at byte \(offset)"
    }
  }

  /// Finds the first flaw of a text that must be valid UTF-8, not empty, within `limit` bytes and without
  /// control characters (a line feed or tab is allowed where `multiline`).
  public static func find(in text: Span<UInt8>, limit: Int, multiline: Bool = false) -> TextFlaw? {
    if text.isEmpty { return .empty }
    if text.count > limit { return .tooLong(count: text.count, limit: limit) }
    var hasHighBytes = false
    for offset in text.indices {
      let byte = text[offset]
      if byte >= 0x80 { hasHighBytes = true }
      if byte < 0x20 || byte == 0x7F {
        if multiline, byte == 0x0A || byte == 0x09 { continue }
        return .controlCharacter(offset: offset)
      }
      // C1 controls are C2 80 to C2 9F.
      if byte == 0xC2, offset + 1 < text.count, text[offset + 1] < 0xA0, text[offset + 1] >= 0x80 {
        return .controlCharacter(offset: offset)
      }
    }
    guard hasHighBytes else { return nil }
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: text)
      return nil
    } catch {
      return .notUTF8(offset: error.byteOffsets.lowerBound)
    }
  }
}
