/// The right edge of a tree: the roots of the perfect subtrees that its leaves fall into, largest first.
///
/// That is all that appending needs: one root for each bit that is set in the number of leaves, at most 64. A leaf
/// costs one node hash on average and no memory of its own. What was appended goes away with the value, so an
/// aborted transaction only drops its copy.
package struct CompactRange: Hashable, Sendable {
  /// How many leaves there are.
  package private(set) var count: UInt64
  /// The roots of the perfect subtrees, largest first.
  package private(set) var roots: [Digest]

  /// A tree without leaves.
  package init() {
    count = 0
    roots = []
    roots.reserveCapacity(64)
  }

  /// A tree of `count` leaves with the roots of its perfect subtrees, largest first; nil where their number is not
  /// the number of bits in `count`.
  package init?(count: UInt64, roots: [Digest]) {
    guard roots.count == count.nonzeroBitCount else { return nil }
    self.init()
    self.count = count
    self.roots.append(contentsOf: roots)
  }

  /// Appends a leaf by its hash.
  package mutating func append(_ leaf: Digest) { append(leaf) { _, _ in } }

  /// Appends a leaf by its hash and tells each subtree that it completes: level 1 of 2 leaves, level 2 of 4, and so
  /// on upwards. Its index is `count >> level − 1`, with the count after the leaf.
  package mutating func append(_ leaf: Digest, completed: (_ level: Int, _ root: Digest) -> Void) {
    precondition(count < .max, "a tree has at most 2^64 − 1 leaves")
    merge(leaf, level: 0, completed)
  }

  /// Appends a perfect subtree of 2^level leaves by its root, as when several processors hash a part each.
  ///
  /// The number of leaves must be a multiple of 2^level: any other place is no subtree.
  package mutating func append(subtree root: Digest, level: Int) {
    precondition((0..<64).contains(level), "a level is 0 to 63")
    precondition(count & ((1 << UInt64(level)) - 1) == 0, "a subtree begins at a multiple of its size")
    precondition(count <= .max - 1 << UInt64(level), "a tree has at most 2^64 − 1 leaves")
    merge(root, level: level) { _, _ in }
  }

  /// The root of the whole tree (RFC 6962, section 2.1).
  package var root: Digest {
    guard var root = roots.last else { return MerkleHash.empty }
    for left in roots.dropLast().reversed() { root = MerkleHash.node(left, root) }
    return root
  }

  @inline(__always)
  private mutating func merge(_ root: Digest, level: Int, _ completed: (Int, Digest) -> Void) {
    var root = root
    var level = level
    let added: UInt64 = 1 << UInt64(level)
    // Each bit that carries in count + added joins two subtrees of the same size.
    while count >> UInt64(level) & 1 == 1 {
      root = MerkleHash.node(roots.removeLast(), root)
      level += 1
      completed(level, root)
    }
    roots.append(root)
    count += added
  }
}
