internal import CLMDB
internal import Glibc

/// Looks into `data.mdb` beside LMDB, for the one damage that would stop the process with a signal: a file that
/// ends before a page in use.
///
/// The length alone does not tell. LMDB does not write pages that a transaction took at the end of the file
/// and gave back, so a sound file may be shorter than its last page number says. Only then the pages are
/// walked, which reads all of them but those of large values. The layout is that of `struct MDB_page`,
/// `MDB_node`, `MDB_db` and `MDB_meta` in mdb.c of 0.9.
struct DataFile: ~Copyable {
  let descriptor: Int32
  let path: String
  let pageSize: Int
  /// The whole pages that the file had when it was opened.
  let pages: UInt64

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

  deinit {
    close(descriptor)
  }

  func holds(lastPage: Int) -> Bool {
    UInt64(lastPage) < pages
  }

  /// Whether every page of the newest state is there. The caller holds a read transaction, so that no page
  /// of that state is used again meanwhile.
  func isWhole() -> Bool {
    guard let newest = newestHead() else { return false }
    return roots(of: newest).allSatisfy { reaches($0, depth: 0) }
  }

  /// The page that describes the newest state; nil where the file has none.
  func newestHead() -> [UInt8]? {
    guard let first = page(0), let second = page(1) else { return nil }
    return transaction(of: first) >= transaction(of: second) ? first : second
  }

  /// The number of the transaction that wrote a head: behind the header of the page at 128.
  func transaction(of head: [UInt8]) -> UInt64 { number(head, Self.pageHeader + 128) }

  /// The last page of the state that a head describes.
  func lastPage(of head: [UInt8]) -> UInt64 { number(head, Self.pageHeader + 120) }

  /// The roots of the free list and of the tables: two tables at 24 and 72, each with its root at 40.
  func roots(of head: [UInt8]) -> [UInt64] { [24, 72].map { number(head, Self.pageHeader + $0 + 40) } }

  private func reaches(_ root: UInt64, depth: Int) -> Bool {
    if root == Self.noPage { return true }
    guard depth < Self.deepest, let page = page(root) else { return false }
    let isBranch = short(page, 10) & 0x01 != 0
    let isLeaf = short(page, 10) & 0x02 != 0
    let end = Int(short(page, 12))
    guard isBranch != isLeaf, end >= Self.pageHeader, end <= pageSize else { return false }
    return stride(from: Self.pageHeader, to: end, by: 2).allSatisfy { slot in
      let node = Int(short(page, slot))
      guard node >= end, node + 8 <= pageSize else { return false }
      return isBranch ? branch(page, node, depth) : leaf(page, node, depth)
    }
  }

  /// A node of a branch: the page number in 48 bits, the lengths of the key.
  private func branch(_ page: [UInt8], _ node: Int, _ depth: Int) -> Bool {
    let child = UInt64(short(page, node)) | UInt64(short(page, node + 2)) << 16
    return reaches(child | UInt64(short(page, node + 4)) << 32, depth: depth + 1)
  }

  /// A node of a leaf: the length of the value in 32 bits, flags, the length of the key, key, value.
  private func leaf(_ page: [UInt8], _ node: Int, _ depth: Int) -> Bool {
    let size = UInt64(short(page, node)) | UInt64(short(page, node + 2)) << 16
    let flags = short(page, node + 4)
    let value = node + 8 + Int(short(page, node + 6))
    if flags & 0x01 != 0 {
      // F_BIGDATA: the value lies on pages of its own, of which only the first has a header.
      guard value + 8 <= pageSize else { return false }
      let first = number(page, value)
      let more = (UInt64(Self.pageHeader) + size - 1) / UInt64(pageSize)
      return first < pages && more < pages - first
    }
    if flags & 0x02 != 0 {
      // F_SUBDATA: a named table.
      return value + 48 <= pageSize && reaches(number(page, value + 40), depth: depth + 1)
    }
    return true
  }

  func page(_ number: UInt64) -> [UInt8]? {
    guard number < pages else { return nil }
    var bytes = [UInt8](repeating: 0, count: pageSize)
    let count = pread(descriptor, &bytes, pageSize, off_t(number) * off_t(pageSize))
    return count == pageSize ? bytes : nil
  }

  func short(_ page: [UInt8], _ offset: Int) -> UInt16 {
    page.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
  }

  func number(_ page: [UInt8], _ offset: Int) -> UInt64 {
    page.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
}
