import Evidence
import LedgerTestSupport
import Testing

struct `Proofs` {
  @Test func `of inclusion are those of the vectors`() throws {
    let hashes = Self.vectorLeaves
    let vectors: [(UInt64, UInt64, [String])] = [
      (
        0, 8,
        [
          "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
      ),
      (
        5, 8,
        [
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
      ),
      (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
      (
        1, 5,
        [
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]
      ),
    ]
    for (index, size, expected) in vectors {
      #expect(try Self.inclusion(index, size, hashes).map(\.hex) == expected, "\(index) in \(size)")
    }
  }

  @Test func `of consistency are those of the vectors`() throws {
    let hashes = Self.vectorLeaves
    let left = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
    let fifth = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
    let last = "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e"
    let vectors: [(UInt64, UInt64, [String])] = [
      (
        1, 8,
        [
          "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", left,
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
      ),
      (
        6, 8,
        [
          "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
      ),
      (2, 5, [left, fifth]),
      (4, 7, [last]),
      (
        3, 7,
        [
          "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
          "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", last,
        ]
      ),
    ]
    for (old, size, expected) in vectors {
      #expect(try Self.consistency(old, size, hashes).map(\.hex) == expected, "\(old) to \(size)")
    }
  }

  @Test func `hold for every leaf and every older size of small trees, and for no other`() throws {
    let hashes = (0..<70).map { MerkleHash.leaf(TreeVectors.decimalLeaf($0)) }
    let heads = (0...hashes.count).map { TreeHead(size: UInt64($0), root: naiveRoot(hashes[..<$0])) }
    for size in 1...hashes.count {
      let tree = heads[size]
      for index in 0..<size {
        let proof = try Self.inclusion(UInt64(index), tree.size, hashes)
        #expect(Self.included(hashes[index], index, tree, proof), "\(index) in \(size)")
        #expect(!Self.included(hashes[index], index + 1, tree, proof), "\(index) in \(size) as the next")
        #expect(!Self.included(hashes[index], index, heads[size - 1], proof), "\(index) in \(size - 1)")
        #expect(
          !Self.included(hashes[index], index, tree, proof + [hashes[0]]), "\(index) in \(size), longer")
        if !proof.isEmpty {
          #expect(
            !Self.included(hashes[index], index, tree, proof.dropLast()), "\(index) in \(size), shorter")
        }
      }
      for old in 1...size {
        let proof = try Self.consistency(UInt64(old), tree.size, hashes)
        #expect(Self.consistent(heads[old], tree, proof), "\(old) to \(size)")
        #expect(!Self.consistent(heads[old - 1], tree, proof), "\(old - 1) to \(size)")
        #expect(!Self.consistent(heads[old], tree, proof + [hashes[0]]), "\(old) to \(size), longer")
        #expect(!Self.consistent(tree, heads[old], proof) || old == size, "\(size) to \(old)")
        if !proof.isEmpty {
          #expect(!Self.consistent(heads[old], tree, proof.dropLast()), "\(old) to \(size), shorter")
        }
      }
    }
  }

  @Test func `fail with any bit of any hash changed`() throws {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(6) {
      let hashes = (0..<2 + random.below(3000)).map { _ in MerkleHash.leaf(random.bytes(8)) }
      let tree = TreeHead(size: UInt64(hashes.count), root: naiveRoot(hashes[...]))
      let index = random.below(hashes.count)
      let inclusion = try Self.inclusion(UInt64(index), tree.size, hashes)
      #expect(Self.included(hashes[index], index, tree, inclusion))
      #expect(!Self.included(Self.flipped(hashes[index], random.below(256)), index, tree, inclusion))
      for (place, bit) in Self.places(inclusion, &random) {
        var changed = inclusion
        changed[place] = Self.flipped(changed[place], bit)
        #expect(!Self.included(hashes[index], index, tree, changed), "hash \(place), bit \(bit)")
      }
      let old = 1 + random.below(hashes.count - 1)
      let oldTree = TreeHead(size: UInt64(old), root: naiveRoot(hashes[..<old]))
      let consistency = try Self.consistency(UInt64(old), tree.size, hashes)
      #expect(Self.consistent(oldTree, tree, consistency))
      for (place, bit) in Self.places(consistency, &random) {
        var changed = consistency
        changed[place] = Self.flipped(changed[place], bit)
        #expect(!Self.consistent(oldTree, tree, changed), "hash \(place), bit \(bit)")
      }
    }
  }

  @Test func `of any size and length get an answer`() {
    var random = SeededRandom(seed: testSeed())
    let edges: [UInt64] = [0, 1, 2, 3, 1 << 32, 1 << 63 - 1, 1 << 63, 1 << 63 + 1, .max - 1, .max]
    let hash = MerkleHash.empty
    for size in edges {
      for other in edges {
        for count in [0, 1, 62, 63, 64, 65, 200] {
          let proof = Array(repeating: hash, count: count)
          let tree = TreeHead(size: size, root: hash)
          #expect(!Self.consistent(TreeHead(size: other, root: hash), tree, proof) || other == size)
          #expect(throws: ProofFlaw.self) {
            try ProofCheck.inclusion(of: MerkleHash.leaf([]), at: other, in: tree, proof: proof)
          }
        }
        let inclusion = ProofPlan.inclusion(of: other, in: size)
        #expect((inclusion == nil) == (other >= size))
        #expect((inclusion?.parts.count ?? 0) <= 64)
        let consistency = ProofPlan.consistency(from: other, to: size)
        #expect((consistency == nil) == (other > size))
        #expect((consistency?.parts.count ?? 0) <= 65)
      }
    }
    for _ in 0..<testRounds(2000) {
      let tree = TreeHead(size: random.next() >> random.below(64), root: hash)
      let proof = Array(repeating: hash, count: random.below(70))
      #expect(!Self.included(MerkleHash.leaf([]), Int(random.next() >> 1), tree, proof))
    }
  }

  @Test func `ask for the roots in the order of the plan`() throws {
    for size in [1, 2, 7, 70, 1000, .max] as [UInt64] {
      let plans = [
        try #require(ProofPlan.inclusion(of: size / 3, in: size)),
        try #require(ProofPlan.consistency(from: size / 3, to: size)),
      ]
      for plan in plans {
        var asked: [Subtree] = []
        _ = plan.proof { subtree in
          asked.append(subtree)
          return MerkleHash.empty
        }
        #expect(asked == plan.subtrees)
      }
    }
  }

  @Test func `pass the error of the store through`() {
    struct Unreadable: Error {}
    #expect(throws: Unreadable.self) {
      try ProofPlan.inclusion(of: 3, in: 9)?.proof { (_) throws(Unreadable) in throw Unreadable() }
    }
  }

  private static let vectorLeaves = TreeVectors.leaves.map { MerkleHash.leaf($0) }

  private static func inclusion(_ index: UInt64, _ size: UInt64, _ leaves: [Digest]) throws -> [Digest] {
    try #require(ProofPlan.inclusion(of: index, in: size)).proof { subtreeRoot($0, leaves) }
  }

  private static func consistency(_ old: UInt64, _ size: UInt64, _ leaves: [Digest]) throws -> [Digest] {
    try #require(ProofPlan.consistency(from: old, to: size)).proof { subtreeRoot($0, leaves) }
  }

  private static func included(_ leaf: Digest, _ index: Int, _ tree: TreeHead, _ proof: [Digest]) -> Bool {
    (try? ProofCheck.inclusion(of: leaf, at: UInt64(index), in: tree, proof: proof)) != nil
  }

  private static func consistent(_ old: TreeHead, _ new: TreeHead, _ proof: [Digest]) -> Bool {
    (try? ProofCheck.consistency(from: old, to: new, proof: proof)) != nil
  }

  private static func places(_ proof: [Digest], _ random: inout SeededRandom) -> [(Int, Int)] {
    proof.indices.map { ($0, random.below(256)) }
  }

  private static func flipped(_ digest: Digest, _ bit: Int) -> Digest {
    var bytes = digest.bytes
    bytes[bit / 8] ^= 1 << (bit % 8)
    return Digest(bytes.span.bytes, at: 0)
  }
}
