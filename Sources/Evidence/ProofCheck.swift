/// Why a proof does not hold.
package enum ProofFlaw: Error, Hashable, Sendable {
  /// The tree has no such leaf.
  case outside(index: UInt64, size: UInt64)
  /// The newer tree has fewer leaves.
  case shrank(old: UInt64, new: UInt64)
  /// An old tree without leaves is the beginning of every tree.
  case nothingToProve
  /// Two trees of the same size have different roots: one of them is not the log.
  case forked(size: UInt64)
  /// There must be exactly as many hashes as sizes and index ask for.
  case wrongLength(hashes: Int)
  /// The hashes lead to another root than that of the tree.
  case wrongRoot
  /// The hashes lead to another root than that of the old tree.
  case wrongOldRoot
}

extension ProofFlaw: CustomStringConvertible {
  package var description: String {
    switch self {
    case .outside(let index, let size): "a tree of \(size) leaves has no leaf \(index)"
    case .shrank(let old, let new): "the log shrank from \(old) to \(new) records"
    case .nothingToProve: "a tree without leaves is the beginning of every tree, so it proves nothing"
    case .forked(let size): "the log forked: there are two different logs of \(size) records"
    case .wrongLength(let hashes): "\(hashes) hashes are too few or too many for these sizes"
    case .wrongRoot: "the hashes of the proof do not lead to the root that was signed"
    case .wrongOldRoot:
      "the hashes of the proof do not lead to the old root: the log forked, or the proof is damaged"
    }
  }
}

/// Checks proofs. Total: any sizes, index and hashes give an answer, and none of them stops the program.
package enum ProofCheck {
  /// Holds a leaf's hash and its inclusion proof against a tree (RFC 9162, section 2.1.3.2).
  package static func inclusion(
    of leaf: Digest, at index: UInt64, in tree: TreeHead, proof: [Digest]
  ) throws(ProofFlaw) {
    guard index < tree.size else { throw .outside(index: index, size: tree.size) }
    var node = index
    var last = tree.size - 1
    var root = leaf
    for hash in proof {
      guard last != 0 else { throw .wrongLength(hashes: proof.count) }
      if node & 1 == 1 || node == last {
        root = MerkleHash.node(hash, root)
        climbToRightChild(&node, &last)
      } else {
        root = MerkleHash.node(root, hash)
      }
      node >>= 1
      last >>= 1
    }
    guard last == 0 else { throw .wrongLength(hashes: proof.count) }
    guard root == tree.root else { throw .wrongRoot }
  }

  /// Holds a consistency proof against an old and a new tree (RFC 9162, section 2.1.4.2).
  ///
  /// Trees of the same size have the same root and an empty proof. An old tree without leaves is refused, since
  /// nothing would be proven.
  package static func consistency(
    from old: TreeHead, to new: TreeHead, proof: [Digest]
  ) throws(ProofFlaw) {
    guard old.size <= new.size else { throw .shrank(old: old.size, new: new.size) }
    guard old.size > 0 else { throw .nothingToProve }
    if old.size == new.size {
      guard old.root == new.root else { throw .forked(size: new.size) }
      guard proof.isEmpty else { throw .wrongLength(hashes: proof.count) }
      return
    }
    // The root of a perfect old tree is left out of the proof, since the verifier has it.
    var hashes = proof[...]
    let isPerfect = old.size.nonzeroBitCount == 1
    guard let start = isPerfect ? old.root : hashes.popFirst() else { throw .wrongLength(hashes: 0) }
    var node = old.size - 1
    var last = new.size - 1
    while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
    var oldRoot = start
    var newRoot = start
    for hash in hashes {
      guard last != 0 else { throw .wrongLength(hashes: proof.count) }
      if node & 1 == 1 || node == last {
        oldRoot = MerkleHash.node(hash, oldRoot)
        newRoot = MerkleHash.node(hash, newRoot)
        climbToRightChild(&node, &last)
      } else {
        newRoot = MerkleHash.node(newRoot, hash)
      }
      node >>= 1
      last >>= 1
    }
    guard last == 0 else { throw .wrongLength(hashes: proof.count) }
    guard oldRoot == old.root else { throw .wrongOldRoot }
    guard newRoot == new.root else { throw .wrongRoot }
  }

  /// On the right edge a node without a sibling moves up as it is, until it is a right child or the root.
  private static func climbToRightChild(_ node: inout UInt64, _ last: inout UInt64) {
    while node & 1 == 0 && node != 0 { (node, last) = (node >> 1, last >> 1) }
  }
}
