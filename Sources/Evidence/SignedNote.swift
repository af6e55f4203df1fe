/// A text with signatures (C2SP signed-note).
///
///     text, which ends with a line feed
///
///     — name base64(key ID ‖ signature)
package struct SignedNote: Hashable, Sendable {
  /// The text; its last byte is a line feed.
  package let text: [UInt8]
  package private(set) var signatures: [NoteSignature]

  /// More are refused; the specification asks for at least 16, Go's implementation takes this many.
  package static let maxSignatures = 100
  /// Longer notes are refused, as by Go's implementation.
  package static let maxBytes = 1_000_000

  /// A text without signatures; it ends with a line feed and has no other control characters.
  init(text: [UInt8]) {
    self.text = text
    signatures = []
  }

  /// Reads a note. Nothing is verified.
  package init(parsing bytes: [UInt8]) throws(FormatError) {
    guard bytes.count <= Self.maxBytes else {
      throw FormatError("note", "it has \(bytes.count) bytes; \(Self.maxBytes) are the most")
    }
    try Self.check(bytes)
    // The text may have blank lines of its own: the last one divides.
    let newline = TextLines.newline
    guard
      let blank = bytes.indices.dropLast().last(where: { bytes[$0] == newline && bytes[$0 + 1] == newline })
    else { throw FormatError("note", "a blank line must stand between the text and its signatures") }
    text = Array(bytes[...blank])
    signatures = []
    let first = 2 + text.count { $0 == newline }
    let lines = try TextLines.split(bytes[(blank + 2)...], "note", first: first)
    guard !lines.isEmpty else { throw FormatError("note", line: first, "a signature must stand here") }
    guard lines.count <= Self.maxSignatures else {
      throw FormatError("note", "it has \(lines.count) signatures; \(Self.maxSignatures) are the most")
    }
    for (index, line) in lines.enumerated() {
      signatures.append(try NoteSignature(line, number: first + index))
    }
  }

  /// The note as it is written.
  package var bytes: [UInt8] {
    var bytes = text + [TextLines.newline]
    for signature in signatures { bytes += signature.line.utf8 }
    return bytes
  }

  /// Adds a signature that somebody made over the text, unless it is there already or the note is full.
  package mutating func add(_ signature: NoteSignature) {
    guard signatures.count < Self.maxSignatures, !signatures.contains(signature) else { return }
    signatures.append(signature)
  }

  private static func check(_ bytes: [UInt8]) throws(FormatError) {
    var line = 1
    for byte in bytes {
      if byte == TextLines.newline {
        line += 1
      } else if byte < 0x20 {
        throw FormatError("note", line: line, "there is a control character; only line feeds are allowed")
      }
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw FormatError("note", "it is not UTF-8")
    }
  }
}

/// One line of signature: whose, by which key, and the bytes.
package struct NoteSignature: Hashable, Sendable {
  package let name: KeyName
  package let keyID: UInt32
  /// What follows the key ID: its form depends on the key.
  package let bytes: [UInt8]

  package init(name: KeyName, keyID: UInt32, bytes: [UInt8]) {
    self.name = name
    self.keyID = keyID
    self.bytes = bytes
  }

  /// An em dash and a space.
  private static let mark: [UInt8] = [0xE2, 0x80, 0x94, 0x20]

  init(_ line: ArraySlice<UInt8>, number: Int) throws(FormatError) {
    let parts = line.dropFirst(Self.mark.count).split(
      separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
    guard line.starts(with: Self.mark), parts.count == 2 else {
      throw FormatError("note", line: number, "a signature must stand here: — NAME BASE64")
    }
    guard let name = KeyName(String(decoding: parts[0], as: UTF8.self)) else {
      throw FormatError("note", line: number, "the name of a key must have \(KeyName.rule)")
    }
    guard let bytes = Base64.decode(parts[1]), bytes.count > 4 else {
      throw FormatError(
        "note", line: number, "a signature must be base64 with padding, of 4 bytes of key ID and more")
    }
    self.name = name
    keyID = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    self.bytes = Array(bytes.dropFirst(4))
  }

  /// The line with its end.
  package var line: String {
    let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> (24 - 8 * UInt32($0))) }
    return "— \(name) \(Base64.encode(id + bytes))\n"
  }
}
