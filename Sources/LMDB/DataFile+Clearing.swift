internal import Glibc

/// What is left in a data file of values that were deleted: pages that no state uses any more, and in pages in use
/// the space between their slots and their nodes, which LMDB fills with whatever its buffer held before.
///
/// Only what is proved to be unused is written to: pages that the free list names, and the gaps of pages that were
/// reached as branch or leaf from a root. The layout is that of `struct MDB_page` and `MDB_node` in mdb.c of 0.9.
extension DataFile {
  /// Overwrites with zeros the gaps of all pages of the newest state; returns in how many pages there was something.
  ///
  /// The caller holds the write lock, so that the newest state stays what it is.
  func clearGaps() throws(LMDBError) -> Int {
    guard let head = try newestHead() else { throw damaged() }
    var cleared = 0
    for root in roots(of: head) { cleared += try clearGaps(below: root, depth: 0) }
    return cleared
  }

  /// Overwrites a page with zeros; false where it holds nothing.
  func clear(page number: UInt64) throws(LMDBError) -> Bool {
    guard let page = try page(number), page.contains(where: { $0 != 0 }) else { return false }
    try writeZeros(at: number * UInt64(pageSize), count: pageSize)
    return true
  }

  /// Whether a page holds anything.
  func isFilled(page number: UInt64) throws(LMDBError) -> Bool {
    try page(number)?.contains { $0 != 0 } ?? false
  }

  /// Makes what was written durable.
  func sync() throws(LMDBError) {
    guard fdatasync(descriptor) == 0 else { throw failure(errno, "fdatasync", path: path) }
  }

  private func clearGaps(below root: UInt64, depth: Int) throws(LMDBError) -> Int {
    if root == Self.noPage { return 0 }
    guard depth < Self.deepest, let page = try page(root) else { throw damaged() }
    let flags = short(page, 10)
    let (lower, upper) = (Int(short(page, 12)), Int(short(page, 14)))
    // P_BRANCH or P_LEAF, and none of the forms that our tables never have.
    guard flags == 0x01 || flags == 0x02, number(page, 0) == root, lower >= Self.pageHeader, lower <= upper,
      upper <= pageSize
    else { throw damaged() }
    var cleared = 0
    for slot in stride(from: Self.pageHeader, to: lower, by: 2) {
      let node = Int(short(page, slot))
      guard node >= upper, node + 8 <= pageSize else { throw damaged() }
      if flags == 0x01 {
        let child = UInt64(short(page, node)) | UInt64(short(page, node + 2)) << 16
        cleared += try clearGaps(below: child | UInt64(short(page, node + 4)) << 32, depth: depth + 1)
      } else {
        cleared += try clearGaps(ofValue: page, node, depth)
      }
    }
    if page[lower..<upper].contains(where: { $0 != 0 }) {
      try writeZeros(at: root * UInt64(pageSize) + UInt64(lower), count: upper - lower)
      cleared += 1
    }
    return cleared
  }

  /// What lies outside of the page of a leaf's node: a named table, or the pages of a large value.
  private func clearGaps(ofValue page: [UInt8], _ node: Int, _ depth: Int) throws(LMDBError) -> Int {
    let size = Int(short(page, node)) | Int(short(page, node + 2)) << 16
    let flags = short(page, node + 4)
    let value = node + 8 + Int(short(page, node + 6))
    if flags == 0x02 {
      guard value + 48 <= pageSize else { throw damaged() }
      return try clearGaps(below: number(page, value + 40), depth: depth + 1)
    }
    guard flags == 0x01 else { return 0 }
    guard value + 8 <= pageSize else { throw damaged() }
    let first = number(page, value)
    let used = Self.pageHeader + size
    // P_OVERFLOW, with the number of its pages: more than the value needs where it took the place of a larger one.
    guard let head = try self.page(first), short(head, 10) == 0x04, number(head, 0) == first else {
      throw damaged()
    }
    let count = UInt64(short(head, 12)) | UInt64(short(head, 14)) << 16
    guard used <= Int(count) * pageSize, first < pages, count <= pages - first else { throw damaged() }
    var cleared = 0
    for index in used / pageSize..<Int(count) {
      let rest = max(0, used - index * pageSize)
      guard let last = try self.page(first + UInt64(index)) else { throw damaged() }
      guard last[rest...].contains(where: { $0 != 0 }) else { continue }
      try writeZeros(at: (first + UInt64(index)) * UInt64(pageSize) + UInt64(rest), count: pageSize - rest)
      cleared += 1
    }
    return cleared
  }

  private func writeZeros(at start: UInt64, count: Int) throws(LMDBError) {
    try writeAll([UInt8](repeating: 0, count: count), to: descriptor, at: off_t(start), path: path)
  }

  private func damaged() -> LMDBError {
    failure(LMDBError.Code.corrupted.rawValue, "reading the pages of data.mdb", path: path)
  }
}
