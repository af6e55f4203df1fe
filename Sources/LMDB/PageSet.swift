internal import Glibc

/// A set of the pages of a file, but for the two heads.
struct PageSet: ~Copyable {
  private let pages: UInt64
  private let words: UnsafeMutablePointer<UInt64>?

  /// Memory that is never touched costs nothing, so that a few pages of a large file are looked at soon. calloc(3).
  init(pages: UInt64) {
    self.pages = pages
    words = calloc(Int(pages / 64) + 1, 8)?.assumingMemoryBound(to: UInt64.self)
  }

  deinit {
    free(words)
  }

  /// False where the page is in the set already, or not in the file.
  mutating func insert(_ page: UInt64) -> Bool {
    guard let words, page > 1, page < pages else { return false }
    let (word, bit) = (Int(page / 64), UInt64(1) << (page % 64))
    defer { words[word] |= bit }
    return words[word] & bit == 0
  }

  func contains(_ page: UInt64) -> Bool {
    guard let words, page < pages else { return false }
    return words[Int(page / 64)] >> (page % 64) & 1 == 1
  }

  /// Whether no page is in both, of the same file.
  func isDisjoint(from other: borrowing PageSet) -> Bool {
    guard let words, let others = other.words else { return false }
    for word in 0...Int(min(pages, other.pages) / 64) where words[word] & others[word] != 0 { return false }
    return true
  }
}

/// The pages that the free list of a file names.
struct FreePages: ~Copyable {
  private let pages: UInt64
  private var inFile: PageSet
  /// How many lie behind the end of the file.
  private var behindEnd: UInt64 = 0
  /// The last page of the state that names them.
  var lastPage: UInt64 = 0

  init(pages: UInt64) {
    self.pages = pages
    inFile = PageSet(pages: pages)
  }

  /// Adds what a transaction gave back: how many pages, and their numbers, descending (`MDB_IDL`). False where it is no
  /// such list, or has a page that another one has. `list` may be only the beginning of one of so many bytes.
  mutating func add(_ list: RawSpan, of size: Int) -> Bool {
    guard list.byteCount >= 8, list.u64(at: 0) <= UInt64(size / 8 - 1) else { return false }
    var before = UInt64.max
    for index in 0..<min(Int(list.u64(at: 0)), list.byteCount / 8 - 1) {
      let page = list.u64(at: 8 + 8 * index)
      guard page > 1, page <= lastPage, page < before else { return false }
      before = page
      if page >= pages {
        behindEnd += 1
      } else if !inFile.insert(page) {
        return false
      }
    }
    return true
  }

  /// Whether a page is among them, as far as they are known.
  func contains(_ page: UInt64) -> Bool { inFile.contains(page) }

  /// Whether none of them is used, and all that the file does not hold are among them: LMDB does not write pages that a
  /// transaction took at the end of the file and gave back.
  func isSound(beside used: borrowing PageSet) -> Bool {
    inFile.isDisjoint(from: used) && behindEnd == (lastPage < pages ? 0 : lastPage + 1 - pages)
  }
}
