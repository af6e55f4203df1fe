import Evidence
import LedgerTestSupport
import Testing

struct `The hash tree` {
  @Test func `hashes leaves and nodes as the vectors say`() {
    #expect(TreeVectors.leaves.map { MerkleHash.leaf($0).hex } == TreeVectors.leafHashes)
    #expect(
      MerkleHash.leaf(Array("L123456".utf8)).hex
        == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56")
    #expect(
      MerkleHash.leaf(Array("hello world".utf8)).base64 == "TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=")
    #expect(MerkleHash.empty.base64 == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
  }

  @Test func `hashes entries of every length as their bytes behind a zero`() {
    for count in Array(0..<200) + [1022, 1023, 1024, 1025, 65_535] {
      let entry = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
      #expect(MerkleHash.leaf(entry) == MerkleHash.plain([0] + entry), "\(count) bytes")
    }
    let (left, right) = (MerkleHash.leaf([1]), MerkleHash.leaf([2]))
    #expect(MerkleHash.node(left, right) == MerkleHash.plain([1] + left.bytes + right.bytes))
  }

  @Test func `has the roots of the vectors`() {
    var range = CompactRange()
    var roots = [range.root.hex]
    for leaf in TreeVectors.leaves {
      range.append(MerkleHash.leaf(leaf))
      roots.append(range.root.hex)
    }
    #expect(roots == TreeVectors.roots)
    range = CompactRange()
    for (size, root) in TreeVectors.decimalRoots {
      while range.count < size { range.append(MerkleHash.leaf(TreeVectors.decimalLeaf(Int(range.count)))) }
      #expect(range.root.hex == root, "\(size) leaves")
    }
  }

  @Test func `has the root of the naive recursion at every size`() {
    let leaves = (0..<600).map { MerkleHash.leaf(TreeVectors.decimalLeaf($0)) }
    var range = CompactRange()
    for size in 0...leaves.count {
      #expect(range.root == naiveRoot(leaves[..<size]), "\(size) leaves")
      #expect(CompactRange(count: range.count, roots: range.roots) == range)
      if size < leaves.count { range.append(leaves[size]) }
    }
  }

  @Test func `tells each subtree that a leaf completes`() {
    let leaves = (0..<300).map { MerkleHash.leaf(TreeVectors.decimalLeaf($0)) }
    var range = CompactRange()
    for (index, leaf) in leaves.enumerated() {
      var levels: [Int] = []
      range.append(leaf) { level, root in
        levels.append(level)
        let start = index + 1 - 1 << level
        #expect(root == naiveRoot(leaves[start..<index + 1]), "level \(level) at leaf \(index)")
      }
      #expect(levels == Array(1..<(index + 1).trailingZeroBitCount + 1))
    }
  }

  @Test func `grows by whole subtrees as by their leaves`() {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(50) {
      var leaves: [Digest] = []
      var range = CompactRange()
      for _ in 0..<random.below(20) {
        let level = random.below(min(7, leaves.isEmpty ? 7 : leaves.count.trailingZeroBitCount + 1))
        let part = (0..<1 << level).map { _ in MerkleHash.leaf(random.bytes(8)) }
        range.append(subtree: naiveRoot(part[...]), level: level)
        leaves += part
      }
      #expect(range.count == leaves.count)
      #expect(range.root == naiveRoot(leaves[...]))
    }
  }

  @Test func `refuses an edge with too few or too many roots`() {
    let root = MerkleHash.empty
    #expect(CompactRange(count: 5, roots: [root]) == nil)
    #expect(CompactRange(count: 5, roots: [root, root, root]) == nil)
    #expect(CompactRange(count: 0, roots: [root]) == nil)
    #expect(CompactRange(count: .max, roots: Array(repeating: root, count: 64)) != nil)
  }
}

struct `A digest` {
  @Test func `is read and written in base64 and hexadecimal`() {
    let root = TreeVectors.roots[8]
    #expect(Digest(hex: root)?.hex == root)
    #expect(Digest(hex: root.uppercased())?.hex == root)
    #expect(Digest(hex: root)?.base64 == "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=")
    #expect(Digest(base64: "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=".utf8)?.hex == root)
    for text in [
      "", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=",
    ] {
      #expect(Digest(base64: text.utf8) == nil, "\(text)")
    }
    #expect(Digest(hex: root.dropLast()) == nil && Digest(hex: root.dropLast(2)) == nil)
    #expect(Digest(hex: "g" + root.dropFirst()) == nil)
    #expect(Digest([UInt8](repeating: 1, count: 33)) == nil)
  }

  @Test func `has the bytes that it was made from`() {
    let bytes = (0..<40).map { UInt8($0) }
    let digest = Digest(bytes.span.bytes, at: 5)
    #expect(digest.bytes == Array(bytes[5..<37]))
    #expect(digest.withBytes { $0.unsafeLoad(fromByteOffset: 31, as: UInt8.self) } == 36)
  }
}

struct `Base64 text` {
  @Test func `has one text for the same bytes, and no other is read`() {
    let vectors = [
      "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "foobar": "Zm9vYmFy",
    ]
    for (text, encoded) in vectors {
      #expect(Base64.encode(Array(text.utf8)) == encoded)
      #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
    }
    for bad in [
      "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm-v", "=Zm9", "Zm=v", "Zm 8",
    ] {
      #expect(Base64.decode(bad.utf8) == nil, "\(bad)")
    }
  }

  @Test func `gives any bytes back`() {
    var random = SeededRandom(seed: testSeed())
    for count in 0..<100 {
      let bytes = random.bytes(count)
      #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
      #expect(Base64URL.decode(Base64URL.encode(bytes).utf8) == bytes)
      #expect(Hexadecimal.decode(Hexadecimal.encode(bytes).utf8) == bytes)
    }
  }

  @Test func `has other letters and no padding in addresses`() {
    let vectors: [String: [UInt8]] = [
      "": [], "-w": [0xFB], "-_8": [0xFB, 0xFF], "-__-": [0xFB, 0xFF, 0xFE],
    ]
    for (text, bytes) in vectors {
      #expect(Base64URL.encode(bytes) == text)
      #expect(Base64URL.decode(text.utf8) == bytes)
    }
    for bad in ["-w==", "+w", "/w", "-x", "-", "-_8=", "-__-_", "-_ 8"] {
      #expect(Base64URL.decode(bad.utf8) == nil, "\(bad)")
    }
  }
}
