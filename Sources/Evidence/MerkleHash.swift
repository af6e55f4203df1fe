internal import Crypto

/// The hashes of the tree (RFC 6962, section 2.1, with SHA-256): a leaf and a node never hash the same bytes, so
/// that nobody can pass the one off as the other.
package enum MerkleHash {
  /// The root of the tree without leaves: SHA-256 of nothing.
  package static let empty = digest(of: SHA256().finalize())

  /// The hash of a leaf: SHA-256(0 ‖ entry).
  package static func leaf(_ entry: RawSpan) -> Digest {
    guard entry.byteCount < 1024 else { return longLeaf(entry) }
    // Copying a short entry behind its prefix, on the stack, costs less than a second update: a tenth of the whole.
    return withUnsafeTemporaryAllocation(byteCount: entry.byteCount + 1, alignment: 8) { input in
      input[0] = 0
      entry.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: input[1...]).copyMemory(from: $0) }
      var hash = SHA256()
      hash.update(bufferPointer: UnsafeRawBufferPointer(input))
      return digest(of: hash.finalize())
    }
  }

  private static func longLeaf(_ entry: RawSpan) -> Digest {
    var hash = SHA256()
    withUnsafeBytes(of: UInt8(0)) { hash.update(bufferPointer: $0) }
    entry.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return digest(of: hash.finalize())
  }

  /// The hash of an entry that is an array.
  package static func leaf(_ entry: [UInt8]) -> Digest { leaf(entry.span.bytes) }

  /// The hash of an inner node: SHA-256(1 ‖ left ‖ right).
  package static func node(_ left: Digest, _ right: Digest) -> Digest {
    // The prefix stands right before the children, so that one update takes all 65 bytes.
    let input = (prefix: UInt64(bigEndian: 1), left: left, right: right)
    return withUnsafeBytes(of: input) { bytes in
      var hash = SHA256()
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[7..<72]))
      return digest(of: hash.finalize())
    }
  }

  /// SHA-256 of bytes as they are, for commitments and key IDs.
  package static func plain(_ bytes: [UInt8]) -> Digest {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return digest(of: hash.finalize())
  }

  @inline(__always)
  private static func digest(of hash: SHA256Digest) -> Digest {
    hash.withUnsafeBytes { Digest($0.bytes, at: 0) }
  }
}
