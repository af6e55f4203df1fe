/// A perfect subtree: 2^level leaves from leaf index · 2^level on. Level 0 is a leaf.
package struct Subtree: Hashable, Sendable {
  package var level: Int
  package var index: UInt64

  package init(level: Int, index: UInt64) {
    self.level = level
    self.index = index
  }
}

/// Which perfect subtrees the hashes of a proof are made of.
///
/// A plan is a value that needs no tree, so that whoever stores one only has to look up roots of perfect subtrees,
/// in whatever transaction it has. Hash i of the proof is folded from the roots of `parts[i]`, of which only the
/// right edge has more than one.
package struct ProofPlan: Hashable, Sendable {
  /// The subtrees of each hash of the proof, from left to right.
  package private(set) var parts: [[Subtree]] = []

  /// The subtrees whose roots the proof needs, in the order of `parts`.
  package var subtrees: [Subtree] { parts.flatMap { $0 } }

  /// That leaf `index` is in the tree of `size` leaves: PATH(index, D[size]) of RFC 6962, section 2.1.1, the
  /// leaf's sibling first. Nil where the tree has no such leaf.
  package static func inclusion(of index: UInt64, in size: UInt64) -> ProofPlan? {
    guard index < size else { return nil }
    var leaves = 0..<size
    var others: [Range<UInt64>] = []
    while leaves.count64 > 1 {
      let middle = leaves.lowerBound + largestPowerOfTwo(below: leaves.count64)
      if index < middle {
        others.append(middle..<leaves.upperBound)
        leaves = leaves.lowerBound..<middle
      } else {
        others.append(leaves.lowerBound..<middle)
        leaves = middle..<leaves.upperBound
      }
    }
    return ProofPlan(parts: others.reversed().map(perfectSubtrees))
  }

  /// That the first `old` leaves of the tree of `size` leaves are the tree of `old` leaves: PROOF(old, D[size]) of
  /// RFC 6962, section 2.1.2. Empty for the sizes 0 and `size`; nil where the tree has fewer leaves.
  package static func consistency(from old: UInt64, to size: UInt64) -> ProofPlan? {
    guard old <= size else { return nil }
    guard old > 0 else { return ProofPlan() }
    var leaves = 0..<size
    var others: [Range<UInt64>] = []
    // The verifier has the root of the old tree already, unless its right edge was split off on the way.
    var isKnown = true
    while leaves.upperBound != old {
      let middle = leaves.lowerBound + largestPowerOfTwo(below: leaves.count64)
      if old <= middle {
        others.append(middle..<leaves.upperBound)
        leaves = leaves.lowerBound..<middle
      } else {
        others.append(leaves.lowerBound..<middle)
        leaves = middle..<leaves.upperBound
        isKnown = false
      }
    }
    if !isKnown { others.append(leaves) }
    return ProofPlan(parts: others.reversed().map(perfectSubtrees))
  }

  /// The proof, with the roots from wherever they are stored, asked for in the order of `subtrees`; the store's
  /// error passes through.
  package func proof<Failure: Error>(
    root: (Subtree) throws(Failure) -> Digest
  ) throws(Failure) -> [Digest] {
    var proof: [Digest] = []
    proof.reserveCapacity(parts.count)
    for part in parts {
      var roots: [Digest] = []
      for subtree in part { roots.append(try root(subtree)) }
      guard var hash = roots.popLast() else { continue }
      for left in roots.reversed() { hash = MerkleHash.node(left, hash) }
      proof.append(hash)
    }
    return proof
  }

  /// The perfect subtrees that leaves fall into, largest first. Their first leaf stands at a multiple of the
  /// largest of them, as all ranges of the recursions above do.
  private static func perfectSubtrees(_ leaves: Range<UInt64>) -> [Subtree] {
    var subtrees: [Subtree] = []
    var start = leaves.lowerBound
    while start < leaves.upperBound {
      let level = 63 - (leaves.upperBound - start).leadingZeroBitCount
      subtrees.append(Subtree(level: level, index: start >> UInt64(level)))
      start += 1 << UInt64(level)
    }
    return subtrees
  }

  /// Where a tree of more than one leaf is split.
  private static func largestPowerOfTwo(below count: UInt64) -> UInt64 {
    1 << UInt64(63 - (count - 1).leadingZeroBitCount)
  }
}

extension Range<UInt64> {
  /// How many there are: `count` would be an `Int` and stop at 2^63.
  fileprivate var count64: UInt64 { upperBound - lowerBound }
}
