import Evidence
import LedgerTestSupport
import Testing

struct `A tile` {
  @Test func `has the path of the vectors`() throws {
    let vectors: [(Tile.Content, UInt64, Int, String)] = [
      (.hashes(level: 0), 0, 256, "tile/0/000"), (.hashes(level: 0), 0, 255, "tile/0/000.p/255"),
      (.hashes(level: 15), 455_667, 256, "tile/15/x455/667"),
      (.hashes(level: 15), 123_456_789, 41, "tile/15/x123/x456/789.p/41"),
      (.entries, 255, 253, "tile/entries/255.p/253"), (.hashes(level: 63), 999, 1, "tile/63/999.p/1"),
      (.hashes(level: 0), 1000, 256, "tile/0/x001/000"),
      (.entries, 1_234_067, 256, "tile/entries/x001/x234/067"),
      (.entries, .max, 256, "tile/entries/x018/x446/x744/x073/x709/x551/615"),
    ]
    for (content, index, width, path) in vectors {
      let tile = try #require(Tile(content, index: index, width: width))
      #expect(tile.path == path)
      #expect(Tile(path: path) == tile)
    }
  }

  @Test func `has no other path`() {
    let bad = [
      "", "tile", "tile/0", "tile/0/", "tile/0/x001/x234/067.p/", "tile/0/x001/x234/067.p", "tile/0/x001",
      "tile/0/001/002", "tile/0/x001/0002", "tile/0/.p/256", "tile/0/000.p/256", "tile/0/000.p/0",
      "tile/0/000.p/01",
      "tile/64/000", "tile/-1/000", "tile/00/000", "tile/data/000", "tile/8/0/000", "tile/0/x000/001",
      "tile/0/1",
      "tile/0/00a", "/tile/0/000", "tile/0/000/", "tile/0/000.p/1/2",
      "tile/entries/x018/x446/x744/x073/x709/x551/616",
      "tile/entries/x001/x018/x446/x744/x073/x709/x551/615", "tile/0/+01", "tile/entries/000.p/1 ",
    ]
    for path in bad { #expect(Tile(path: path) == nil, "\(path)") }
    #expect(Tile(.hashes(level: 64), index: 0) == nil && Tile(.hashes(level: -1), index: 0) == nil)
    #expect(Tile(.entries, index: 0, width: 0) == nil && Tile(.entries, index: 0, width: 257) == nil)
  }

  @Test func `gives any path back, and no text stops it`() throws {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(2000) {
      let content: Tile.Content = random.oneIn(2) ? .entries : .hashes(level: random.below(64))
      let index = random.next() >> UInt64(random.below(64))
      let tile = try #require(Tile(content, index: index, width: 1 + random.below(256)))
      #expect(Tile(path: tile.path) == tile)
      var bytes = Array(tile.path.utf8)
      damage(&bytes, &random)
      let path = String(decoding: bytes, as: UTF8.self)
      if let other = Tile(path: path) { #expect(other.path == path) }
    }
  }

  @Test func `of a tree are as many as its leaves need`() {
    func count(_ level: Int, _ size: UInt64) -> [UInt64] {
      let count = Tile.count(.hashes(level: level), in: size)
      return [count.full, UInt64(count.partial)]
    }
    #expect((0...3).map { count($0, 70_000) } == [[273, 112], [1, 17], [0, 1], [0, 0]])
    #expect((0...2).map { count($0, 256) } == [[1, 0], [0, 1], [0, 0]])
    #expect((0...1).map { count($0, 0) } == [[0, 0], [0, 0]])
    #expect([7, 8, 63].map { count($0, .max) } == [[0, 255], [0, 0], [0, 0]])
    let entries = Tile.count(.entries, in: 70_000)
    #expect(entries.full == 273 && entries.partial == 112)
  }

  @Test func `has the hashes of the vectors`() {
    var range = CompactRange()
    var tile: [UInt8] = []
    var above: [UInt8] = []
    for index in 0..<256 {
      let leaf = MerkleHash.leaf(TreeVectors.decimalLeaf(index))
      tile += leaf.bytes
      range.append(leaf) { level, root in if level == 8 { above += root.bytes } }
    }
    #expect(MerkleHash.plain(tile).hex == "b9704a8bfbee2c61185ceb38904a49f3f703c81e194b5b2ccdc254c2bdaaa62b")
    #expect(MerkleHash.plain(above).hex == "d8543884b063e422f6de2e558c6b11eb5e1a20528ccfe23cf27ceeb764b93a6e")
    let small = TreeVectors.leaves.flatMap { MerkleHash.leaf($0).bytes }
    #expect(MerkleHash.plain(small).hex == "aea2f1bbb5140fd5f8eacb503fdf54c00c3d860c72588e40233addd416bc8f10")
  }
}

struct `An entry bundle` {
  @Test func `is that of the vectors`() throws {
    var bytes: [UInt8] = []
    for leaf in TreeVectors.leaves { EntryBundle.append(leaf.span.bytes, to: &bytes) }
    #expect(
      Hexadecimal.encode(bytes)
        == "00000001000001100002202100023031000440414243000850515253545556570010606162636465666768696a6b6c6d6e6f"
    )
    #expect(try EntryBundle.entries(of: bytes).map { Array(bytes[$0]) } == TreeVectors.leaves)
  }

  @Test func `that ends too early or has too many entries is refused`() throws {
    for bytes in [[0], [0, 1], [0, 2, 7], [0, 0, 0]] as [[UInt8]] {
      #expect(throws: FormatError.self) { try EntryBundle.entries(of: bytes) }
    }
    #expect(try EntryBundle.entries(of: [UInt8](repeating: 0, count: 512)).count == 256)
    #expect(throws: FormatError.self) { try EntryBundle.entries(of: [UInt8](repeating: 0, count: 514)) }
    var bytes: [UInt8] = []
    EntryBundle.append([UInt8](repeating: 9, count: EntryBundle.maxEntryBytes).span.bytes, to: &bytes)
    #expect(try EntryBundle.entries(of: bytes) == [2..<65_537])
  }
}
