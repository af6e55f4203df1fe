package import Evidence
package import Ledger

/// The file of what a ledger has besides its records and names, `workledger-backup@v1`: `schemas/backup.md`.
extension BackupState {
  private static let mark = "workledger-backup@v1"

  /// The longest file, in bytes.
  package static let maxBytes = 1 << 30

  /// The file.
  package var bytes: [UInt8] {
    var bytes = Array("\(Self.mark)\nsigning-key \(signingKey.secretText)\n".utf8)
    if let tokens { bytes += "tokens \(Base64.encode(tokens))\n".utf8 }
    for checkpoint in checkpoints { bytes += "checkpoint \(Base64.encode(checkpoint.bytes))\n".utf8 }
    return bytes + "sum \(MerkleHash.plain(bytes).hex)\n".utf8
  }

  /// Reads a file; one that is not whole is refused.
  package init(parsing bytes: [UInt8]) throws(FormatError) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    guard lines.popLast()?.isEmpty == true, let last = lines.popLast() else {
      throw Self.flaw("it does not end with a line feed")
    }
    let sum = "sum \(MerkleHash.plain(Array(bytes[..<last.startIndex])).hex)"
    guard last.elementsEqual(sum.utf8) else { throw Self.flaw("its sum is another one: it was changed") }
    guard lines.popFirst()?.elementsEqual(Self.mark.utf8) == true else {
      throw Self.flaw("'\(Self.mark)' must stand first: a newer workledger may have made it")
    }
    guard let text = Self.value("signing-key", &lines) else { throw Self.flaw("it has no signing key") }
    let key = try SignerKey(parsing: String(decoding: text, as: UTF8.self))
    var tokens: [UInt8]?
    if let text = Self.value("tokens", &lines) { tokens = try Self.bytes(text) }
    var checkpoints: [SignedCheckpoint] = []
    while let text = Self.value("checkpoint", &lines) {
      checkpoints.append(try SignedCheckpoint(parsing: try Self.bytes(text)))
    }
    guard lines.isEmpty else { throw Self.flaw("there is a line that says nothing it could say") }
    self.init(checkpoints: checkpoints, signingKey: key, tokens: tokens)
  }

  /// What stands behind a word in the next line, which is taken; nil where the next line begins otherwise.
  private static func value(
    _ word: String, _ lines: inout ArraySlice<ArraySlice<UInt8>>
  ) -> ArraySlice<UInt8>? {
    let beginning = Array((word + " ").utf8)
    guard let line = lines.first, line.starts(with: beginning) else { return nil }
    lines.removeFirst()
    return line.dropFirst(beginning.count)
  }

  private static func bytes(_ text: ArraySlice<UInt8>) throws(FormatError) -> [UInt8] {
    guard let bytes = Base64.decode(text) else { throw flaw("base64 with padding must stand there") }
    return bytes
  }

  private static func flaw(_ reason: String) -> FormatError { FormatError("state of the ledger", reason) }
}
