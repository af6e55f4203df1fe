internal import Glibc

/// Walks pages of the newest state of `data.mdb` and holds their form against what LMDB relies on.
///
/// LMDB 0.9 has no checksums and believes its file: a page behind the end of the file, a node that reaches out of its
/// page, a branch that leads back or a page of another kind stops the process with a signal or runs for ever; a key out
/// of its place is not found, and a page that is in use and free is overwritten. The layout is that of `struct MDB_page`,
/// `MDB_node`, `MDB_db` and `MDB_meta` in mdb.c of 0.9. The bytes of values are not looked at, but for the lists of free
/// pages, and of large values only the first page is read.
struct PageCheck: ~Copyable {
  /// How much of the file is looked at.
  enum Extent {
    /// The heads, the tables by name and the first page of each, and what a writer would use again: a few pages, however
    /// large the file is.
    case tables
    case everything
  }

  let file: DataFile
  private let head: [UInt8]
  private let extent: Extent
  /// The pages that were met: a tree leads to each page once.
  private var met: PageSet
  private var free: FreePages
  /// One page for each depth, used again and again.
  private var buffers: [[UInt8]]
  /// The transaction that wrote the state.
  private var newest: UInt64 = 0
  /// The key that the next one must follow.
  private var keys = KeySequence()
  /// What was met of the tree that is being walked.
  private var seen = Counts()

  private static let nodeHeader = 8
  private static let tableBytes = 48
  private static let longestKey = 511

  /// Is to look at the state that a head of the file describes, which was read before the file was measured.
  init(_ file: consuming DataFile, head: [UInt8], _ extent: Extent) {
    self.head = head
    met = PageSet(pages: file.pages)
    free = FreePages(pages: file.pages)
    buffers = (0...DataFile.deepest).map { _ in [] }
    self.extent = extent
    self.file = file
  }

  /// What the pages of a tree hold.
  private enum Content {
    /// The free pages, by the transaction that gave them back.
    case freePages
    /// The tables by name.
    case tables
    /// A table whose keys are numbers.
    case numbers
    case bytes

    /// Whether it is walked to its end each time.
    var isWhole: Bool { self == .tables || self == .freePages }

    var hasNumbers: Bool { self == .numbers || self == .freePages }
  }

  /// How many pages of each kind and entries a tree has.
  private struct Counts: Equatable {
    var branches: UInt64 = 0
    var leaves: UInt64 = 0
    var overflows: UInt64 = 0
    var entries: UInt64 = 0
  }

  /// A tree, as `MDB_db` describes it.
  private struct Tree {
    var flags: UInt16
    var depth: UInt16
    var counts: Counts
    var root: UInt64

