import Glibc
import LMDB
import Testing

struct `Checking the pages of a file` {
  private let checking = options { $0.checksPages = true }

  @Test func `accepts what LMDB wrote: deep trees, large values, free pages, tables of both orders`() throws {
    let folder = try TemporaryFolder()
    var random = SystemRandomNumberGenerator()
    for round in 0..<12 {
      do {
        let environment = try Environment(path: folder.path, options: checking)
        let numbers = try environment.openTable("numbers", .integer)
        let texts = try environment.openTable("texts", .bytes)
        _ = try environment.openTable("empty \(round)", .bytes)
        try environment.write { (transaction) throws(LMDBError) in
          for _ in 0..<2_000 {
            let key = UInt64.random(in: 0..<30_000, using: &random)
            if key % 3 == 0 {
              try transaction.delete(numbers, key)
              continue
            }
            let length = key % 97 == 0 ? 40_000 : Int(key % 300)
            let value = [UInt8](repeating: 1, count: length)
            try transaction.put(numbers, key, value.span.bytes)
            // Long keys make a deep tree: two or three in a page.
            let text = Array("\(key)".utf8) + [UInt8](repeating: 46, count: Int(key % 500))
            let short = [UInt8](value.prefix(8))
            try transaction.put(texts, bytes: text.span.bytes, short.span.bytes)
          }
          if round == 7 { try transaction.removeAll(texts) }
        }
        let depth = try environment.read { (transaction) throws(LMDBError) in
          try transaction.statistics(texts).depth
        }
        if round == 11 { #expect(depth > 3) }
      }
    }
    _ = try Environment(path: folder.path, options: checking)
  }

  /// A file of one table of three levels, its bytes, and a page of its root and of a leaf.
  private func file() throws -> (folder: TemporaryFolder, bytes: [UInt8]) {
    let folder = try TemporaryFolder()
    do {
      let environment = try Environment(path: folder.path, options: options())
      let table = try environment.openTable("things", .integer)
      for start in stride(from: 0, to: 600, by: 100) {
        try environment.fill(table, UInt64(start)..<UInt64(start + 100))
      }
      try environment.put(table, 1_000, [UInt8](repeating: 7, count: 10_000))
    }
    return (folder, readAll("\(folder.path)/data.mdb"))
  }

  private func number(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> Int {
    bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The offsets of the pages with these flags that bear their own number, which are in use or were.
  private func pages(_ bytes: [UInt8], _ flags: Int) -> [Int] {
    stride(from: 8_192, to: bytes.count, by: 4_096).filter {
      number(bytes, $0, 8) == $0 / 4_096 && number(bytes, $0 + 10, 2) == flags
    }
  }

  @Test func `refuses what would stop the process`() throws {
    let (folder, sound) = try file()
    let (branches, leaves, large) = (pages(sound, 1), pages(sound, 2), pages(sound, 4))
    #expect(!branches.isEmpty && leaves.count > 5 && !large.isEmpty)
    func refused(_ pages: [Int], _ damage: (inout [UInt8], Int) -> Void) throws -> LMDBError.Code? {
      var bytes = sound
      for page in pages { damage(&bytes, page) }
      unlink("\(folder.path)/data.mdb")
      write(bytes, times: 1, to: "\(folder.path)/data.mdb")
      return code { _ = try Environment(path: folder.path, options: checking) }
    }
    #expect(try refused([]) { _, _ in } == nil)
    // The first node of a page, by its offset there.
    func node(_ bytes: [UInt8], _ page: Int) -> Int { page + number(bytes, page + 16, 2) }
    let damages: [(String, [Int], (inout [UInt8], Int) -> Void)] = [
      ("a page with another number", leaves, { $0[$1] ^= 1 }),
      ("a leaf that says it is a branch", leaves, { $0[$1 + 10] = 1 }),
      ("a leaf of duplicates", leaves, { $0[$1 + 10] = 0x22 }),
      ("an empty leaf", leaves, { $0[$1 + 12] = 16 }),
      ("nodes that begin behind the page", leaves, { $0[$1 + 15] = 0x7F }),
      ("a node behind the page", leaves, { $0[$1 + 17] = 0xFF }),
      ("a value that reaches out of its page", leaves, { $0[node($0, $1) + 1] = 0xFF }),
      ("a key of seven bytes", leaves, { $0[node($0, $1) + 6] = 7 }),
      ("a value with duplicates", leaves, { $0[node($0, $1) + 4] = 4 }),
      (
        "a branch that leads to itself", branches,
        { bytes, page in
          for index in 0..<6 {
            bytes[node(bytes, page) + index] = index < 4 ? UInt8((page / 4_096) >> (8 * index) & 0xFF) : 0
          }
        }
      ),
      ("a branch that leads behind the file", branches, { $0[node($0, $1) + 3] = 0x7F }),
      ("a branch of one child", branches, { $0[$1 + 12] = 18 }),
      ("a large value that is none", large, { $0[$1 + 10] = 2 }),
    ]
    for (what, pages, damage) in damages {
      #expect(try refused(pages, damage) == .corrupted, "\(what)")
    }
    for byte in 136..<144 {
      // The last page of the newer head is behind the file, or no page of any file: what is read is not behind it.
      _ = try refused([0, 4_096]) { $0[$1 + byte] |= 0x80 }
      if let environment = try? Environment(path: folder.path, options: checking) {
        #expect(try environment.info().usedBytes <= environment.info().mapSize + 4_096, "byte \(byte)")
      }
    }
    for size in [0, 1, 24, 4_097, 1 << 24, 4_096 | 1 << 29] {
      // LMDB takes it from the newer of the two heads.
      for head in [0, 4_096] {
        let code = try refused([head]) { bytes, head in
          for index in 0..<4 { bytes[head + 40 + index] = UInt8(size >> (8 * index) & 0xFF) }
        }
        #expect(code == .invalid, "pages of \(size) bytes by the head at \(head)")
      }
    }
  }

  private func readAll(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16 << 20)
    return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
  }
}
