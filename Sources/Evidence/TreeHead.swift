/// How many leaves a tree has and what its root is: all that a proof is held against.
package struct TreeHead: Hashable, Sendable {
  package var size: UInt64
  package var root: Digest

  package init(size: UInt64, root: Digest) {
    self.size = size
    self.root = root
  }

  /// The tree without leaves.
  package static let empty = TreeHead(size: 0, root: MerkleHash.empty)
}

extension CompactRange {
  /// The tree as it stands.
  package var head: TreeHead { TreeHead(size: count, root: root) }
}