    init(_ bytes: RawSpan, at offset: Int) {
      func number(_ place: Int) -> UInt64 {
        bytes.unsafeLoadUnaligned(fromByteOffset: offset + place, as: UInt64.self)
      }
      flags = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 4, as: UInt16.self)
      depth = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 6, as: UInt16.self)
      counts = Counts(branches: number(8), leaves: number(16), overflows: number(24), entries: number(32))
      root = number(40)
    }

    /// `MDB_INTEGERKEY`, or none of the flags.
    var content: Content? { flags == 0x08 ? .numbers : flags == 0 ? .bytes : nil }
  }

  /// Whether the pages of the state are there and in their form. The caller holds a read transaction, so that no
  /// page of that state is used again meanwhile.
  mutating func isSound() throws(LMDBError) -> Bool {
    let (free, main) = (Tree(head.span.bytes, at: 16 + 24), Tree(head.span.bytes, at: 16 + 72))
    newest = file.transaction(of: head)
    self.free.lastPage = file.lastPage(of: head)
    // The flags of the environment stand beside those of the free list: `mm_flags`.
    guard free.flags & 0x7E == 0x08, main.flags == 0, try isSound(free, .freePages),
      try isSound(main, .tables)
    else {
      return false
    }
    return extent == .tables || self.free.isSound(beside: met)
  }

  private mutating func isSound(
    _ tree: Tree, _ content: Content, below depth: Int = 0
  ) throws(LMDBError) -> Bool {
    if tree.root == DataFile.noPage { return tree.depth == 0 && tree.counts == Counts() }
    let last = depth + Int(tree.depth) - 1
    guard tree.depth > 0, last < DataFile.deepest else { return false }
    // The main tree goes on behind a table that is walked within it.
    let (outerKeys, outerSeen) = (keys, seen)
    defer { (keys, seen) = (outerKeys, outerSeen) }
    (keys, seen) = (KeySequence(), Counts())
    guard try isPageSound(tree.root, depth, last: last, content) else { return false }
    if extent == .everything { return seen == tree.counts }
    // What was not walked to its end has more than was seen.
    return !(tree.depth == 1 || content.isWhole) || seen.entries == tree.counts.entries
  }

  /// Whether the page is one of its tree, and all below it; those at the depth `last` are its leaves.
  private mutating func isPageSound(
    _ number: UInt64, _ depth: Int, last: Int, _ content: Content
  ) throws(LMDBError) -> Bool {
    guard number <= free.lastPage, met.insert(number), !free.contains(number) else { return false }
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
    if isLeaf { seen.leaves += 1 } else { seen.branches += 1 }
    for index in 0..<count {
      let node = Int(file.short(page, DataFile.pageHeader + 2 * index))
      guard node >= upper, node + Self.nodeHeader <= file.pageSize else { return false }
      let key = Int(file.short(page, node + 6))
      // The first key of a branch stands for all that are less: it is never looked at, and often left out.
      let isUnused = !isLeaf && index == 0
      let isKey = content.hasNumbers ? key == 8 : (1...Self.longestKey).contains(key)
      guard isKey || isUnused && key == 0, node + Self.nodeHeader + key <= file.pageSize else { return false }
      if !isUnused {
        let bytes = node + Self.nodeHeader..<node + Self.nodeHeader + key
        guard keys.follows(page, bytes, isNumber: content.hasNumbers, isLeaf: isLeaf) else { return false }
        if content == .freePages, isLeaf, keys.number > newest { return false }
      }
      let isNodeSound =
        isLeaf
        ? try isValueSound(page, node, depth, content) : try isChildSound(page, node, depth, last, content)
      if !isNodeSound { return false }
    }
    return true
  }

  /// A node of a branch: the number of a page in 48 bits, the length of the key.
  private mutating func isChildSound(
    _ page: [UInt8], _ node: Int, _ depth: Int, _ last: Int, _ content: Content
  ) throws(LMDBError) -> Bool {
    let child =
      UInt64(file.short(page, node)) | UInt64(file.short(page, node + 2)) << 16
      | UInt64(file.short(page, node + 4)) << 32
    guard extent == .everything || content.isWhole else {
      return child > 1 && child <= free.lastPage && !free.contains(child)
    }
    return try isPageSound(child, depth + 1, last: last, content)
  }

  /// A node of a leaf: the length of the value in 32 bits, flags, the length of the key, key, value.
  private mutating func isValueSound(
    _ page: [UInt8], _ node: Int, _ depth: Int, _ content: Content
  ) throws(LMDBError) -> Bool {
    seen.entries += 1
    let size = Int(file.short(page, node)) | Int(file.short(page, node + 2)) << 16
    let value = node + Self.nodeHeader + Int(file.short(page, node + 6))
    switch file.short(page, node + 4) {
    case 0 where content != .tables:
      guard value + size <= file.pageSize else { return false }
      guard content == .freePages else { return true }
      return free.add(page.span.bytes.extracting(value..<value + size), of: size)
    case 0x01 where content != .tables:
      // F_BIGDATA: the value lies on pages of its own, of which only the first has a header.
      guard value + 8 <= file.pageSize else { return false }
      return try isLargeValueSound(from: file.number(page, value), size, content)
    case 0x02 where content == .tables && size == Self.tableBytes && value + size <= file.pageSize:
      // F_SUBDATA: a named table.
      let tree = Tree(page.span.bytes, at: value)
      guard let content = tree.content else { return false }
      return try isSound(tree, content, below: depth + 1)
    default: return false
    }
  }

  private mutating func isLargeValueSound(
    from first: UInt64, _ size: Int, _ content: Content
  ) throws(LMDBError) -> Bool {
    guard first <= free.lastPage else { return false }
    if extent == .tables, content != .freePages { return true }
    var head = [UInt8](repeating: 0, count: file.pageSize)
    guard try file.read(first, into: &head), file.number(head, 0) == first, file.short(head, 10) == 4 else {
      return false
    }
    // More than the value needs where it took the place of a larger one.
    let count = UInt64(file.short(head, 12)) | UInt64(file.short(head, 14)) << 16
    guard DataFile.pageHeader + size <= Int(count) * file.pageSize, count <= file.pages - first else {
      return false
    }
    for page in first..<first + count where !met.insert(page) { return false }
    seen.overflows += count
    guard content == .freePages else { return true }
    if extent == .tables {
      let rest = head.span.bytes.extracting(
        DataFile.pageHeader..<min(DataFile.pageHeader + size, file.pageSize))
      return free.add(rest, of: size)
    }
    var value = [UInt8](repeating: 0, count: size)
    let start = off_t(first) * off_t(file.pageSize) + off_t(DataFile.pageHeader)
    return try file.read(into: &value, at: start) == size && free.add(value.span.bytes, of: size)
  }
}
