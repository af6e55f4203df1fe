internal import Crypto

/// A private key with its public half, written `PRIVATE+KEY+name+hhhhhhhh+base64` (golang.org/x/mod/sumdb/note).
package struct SignerKey: Sendable {
  /// The public half.
  package let verifier: VerifierKey
  private let seed: [UInt8]
  private let key: Curve25519.Signing.PrivateKey

  /// The key of a seed of 32 random bytes; nil where it has another length.
  package init?(name: KeyName, algorithm: KeyAlgorithm, seed: [UInt8]) {
    guard seed.count == 32, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
      let publicKey = Digest(Array(key.publicKey.rawRepresentation))
    else { return nil }
    self.seed = seed
    self.key = key
    verifier = VerifierKey(name: name, algorithm: algorithm, publicKey: publicKey)
  }

  /// Reads a private key.
  package init(parsing text: String) throws(FormatError) {
    let prefix = "PRIVATE+KEY+"
    guard text.hasPrefix(prefix) else { throw FormatError("signer key", "it must begin with \(prefix)") }
    let parts = try KeyText(String(text.dropFirst(prefix.count)), "signer key")
    guard let algorithm = parts.algorithm else {
      throw FormatError(
        "signer key", "its algorithm is \(parts.code); 1 (Ed25519) and 4 (cosignature/v1) are known")
    }
    guard let made = SignerKey(name: parts.name, algorithm: algorithm, seed: Array(parts.key)) else {
      throw FormatError("signer key", "it has \(parts.key.count) bytes of seed; an Ed25519 seed has 32")
    }
    guard made.verifier.id == parts.id else {
      throw FormatError("signer key", "its bytes have another ID than \(shortHex(parts.id)): it was changed")
    }
    self = made
  }

  /// The private key as text. Whoever reads it can sign in the owner's name.
  package var secretText: String {
    "PRIVATE+KEY+\(verifier.name)+\(shortHex(verifier.id))+\(Base64.encode([verifier.algorithm.rawValue] + seed))"
  }

  /// Ed25519 over the message (RFC 8032): 64 bytes, on Linux always the same.
  func signature(over message: [UInt8]) throws(NoteFlaw) -> [UInt8] {
    do { return Array(try key.signature(for: message)) } catch { throw .notSigned(by: verifier.name) }
  }
}
