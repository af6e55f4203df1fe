import Evidence
import Exchange
import LedgerTestSupport
import Testing

struct `The files of a log as tiles` {
  private struct File: Hashable {
    var path: String
    var bytes: [UInt8]
  }

  /// The files of these entries, and the tree over them.
  private func produce(_ entries: some Sequence<[UInt8]>) -> (files: [File], head: TreeHead) {
    var producer = TileProducer()
    var files: [File] = []
    for entry in entries { producer.append(entry.span.bytes) { files.append(File(path: $0, bytes: $1)) } }
    let head = producer.finish { files.append(File(path: $0, bytes: $1)) }
    return (files, head)
  }

  /// The paths that a tree of a size has, by the rule of C2SP tlog-tiles and nothing of the producer.
  private func paths(_ size: Int) -> Set<String> {
    var paths: Set<String> = []
    for content in [Tile.Content.entries] + (0...7).map({ .hashes(level: $0) }) {
      let (full, partial) = Tile.count(content, in: UInt64(size))
      for index in 0..<full { if let tile = Tile(content, index: index) { paths.insert(tile.path) } }
      if partial > 0, let tile = Tile(content, index: full, width: partial) { paths.insert(tile.path) }
    }
    return paths
  }

  @Test(arguments: [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 70_000])
  func `are those that its size needs, each once, with the root of its entries`(size: Int) {
    let (files, head) = produce((0..<size).lazy.map(TreeVectors.decimalLeaf))
    #expect(files.count == Set(files.map(\.path)).count)
    #expect(Set(files.map(\.path)) == paths(size))
    #expect(head.size == UInt64(size))
    if let (_, root) = TreeVectors.decimalRoots.first(where: { $0.0 == size }) {
      #expect(head.root.hex == root)
    }
    for file in files where !file.path.contains("entries") {
      let width = file.path.split(separator: ".p/").dropFirst().first.flatMap { Int($0) } ?? 256
      #expect(file.bytes.count == width * 32, "\(file.path)")
    }
  }

  @Test func `have the digests of the vectors`() throws {
    let files = produce((0..<256).map(TreeVectors.decimalLeaf)).files
    #expect(files.map(\.path) == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"])
    let digests = files.dropFirst().map { MerkleHash.plain($0.bytes).hex }
    #expect(
      digests == [
        "b9704a8bfbee2c61185ceb38904a49f3f703c81e194b5b2ccdc254c2bdaaa62b",
        "d8543884b063e422f6de2e558c6b11eb5e1a20528ccfe23cf27ceeb764b93a6e",
      ])
    let (small, head) = produce(TreeVectors.leaves)
    #expect(small.map(\.path) == ["tile/entries/000.p/8", "tile/0/000.p/8"])
    #expect(
      Hexadecimal.encode(small[0].bytes)
        == "00000001000001100002202100023031000440414243000850515253545556570010606162636465666768696a6b6c6d6e6f"
    )
    #expect(
      MerkleHash.plain(small[1].bytes).hex
        == "aea2f1bbb5140fd5f8eacb503fdf54c00c3d860c72588e40233addd416bc8f10")
    #expect(head == (try Golden.head()))
  }

  @Test(arguments: [9, 256, 600, 66_000])
  func `are the same as by the naive recursion`(count: Int) throws {
    let log = SampleLog(count: count)
    let (files, head) = produce(log.records)
    let expected = try log.files().filter { $0.path != "checkpoint" }.map {
      File(path: $0.path, bytes: $0.bytes)
    }
    #expect(Set(files) == Set(expected))
    #expect(head == (try log.signed().checkpoint.head))
  }

  @Test func `stay the same as the log grows, once they are full`() {
    let small = Dictionary(
      uniqueKeysWithValues: produce((0..<700).map(TreeVectors.decimalLeaf)).files.map { ($0.path, $0.bytes) })
    let large = Dictionary(
      uniqueKeysWithValues: produce((0..<1300).map(TreeVectors.decimalLeaf)).files.map { ($0.path, $0.bytes) }
    )
    let kept = Set(small.keys).intersection(large.keys)
    #expect(kept == ["tile/entries/000", "tile/entries/001", "tile/0/000", "tile/0/001"])
    for path in kept { #expect(small[path] == large[path], "\(path)") }
  }

  @Test func `end with what the sink throws`() {
    struct Full: Error {}
    var producer = TileProducer()
    for index in 0..<255 {
      producer.append(TreeVectors.decimalLeaf(index).span.bytes) { path, _ in
        Issue.record("\(path) is not full")
      }
    }
    #expect(throws: Full.self) {
      try producer.append(TreeVectors.decimalLeaf(255).span.bytes) { (_, _) throws(Full) in throw Full() }
    }
  }

  @Test(arguments: [0, 256, 512, 65_280, 65_536, 65_792, 69_888])
  func `are the same where one goes on behind whole tiles`(start: Int) {
    let entries = (0..<70_000).lazy.map(TreeVectors.decimalLeaf)
    let whole = produce(entries)
    // What no full tile has, by level from 1 on, is in the tiles at the end of the tree so far.
    var range = CompactRange()
    for entry in entries.prefix(start) { range.append(MerkleHash.leaf(entry)) }
    var open: [[Digest]] = []
    let before = produce(entries.prefix(start)).files
    for level in 1..<8 where start >> (8 * level) > 0 {
      let partial = before.first { $0.path.hasPrefix("tile/\(level)/") && $0.path.contains(".p/") }
      let bytes = partial?.bytes ?? []
      open.append(stride(from: 0, to: bytes.count, by: 32).map { Digest(bytes.span.bytes, at: $0) })
    }
    var producer = TileProducer(after: TileHashes(after: range, open: open))
    var files: [File] = []
    for entry in entries.dropFirst(start) {
      producer.append(entry.span.bytes) { files.append(File(path: $0, bytes: $1)) }
    }
    #expect(producer.finish { files.append(File(path: $0, bytes: $1)) } == whole.head)
    #expect(files == whole.files.suffix(files.count))
    #expect(Set(whole.files.dropLast(files.count)).isSubset(of: before))
  }
}
