/// What a log says of itself at some moment: its name, size and root (C2SP tlog-checkpoint).
///
///     example.com/ledger
///     8
///     XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=
package struct Checkpoint: Hashable, Sendable {
  /// The name of the log; one line, not empty.
  package var origin: String
  package var head: TreeHead
  /// Further lines that nobody can audit; kept, since they are signed too.
  package private(set) var extensions: [[UInt8]] = []

  package init(origin: KeyName, head: TreeHead) {
    self.origin = origin.text
    self.head = head
  }

  /// Reads the text of a note.
  package init(parsing text: [UInt8]) throws(FormatError) {
    let lines = try TextLines.split(text[...], "checkpoint")
    guard lines.count >= 3 else {
      throw FormatError(
        "checkpoint", "it has \(lines.count) lines; the log's name, the size and the root must be there")
    }
    guard let origin = String(validating: lines[0], as: UTF8.self), !origin.isEmpty else {
      throw FormatError("checkpoint", line: 1, "the name of the log must stand here")
    }
    guard let size = TextLines.number(lines[1]) else {
      throw FormatError(
        "checkpoint", line: 2,
        "the number of leaves must stand here, in decimal, below 2^64 and without leading zeros, not \(TextLines.shown(lines[1]))"
      )
    }
    guard let root = Digest(base64: lines[2]) else {
      throw FormatError(
        "checkpoint", line: 3,
        "the root must stand here, 32 bytes in base64 with padding, not \(TextLines.shown(lines[2]))")
    }
    for (index, line) in lines.enumerated().dropFirst(3) where line.isEmpty {
      throw FormatError("checkpoint", line: index + 1, "there must be no empty line")
    }
    self.origin = origin
    head = TreeHead(size: size, root: root)
    extensions = lines.dropFirst(3).map { Array($0) }
  }

  /// The text of the note.
  package var text: [UInt8] {
    var text = Array("\(origin)\n\(head.size)\n\(head.root.base64)\n".utf8)
    for line in extensions { text += line + [TextLines.newline] }
    return text
  }
}

/// A checkpoint with its signatures, byte for byte as it was given out.
package struct SignedCheckpoint: Hashable, Sendable {
  package let checkpoint: Checkpoint
  package private(set) var note: SignedNote

  /// Reads a note that is a checkpoint. Nothing is verified.
  package init(parsing bytes: [UInt8]) throws(FormatError) {
    note = try SignedNote(parsing: bytes)
    checkpoint = try Checkpoint(parsing: note.text)
  }

  /// A log's checkpoint, signed with its key; its name is that of the key.
  package init(_ head: TreeHead, signedBy key: SignerKey) throws(NoteFlaw) {
    checkpoint = Checkpoint(origin: key.verifier.name, head: head)
    note = SignedNote(text: checkpoint.text)
    try note.sign(with: key)
  }

  /// As it is written.
  package var bytes: [UInt8] { note.bytes }

  /// Adds the cosignature of a witness.
  package mutating func add(_ signature: NoteSignature) { note.add(signature) }

  /// Checks that the log with this key signed it, and that the key is the log's that it names.
  package func verify(log key: VerifierKey) throws(NoteFlaw) {
    guard checkpoint.origin.utf8.elementsEqual(key.name.text.utf8) else {
      throw .wrongOrigin(checkpoint.origin, key: key.name)
    }
    _ = try note.verify(with: [key])
  }
}
