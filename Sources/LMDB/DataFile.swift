internal import CLMDB
internal import Glibc

/// Reads `data.mdb` beside LMDB, page by page: to look for damage that would stop the process with a signal
/// (`PageCheck`), and to clear what LMDB leaves in pages that it does not use. The layout is that of `struct MDB_page`,
/// `MDB_node`, `MDB_db` and `MDB_meta` in mdb.c of 0.9.
struct DataFile: ~Copyable {
  let descriptor: Int32
  let path: String
  let pageSize: Int
  /// The whole pages that the file had when it was opened, or measured again.
  private(set) var pages: UInt64

  static let noPage = UInt64.max
  static let pageHeader = 16
  static let deepest = 32

  init(path: String, pageSize: Int, isWritable: Bool = false) throws(LMDBError) {
    let descriptor = open("\(path)/data.mdb", (isWritable ? O_RDWR : O_RDONLY) | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno, "open", path: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw failure(code, "fstat", path: path)
    }
    self.descriptor = descriptor
    self.path = path
    self.pageSize = pageSize
    pages = UInt64(status.st_size) / UInt64(pageSize)
  }

  /// Looks again how many pages the file has. LMDB writes the pages of a state before its head, so whoever has read a
  /// head finds them all behind this, however fast others write. fstat(2).
  mutating func measure() throws(LMDBError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(errno, "fstat", path: path) }
    pages = UInt64(status.st_size) / UInt64(pageSize)
  }

  deinit {
    close(descriptor)
  }

  /// Whether a page is in the file. The number is a damaged head's, perhaps: any at all.
  func holds(lastPage: Int) -> Bool {
    UInt64(UInt(bitPattern: lastPage)) < pages
  }

  /// The page that describes the newest state; nil where the file has none.
  func newestHead() throws(LMDBError) -> [UInt8]? {
    guard let first = try page(0), let second = try page(1) else { return nil }
    return transaction(of: first) >= transaction(of: second) ? first : second
  }

  /// The newer of the two heads; nil where they can't be those of one sound file.
  ///
  /// LMDB writes them in turn, each transaction the one that its number names by its last bit. So they are of two
  /// transactions that follow each other, and the damaged number of one does not bring back an older state.
  func soundHead() throws(LMDBError) -> [UInt8]? {
    // Another process may have written to them between the two reads.
    for _ in 0..<100 {
      guard let first = try page(0), let second = try page(1) else { return nil }
      let (even, odd) = (transaction(of: first), transaction(of: second))
      let isNew = even == 0 && odd == 0
      let isPair = even % 2 == 0 && odd % 2 == 1 && (even &+ 1 == odd || odd &+ 1 == even)
      if isNew || isPair, isHead(first, 0), isHead(second, 1) { return even >= odd ? first : second }
    }
    return nil
  }

  /// `P_META`, `MDB_MAGIC`, the version of the format, and the size of pages. A commit whose head could not be written
  /// leaves its roots in the older one, so they say nothing.
  private func isHead(_ page: [UInt8], _ number: UInt64) -> Bool {
    let meta = Self.pageHeader
    return self.number(page, 0) == number && short(page, 10) == 0x08
      && self.number(page, meta) == 0x1_BEEF_C0DE
      && self.number(page, meta + 24) & 0xFFFF_FFFF == UInt64(pageSize)
  }

  /// The number of the transaction that wrote a head: behind the header of the page at 128.
  func transaction(of head: [UInt8]) -> UInt64 { number(head, Self.pageHeader + 128) }

  /// The last page of the state that a head describes.
  func lastPage(of head: [UInt8]) -> UInt64 { number(head, Self.pageHeader + 120) }

  /// The roots of the free list and of the tables: two tables at 24 and 72, each with its root at 40.
  func roots(of head: [UInt8]) -> [UInt64] { [24, 72].map { number(head, Self.pageHeader + $0 + 40) } }

  func page(_ number: UInt64) throws(LMDBError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: pageSize)
    return try read(number, into: &bytes) ? bytes : nil
  }

  /// Reads a page into memory for one page; false where the file has none of this number. What can't be read is an
  /// error, for it says nothing about the page.
  func read(_ number: UInt64, into bytes: inout [UInt8]) throws(LMDBError) -> Bool {
    guard number < pages else { return false }
    return try read(into: &bytes, at: off_t(number) * off_t(pageSize)) == pageSize
  }

  /// Whether LMDB could divide by the size of pages that it takes from the heads of a file. It believes whichever of
  /// the two is newer.
  static func hasPageSize(path: String) throws(LMDBError) -> Bool {
    guard let file = try? DataFile(path: path, pageSize: 4_096) else { return true }
    // A file without a head is for LMDB to refuse, or to make one.
    guard let size = try file.pageSize(ofHeadAt: 0) else { return true }
    guard (512...65_536).contains(size), size.nonzeroBitCount == 1 else { return false }
    return try file.pageSize(ofHeadAt: off_t(size)).map { $0 == size } ?? true
  }

  /// Whether the newest state has pages so far behind the end of the file that LMDB finds no room to map them.
  static func endsEarly(path: String) -> Bool {
    guard let small = try? DataFile(path: path, pageSize: 4_096), let size = try? small.pageSize(ofHeadAt: 0),
      size > 0, let file = try? DataFile(path: path, pageSize: Int(size)), let head = try? file.newestHead()
    else { return false }
    return file.lastPage(of: head) >= file.pages
  }

  private func pageSize(ofHeadAt offset: off_t) throws(LMDBError) -> UInt32? {
    var bytes = [UInt8](repeating: 0, count: MemoryLayout<UInt32>.size)
    guard try read(into: &bytes, at: offset + off_t(Self.pageHeader) + 24) == bytes.count else { return nil }
    return bytes.span.bytes.unsafeLoadUnaligned(as: UInt32.self)
  }

  func short(_ page: [UInt8], _ offset: Int) -> UInt16 {
    page.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
  }

  func number(_ page: [UInt8], _ offset: Int) -> UInt64 {
    page.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
}
