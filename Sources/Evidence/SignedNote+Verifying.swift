/// Why signatures do not hold.
package enum NoteFlaw: Error, Hashable, Sendable {
  /// None of the signatures is by a key that was given.
  case noKnownKey(expected: [KeyName])
  /// A signature by a key that was given is not over this text.
  case wrongSignature(by: KeyName)
  /// Two of the keys that were given have the same name and ID.
  case ambiguousKey(KeyName)
  /// The log's name in the text is not that of the key.
  case wrongOrigin(String, key: KeyName)
  /// The library for signatures failed.
  case notSigned(by: KeyName)
}

extension NoteFlaw: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noKnownKey(let expected):
      "it is not signed by \(expected.map(\.text).joined(separator: " or ")) with the key that was given"
    case .wrongSignature(let name): "the signature of \(name) is not over this text: one of them was changed"
    case .ambiguousKey(let name): "two keys of \(name) have the same ID; give one of them"
    case .wrongOrigin(let origin, let key): "it is a checkpoint of \(origin), and the key is that of \(key)"
    case .notSigned(let name): "signing as \(name) failed"
    }
  }
}

/// A signature that holds.
package struct VerifiedSignature: Hashable, Sendable {
  package let key: VerifierKey
  /// When a witness cosigned, in seconds since 1970-01-01T00:00:00Z; nil for a log's signature.
  package let time: UInt64?
}

extension SignedNote {
  /// The signatures by keys of the list, each of them verified; the others are ignored.
  ///
  /// One of them that does not hold spoils the note, and one must hold (C2SP signed-note).
  package func verify(with keys: [VerifierKey]) throws(NoteFlaw) -> [VerifiedSignature] {
    var known: [SignatureOwner: VerifierKey] = [:]
    for key in keys {
      let other = known.updateValue(key, forKey: SignatureOwner(name: key.name, id: key.id))
      if let other, other != key { throw .ambiguousKey(key.name) }
    }
    var verified: [VerifiedSignature] = []
    for signature in signatures {
      guard let key = known[SignatureOwner(name: signature.name, id: signature.keyID)] else { continue }
      verified.append(try verify(signature, key))
    }
    if verified.isEmpty { throw .noKnownKey(expected: keys.map(\.name)) }
    return verified
  }

  private func verify(_ signature: NoteSignature, _ key: VerifierKey) throws(NoteFlaw) -> VerifiedSignature {
    let bytes = signature.bytes
    switch key.algorithm {
    case .ed25519:
      guard bytes.count == 64, key.isValid(bytes[...], over: text) else {
        throw .wrongSignature(by: key.name)
      }
      return VerifiedSignature(key: key, time: nil)
    case .cosignature:
      guard bytes.count == 72 else { throw .wrongSignature(by: key.name) }
      let time = bytes.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      guard key.isValid(bytes[8...], over: cosignatureMessage(at: time)) else {
        throw .wrongSignature(by: key.name)
      }
      return VerifiedSignature(key: key, time: time)
    }
  }

  /// Signs the text with a log's key and adds the signature.
  mutating func sign(with key: SignerKey) throws(NoteFlaw) {
    precondition(key.verifier.algorithm == .ed25519, "a log signs with an Ed25519 key")
    let bytes = try key.signature(over: text)
    add(NoteSignature(name: key.verifier.name, keyID: key.verifier.id, bytes: bytes))
  }

  /// The cosignature of a witness over the text (C2SP tlog-cosignature, cosignature/v1), at a time in seconds since
  /// 1970-01-01T00:00:00Z.
  package func cosignature(by key: SignerKey, at time: UInt64) throws(NoteFlaw) -> NoteSignature {
    precondition(key.verifier.algorithm == .cosignature, "a witness signs with a cosignature key")
    let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * UInt64($0))) }
    let bytes = try stamp + key.signature(over: cosignatureMessage(at: time))
    return NoteSignature(name: key.verifier.name, keyID: key.verifier.id, bytes: bytes)
  }

  private func cosignatureMessage(at time: UInt64) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n".utf8) + text
  }
}

/// What a signature says about its key.
private struct SignatureOwner: Hashable {
  var name: KeyName
  var id: UInt32
}
