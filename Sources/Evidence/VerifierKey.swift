internal import Crypto

/// What a key signs with; the first byte of a key's bytes (C2SP signed-note).
package enum KeyAlgorithm: UInt8, Sendable {
  /// A log's key: Ed25519 over the text of the note.
  case ed25519 = 0x01
  /// A witness's key: Ed25519 over a time and the text (C2SP tlog-cosignature, cosignature/v1).
  case cosignature = 0x04
}

/// A public key with the name of its owner, written `name+hhhhhhhh+base64` (C2SP signed-note: a vkey).
package struct VerifierKey: Hashable, Sendable {
  package let name: KeyName
  package let algorithm: KeyAlgorithm
  /// 32 bytes.
  package let publicKey: Digest
  /// Tells keys of one name apart: the first four bytes of SHA-256(name ‖ 0A ‖ algorithm ‖ public key).
  package let id: UInt32

  package init(name: KeyName, algorithm: KeyAlgorithm, publicKey: Digest) {
    self.name = name
    self.algorithm = algorithm
    self.publicKey = publicKey
    let hash = MerkleHash.plain(Array(name.text.utf8) + [0x0A, algorithm.rawValue] + publicKey.bytes)
    id = hash.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Reads a vkey.
  package init(parsing text: String) throws(FormatError) {
    let parts = try KeyText(text, "verifier key")
    guard let algorithm = parts.algorithm else {
      throw FormatError(
        "verifier key", "its algorithm is \(parts.code); 1 (Ed25519) and 4 (cosignature/v1) are known")
    }
    guard let publicKey = Digest(Array(parts.key)) else {
      throw FormatError("verifier key", "it has \(parts.key.count) bytes of key; an Ed25519 key has 32")
    }
    self.init(name: parts.name, algorithm: algorithm, publicKey: publicKey)
    guard id == parts.id else {
      throw FormatError(
        "verifier key", "its bytes have the ID \(shortHex(id)), not \(shortHex(parts.id)): it was changed")
    }
  }

  /// Whether the signature is this key's over the message: RFC 8032.
  func isValid(_ signature: ArraySlice<UInt8>, over message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey.bytes) else {
      return false
    }
    return key.isValidSignature(Array(signature), for: message)
  }
}

extension VerifierKey: CustomStringConvertible {
  /// The vkey.
  package var description: String {
    "\(name)+\(shortHex(id))+\(Base64.encode([algorithm.rawValue] + publicKey.bytes))"
  }
}

/// The three parts of a key's text.
struct KeyText {
  var name: KeyName
  var id: UInt32
  var code: UInt8
  var key: ArraySlice<UInt8>

  var algorithm: KeyAlgorithm? { KeyAlgorithm(rawValue: code) }

  /// The base64 may have a `+` of its own, so only the first two divide.
  init(_ text: String, _ format: String) throws(FormatError) {
    let parts = Array(text.utf8).split(
      separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw FormatError(format, "it must be NAME+ID+KEY") }
    guard let name = KeyName(String(decoding: parts[0], as: UTF8.self)) else {
      throw FormatError(format, "its name must have \(KeyName.rule)")
    }
    guard parts[1].count == 8, parts[1].allSatisfy({ !(65...70).contains($0) }),
      let id = Hexadecimal.decode(parts[1])
    else { throw FormatError(format, "its ID must be 8 hexadecimal digits in lower case") }
    guard let bytes = Base64.decode(parts[2]), let code = bytes.first else {
      throw FormatError(format, "its key must be base64 with padding")
    }
    self.name = name
    self.id = id.reduce(0) { $0 << 8 | UInt32($1) }
    self.code = code
    key = bytes.dropFirst()
  }
}

/// Eight digits in lower case.
func shortHex(_ id: UInt32) -> String {
  let digits = String(id, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
