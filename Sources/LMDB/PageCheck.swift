/// Walks all pages of the newest state of `data.mdb` and holds their form against what LMDB relies on.
///
/// LMDB 0.9 has no checksums and believes its file: a page behind the end of the file, a node that reaches out of its
/// page, a branch that leads back or a page of another kind stops the process with a signal or runs for ever. The
/// layout is that of `struct MDB_page`, `MDB_node`, `MDB_db` and `MDB_meta` in mdb.c of 0.9. The bytes of keys and
/// values are not looked at, and of large values only the first page is read.
struct PageCheck: ~Copyable {
  private let file: DataFile
  /// The pages that were met: a tree leads to each page once.
  private var met: [UInt64]
  /// One page for each depth, used again and again.
  private var buffers: [[UInt8]]

  private static let nodeHeader = 8
  private static let tableBytes = 48
  private static let longestKey = 511

  init(_ file: consuming DataFile) {
    met = [UInt64](repeating: 0, count: Int(file.pages / 64) + 1)
    buffers = (0...DataFile.deepest).map { _ in [] }
    self.file = file
  }

  /// What the pages of a tree hold.
  private enum Content {
    /// The free pages, and tables whose keys are numbers.
    case numbers
    case bytes
    /// The tables by name.
    case tables
  }

  /// A tree, as `MDB_db` describes it.
  private struct Tree {
    var flags: UInt16
    var depth: UInt16
    var root: UInt64

    init(_ bytes: RawSpan, at offset: Int) {
      flags = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 4, as: UInt16.self)
      depth = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 6, as: UInt16.self)
      root = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 40, as: UInt64.self)
    }

    /// `MDB_INTEGERKEY`, or none of the flags.
    var content: Content? { flags == 0x08 ? .numbers : flags == 0 ? .bytes : nil }
  }

  /// Whether every page of the newest state is there and in its form. The caller holds a read transaction, so that no
  /// page of that state is used again meanwhile.
  mutating func isSound() throws(LMDBError) -> Bool {
    guard let newest = try file.newestHead() else { return false }
    let (free, main) = (Tree(newest.span.bytes, at: 16 + 24), Tree(newest.span.bytes, at: 16 + 72))
    guard try isSound(free, .numbers) else { return false }
    return try isSound(main, .tables)
  }

  private mutating func isSound(
    _ tree: Tree, _ content: Content, below depth: Int = 0
  ) throws(LMDBError) -> Bool {
    if tree.root == DataFile.noPage { return true }
    let last = depth + Int(tree.depth) - 1
    guard tree.depth > 0, last < DataFile.deepest else { return false }
    return try isPageSound(tree.root, depth, last: last, content)
  }

  /// Whether the page is one of its tree, and all below it; those at the depth `last` are its leaves.
  private mutating func isPageSound(
    _ number: UInt64, _ depth: Int, last: Int, _ content: Content
  ) throws(LMDBError) -> Bool {
    guard meet(number) else { return false }
    var page = buffers[depth]
    buffers[depth] = []
    if page.isEmpty { page = [UInt8](repeating: 0, count: file.pageSize) }
    defer { buffers[depth] = page }
    let isLeaf = depth == last
    guard try file.read(number, into: &page), file.number(page, 0) == number,
      file.short(page, 10) == (isLeaf ? 2 : 1)
    else { return false }
    let (end, upper) = (Int(file.short(page, 12)), Int(file.short(page, 14)))
    let count = (end - DataFile.pageHeader) / 2
    guard end % 2 == 0, count >= (isLeaf ? 1 : 2), end <= upper, upper <= file.pageSize else { return false }
    for index in 0..<count {
      let node = Int(file.short(page, DataFile.pageHeader + 2 * index))
      guard node >= upper, node + Self.nodeHeader <= file.pageSize else { return false }
      let key = Int(file.short(page, node + 6))
      // The first key of a branch stands for all that are less, and is left out.
      let mayBeEmpty = !isLeaf && index == 0
      let isKey = content == .numbers ? key == 8 : (1...Self.longestKey).contains(key)
      guard isKey || mayBeEmpty && key == 0, node + Self.nodeHeader + key <= file.pageSize
      else { return false }
      let isNodeSound =
        isLeaf
        ? try isValueSound(page, node, depth, content)
        : try isPageSound(child(page, node), depth + 1, last: last, content)
      if !isNodeSound { return false }
    }
    return true
  }

  /// A node of a branch: the number of a page in 48 bits, the length of the key.
  private func child(_ page: [UInt8], _ node: Int) -> UInt64 {
    UInt64(file.short(page, node)) | UInt64(file.short(page, node + 2)) << 16 | UInt64(
      file.short(page, node + 4)) << 32
  }

  /// A node of a leaf: the length of the value in 32 bits, flags, the length of the key, key, value.
  private mutating func isValueSound(
    _ page: [UInt8], _ node: Int, _ depth: Int, _ content: Content
  ) throws(LMDBError) -> Bool {
    let size = Int(file.short(page, node)) | Int(file.short(page, node + 2)) << 16
    let value = node + Self.nodeHeader + Int(file.short(page, node + 6))
    switch file.short(page, node + 4) {
    case 0: return value + size <= file.pageSize
    case 0x01:
      // F_BIGDATA: the value lies on pages of its own, of which only the first has a header.
      guard value + 8 <= file.pageSize else { return false }
      return try isLargeValueSound(from: file.number(page, value), size)
    case 0x02 where content == .tables && size == Self.tableBytes && value + size <= file.pageSize:
      // F_SUBDATA: a named table.
      let tree = Tree(page.span.bytes, at: value)
      guard let content = tree.content else { return false }
      return try isSound(tree, content, below: depth + 1)
    default: return false
    }
  }

  private mutating func isLargeValueSound(from first: UInt64, _ size: Int) throws(LMDBError) -> Bool {
    let count = UInt64((DataFile.pageHeader + size + file.pageSize - 1) / file.pageSize)
    guard first < file.pages, count <= file.pages - first else { return false }
    for page in first..<first + count where !meet(page) { return false }
    var head = [UInt8](repeating: 0, count: file.pageSize)
    guard try file.read(first, into: &head) else { return false }
    return file.number(head, 0) == first && file.short(head, 10) == 4
  }

  /// False where a page was met before, or is not in the file.
  private mutating func meet(_ number: UInt64) -> Bool {
    guard number > 1, number < file.pages else { return false }
    let (word, bit) = (Int(number / 64), UInt64(1) << (number % 64))
    defer { met[word] |= bit }
    return met[word] & bit == 0
  }
}
