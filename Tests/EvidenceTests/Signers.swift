import Evidence
import Testing

/// The keys, texts and signatures of EVIDENCE's worked example: log seed 00…1f, witness seed 20…3f.
enum Golden {
  static let logKey = "example.com/ledger+93727de6+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
  static let logSecret =
    "PRIVATE+KEY+example.com/ledger+93727de6+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
  static let witnessKey = "witness.example.com/w1+969980cf+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
  static let time: UInt64 = 1_700_000_000
  static let checkpoint = """
    example.com/ledger
    8
    XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

    — example.com/ledger k3J95q6YQNlT7G3X6BUsA0GMSqXigLZhUu2LaMIZflAYFKuIdyMOBntqnTph76E6vmGPzG9ZDDz4tQCcaYhYm3p+6AM=

    """
  static let cosignature = """
    — witness.example.com/w1 lpmAzwAAAABlU/EAHb1UbEP7FTgMGOE99VpYKuEh3/ScmpLD+EY5yzAbkWUt6FBtWg6UGz2vXBXRGg1aYF2HaXz7fqBMY4m0xTFlAw==

    """

  static func logSigner() throws -> SignerKey { try SignerKey(parsing: logSecret) }

  /// A witness of a name, with a seed that begins with `first`.
  static func witness(_ name: String = "witness.example.com/w1", first: UInt8 = 0x20) throws -> SignerKey {
    let name = try #require(KeyName(name))
    return try #require(SignerKey(name: name, algorithm: .cosignature, seed: (0..<32).map { first &+ $0 }))
  }

  static func head() throws -> TreeHead {
    TreeHead(size: 8, root: try #require(Digest(hex: TreeVectors.roots[8])))
  }

  /// A checkpoint of the first `size` of the vectors' leaves.
  static func signed(_ size: Int) throws -> SignedCheckpoint {
    let root = try #require(Digest(hex: TreeVectors.roots[size]))
    return try SignedCheckpoint(TreeHead(size: UInt64(size), root: root), signedBy: try logSigner())
  }

  static let leafHashes = TreeVectors.leaves.map { MerkleHash.leaf($0) }
}

/// Every text that differs from the given one in one byte, or lacks it, or has one more.
func mutations(_ bytes: [UInt8], _ body: ([UInt8], Int) throws -> Void) rethrows {
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
