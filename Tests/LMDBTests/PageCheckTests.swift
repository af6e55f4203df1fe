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

  /// Where the newer head is, the page of the tables, what describes the only one, and its first page.
  private func places(_ bytes: [UInt8]) -> (head: Int, main: Int, description: Int, root: Int)? {
    guard let head = [0, 4_096].max(by: { number(bytes, $0 + 144, 8) < number(bytes, $1 + 144, 8) }) else {
      return nil
    }
    let main = number(bytes, head + 128, 8) * 4_096
    let description = main + number(bytes, main + 16, 2) + 8 + "things".utf8.count
    return (head, main, description, number(bytes, description + 40, 8) * 4_096)
  }

  /// The offsets of the nodes of a page.
  private func nodes(_ bytes: [UInt8], _ page: Int) -> [Int] {
    stride(from: page + 16, to: page + number(bytes, page + 12, 2), by: 2).map { page + number(bytes, $0, 2) }
  }

  /// Opens a file after damage was done to it; nil where it is accepted.
  private func refusal(
    _ path: String, _ sound: [UInt8], _ options: EnvironmentOptions, _ damage: (inout [UInt8]) -> Void
  ) -> LMDBError.Code? {
    var bytes = sound
    damage(&bytes)
    unlink("\(path)/data.mdb")
    write(bytes, times: 1, to: "\(path)/data.mdb")
    return code { _ = try Environment(path: path, options: options) }
  }

  @Test func `happens for the first page of each table whenever a file is opened`() throws {
    let (folder, sound) = try file()
    let (head, main, description, root) = try #require(places(sound))
    let node = root + number(sound, root + 18, 2)
    #expect(refusal(folder.path, sound, options()) { _ in } == nil)
    let damages: [(String, Int, UInt8)] = [
      ("the number of the newer head's transaction", head + 144, 0x04),
      ("the same to one that is older by two", head + 144, 0x02), ("the kind of a head", head + 10, 0x08),
      ("the last page", head + 136, 0xFF), ("the root of the free list", head + 16 + 64, 0x40),
      ("the root of the tables", head + 16 + 112, 0x40), ("the flags of the tables", head + 16 + 76, 0x04),
      ("the number of tables", head + 16 + 104, 0x01), ("the depth of the tables", head + 16 + 78, 0x01),
      ("the flags of a table", description + 4, 0x10), ("its depth", description + 6, 0x40),
      ("its root", description + 40, 0x01), ("that root's highest byte", description + 47, 0x80),
      ("the flags of its node", main + number(sound, main + 16, 2) + 4, 0x02),
      ("the number of the first page", root, 0x01), ("its kind", root + 10, 0x20),
      ("its end", root + 12, 0x01),
      ("its nodes' begin", root + 15, 0x40), ("a node's place", root + 17, 0x80),
      ("a key's length", node + 6, 0x08),
      ("a key that is greater than the next", node + 8 + 7, 0x01),
    ]
    for (what, place, bits) in damages {
      let code = refusal(folder.path, sound, options()) { $0[place] ^= bits }
      #expect(code == .corrupted || code == .invalid || code == .truncated, "\(what)")
    }
  }

  @Test func `finds keys out of their order, wrong numbers of pages, and pages in use that are free`() throws
  {
    let (folder, sound) = try file()
    let (head, _, description, root) = try #require(places(sound))
    let below = number(sound, root + number(sound, root + 18, 2), 6) * 4_096
    let list = number(sound, head + 16 + 64, 8) * 4_096
    let freed = list + number(sound, list + 16, 2) + 16
    #expect(
      number(sound, below + 10, 2) == 2 && number(sound, freed, 8) > 0, "a leaf, and a list that is not empty"
    )
    let key = below + number(sound, below + 16, 2) + 8
    let damages: [(String, (inout [UInt8]) -> Void)] = [
      (
        "a key less than its branch says",
        {
          $0[key] = 0; $0[key + 1] = 0
        }
      ),
      ("a key greater than all", { $0[key + 5] = 1 }),
      ("the number of entries", { $0[description + 32] ^= 1 }),
      ("the number of leaves", { $0[description + 16] ^= 1 }),
      ("the number of branches", { $0[description + 8] ^= 1 }),
      ("the number of large values' pages", { $0[description + 24] ^= 1 }),
      (
        "a page in use that is free",
        { for at in 0..<8 { $0[freed + 8 + at] = UInt8((below / 4_096) >> (8 * at) & 0xFF) } }
      ),
      ("a transaction of the future that freed pages", { $0[freed - 8 + 6] = 1 }),
      ("a free page that is none", { $0[freed + 8 + 6] = 1 }),
      ("more free pages than there is room for", { $0[freed + 2] = 1 }),
    ]
    for (what, damage) in damages {
      #expect(refusal(folder.path, sound, checking, damage) == .corrupted, "\(what)")
    }
  }

  @Test func `accepts a file that another process writes to as fast as it can`() async throws {
    let folder = try TemporaryFolder()
    do {
      let environment = try Environment(path: folder.path, options: options { $0.synchronous = false })
      _ = try environment.openTable("things", .integer)
    }
    let path = folder.path
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await #expect(processExitsWith: .success) { [path = path as String] in
          let environment = try Environment(path: path, options: options { $0.synchronous = false })
          let table = try environment.openTable("things", .integer)
          var key: UInt64 = 0
          // Each commit makes the file longer by some pages.
          while access("\(path)/stop", F_OK) != 0, key < 60_000 {
            try environment.write { (transaction) throws(LMDBError) in
              let value = [UInt8](repeating: 1, count: 3_000)
              for _ in 0..<3 {
                try transaction.put(table, key, value.span.bytes)
                key += 1
              }
            }
            if key == 3 { write([1], times: 1, to: "\(path)/started") }
          }
        }
      }
      for _ in 0..<2_000 where access("\(path)/started", F_OK) != 0 { usleep(5_000) }
      for round in 0..<400 {
        let all = round % 50 == 0
        let refused = code { _ = try Environment(path: path, options: options { $0.checksPages = all }) }
        #expect(refused == nil, "round \(round)")
        if refused != nil { break }
      }
      write([1], times: 1, to: "\(path)/stop")
    }
  }

  @Test func `leaves to the reader what lies deeper, who meets an error and goes in no circles`() throws {
    let (folder, sound) = try file()
    let root = try #require(places(sound)).root
    let refused = refusal(folder.path, sound, options()) { bytes in
      for leaf in nodes(sound, root).map({ number(sound, $0, 6) * 4_096 }) {
        for key in nodes(sound, leaf).map({ $0 + 8 }) { for at in 0..<8 { bytes[key + at] = 0 } }
      }
    }
    #expect(refused == nil)
    let environment = try Environment(path: folder.path, options: options())
    let table = try #require(try environment.table("things", .integer))
    let found = code {
      try environment.read { (transaction) throws(LMDBError) in
        try transaction.withCursor(table) { (cursor) throws(LMDBError) in
          var next: UInt64 = 1
          while try cursor.seek(next) { next = cursor.integerKey + 1 }
        }
      }
    }
    #expect(found == .corrupted)
  }

  private func readAll(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16 << 20)
    return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
  }
}
