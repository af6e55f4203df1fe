internal import CLMDB
internal import Glibc

/// Reads `data.mdb` beside LMDB, page by page, to look for damage that would stop the process with a signal.
struct DataFile: ~Copyable {
  private let descriptor: Int32
  let pageSize: Int
  /// How many whole pages the file has.
  let pages: UInt64

  init(path: String, pageSize: Int) throws(LMDBError) {
    let descriptor = open("\(path)/data.mdb", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno, "open", path: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw failure(code, "fstat", path: path)
    }
    self.descriptor = descriptor
    self.pageSize = pageSize
    pages = UInt64(status.st_size) / UInt64(pageSize)
  }

  deinit {
    close(descriptor)
  }

  func holds(lastPage: Int) -> Bool {
    UInt64(lastPage) < pages
  }

  /// Reads a page into memory for one page; false where the file has none of this number.
  func read(_ number: UInt64, into bytes: inout [UInt8]) -> Bool {
    guard number < pages else { return false }
    return pread(descriptor, &bytes, pageSize, off_t(number) * off_t(pageSize)) == pageSize
  }

  /// Whether LMDB would take the size of pages from the head of a file and divide by it. It believes any.
  static func hasPageSize(path: String) -> Bool {
    guard let file = try? DataFile(path: path, pageSize: 4_096) else { return true }
    var head = [UInt8](repeating: 0, count: 4_096)
    // A file without a head is for LMDB to refuse, or to make one.
    guard file.read(0, into: &head) else { return true }
    let size = head.span.bytes.unsafeLoadUnaligned(fromByteOffset: 40, as: UInt32.self)
    return (512...65_536).contains(size) && size.nonzeroBitCount == 1
  }
}
