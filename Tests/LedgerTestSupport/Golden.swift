package import Evidence

/// A value that a test can't go on without.
package struct Missing: Error {}

/// The value, or an error where there is none.
package func needed<Value>(_ value: Value?) throws(Missing) -> Value {
  guard let value else { throw Missing() }
  return value
}

/// The keys, texts and signatures of a worked example that other implementations give, too: the log's seed is
/// 00…1f, the witness's 20…3f.
package enum Golden {
  package static let logKey = "example.com/ledger+93727de6+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
  package static let logSecret =
    "PRIVATE+KEY+example.com/ledger+93727de6+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
  package static let witnessKey =
    "witness.example.com/w1+969980cf+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
  package static let time: UInt64 = 1_700_000_000
  package static let checkpoint = """
    example.com/ledger
    8
    XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

    — example.com/ledger k3J95q6YQNlT7G3X6BUsA0GMSqXigLZhUu2LaMIZflAYFKuIdyMOBntqnTph76E6vmGPzG9ZDDz4tQCcaYhYm3p+6AM=

    """
  package static let cosignature = """
    — witness.example.com/w1 lpmAzwAAAABlU/EAHb1UbEP7FTgMGOE99VpYKuEh3/ScmpLD+EY5yzAbkWUt6FBtWg6UGz2vXBXRGg1aYF2HaXz7fqBMY4m0xTFlAw==

    """

  package static func logSigner() throws -> SignerKey { try SignerKey(parsing: logSecret) }

  /// A witness of a name, with a seed that begins with `first`.
  package static func witness(_ name: String = "witness.example.com/w1", first: UInt8 = 0x20) throws
    -> SignerKey
  {
    let name = try needed(KeyName(name))
    return try needed(SignerKey(name: name, algorithm: .cosignature, seed: (0..<32).map { first &+ $0 }))
  }

  package static func head() throws -> TreeHead {
    TreeHead(size: 8, root: try needed(Digest(hex: TreeVectors.roots[8])))
  }

  /// A checkpoint of the first `size` of the vectors' leaves.
  package static func signed(_ size: Int) throws -> SignedCheckpoint {
    let root = try needed(Digest(hex: TreeVectors.roots[size]))
    return try SignedCheckpoint(TreeHead(size: UInt64(size), root: root), signedBy: try logSigner())
  }

  package static let leafHashes = TreeVectors.leaves.map { MerkleHash.leaf($0) }
}

/// Every text that differs from the given one in one byte, or lacks it, or has one more.
package func mutations(_ bytes: [UInt8], _ body: ([UInt8], Int) throws -> Void) rethrows {
  for index in bytes.indices {
    for change in [1, 0x20, 0x80] as [UInt8] {
      var changed = bytes
      changed[index] ^= change
      try body(changed, index)
    }
    var shorter = bytes
    shorter.remove(at: index)
    try body(shorter, index)
    var longer = bytes
    longer.insert(bytes[index], at: index)
    try body(longer, index)
  }
}
