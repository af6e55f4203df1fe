import Glibc
import LMDB
import Testing

struct `Opening an environment` {
  @Test func `is refused a second time in one process, under any spelling`() throws {
    let parent = try TemporaryFolder()
    let path = try parent.folder("log")
    let link = "\(parent.path)/link"
    #expect(symlink(path, link) == 0)
    do {
      let environment = try Environment(path: path, options: options())
      for spelling in [path, "\(path)/", "\(parent.path)/./log", link] {
        let refused = code { _ = try Environment(path: spelling, options: options()) }
        #expect(refused == .alreadyOpenInProcess)
      }
      _ = try environment.openTable("still works", .bytes)
    }
    let environment = try Environment(path: link, options: options())
    #expect(try environment.table("still works", .bytes) != nil)
  }

  @Test func `is possible again after an opening that failed`() throws {
    let folder = try TemporaryFolder()
    write(Array("no database ".utf8), times: 1_000, to: "\(folder.path)/data.mdb")
    #expect(code { _ = try Environment(path: folder.path, options: options()) } == .invalid)
    #expect(code { _ = try Environment(path: folder.path, options: options()) } == .invalid)
    unlink("\(folder.path)/data.mdb")
    _ = try Environment(path: folder.path, options: options())
  }

  @Test func `is refused where there is no folder`() throws {
    let folder = try TemporaryFolder()
    write([1], times: 1, to: "\(folder.path)/file")
    #expect(code { _ = try Environment(path: "\(folder.path)/none", options: options()) } == .noSuchFile)
    #expect(code { _ = try Environment(path: "\(folder.path)/file", options: options()) } == .notADirectory)
  }

  @Test func `for reading only is refused in an empty folder, and leaves it empty`() throws {
    let folder = try TemporaryFolder()
    let refused = code {
      _ = try Environment(path: folder.path, options: options { $0.readOnly = true })
    }
    #expect(refused == .noSuchFile)
    #expect(access("\(folder.path)/lock.mdb", F_OK) != 0)
  }

  @Test(arguments: [2, 3, 10, 100, 300, 500]) func `is refused on a truncated file`(pages: Int) throws {
    let folder = try TemporaryFolder()
    let data = "\(folder.path)/data.mdb"
    do {
      let environment = try Environment(path: folder.path, options: options())
      try environment.fill(environment.openTable("things", .integer), 0..<500)
    }
    #expect(truncate(data, off_t(pages * 4_096)) == 0)
    #expect(code { _ = try Environment(path: folder.path, options: options()) } == .truncated)
    #expect(truncate(data, 1_000) == 0)
    #expect(code { _ = try Environment(path: folder.path, options: options()) } == .invalid)
  }

  @Test func `accepts a file that is short because its last pages were given back`() throws {
    let folder = try TemporaryFolder()
    let small = [UInt8](repeating: 1, count: 40_000)
    let large = [UInt8](repeating: 1, count: 400_000)
    do {
      let environment = try Environment(path: folder.path, options: options())
      let table = try environment.openTable("things", .integer)
      try environment.put(table, 1, small)
      for _ in 0..<3 {
        // The list of free pages is loaded first, then large is put behind the end and given back to it.
        try environment.write { (transaction) throws(LMDBError) in
          try transaction.put(table, 1, small.span.bytes)
          try transaction.put(table, 2, large.span.bytes)
          try transaction.delete(table, 2)
        }
      }
      try environment.put(table, 3, [3])
    }
    let environment = try Environment(path: folder.path, options: options())
    let info = try environment.info()
    var status = stat()
    #expect(stat("\(folder.path)/data.mdb", &status) == 0)
    #expect(info.usedBytes > Int(status.st_size), "the case that this test is for")
    let table = try #require(try environment.table("things", .integer))
    #expect(try environment.get(table, 3) == [3])
  }

  @Test func `is refused without the right to write`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    #expect(chmod(path, 0o555) == 0)
    await #expect(processExitsWith: .success) { [path = path as String] in
      // Rights do not bind the superuser.
      if geteuid() == 0 { try #require(seteuid(65_534) == 0) }
      try #require(code { _ = try Environment(path: path, options: options()) } == .accessDenied)
    }
    #expect(chmod(path, 0o755) == 0)
  }

  @Test func `knows the file systems that are not local`() {
    #expect(isNetworkFileSystem(0x6969))
    #expect(isNetworkFileSystem(0xFF53_4D42))
    #expect(!isNetworkFileSystem(0xEF53))  // ext4
    #expect(!isNetworkFileSystem(0x0102_1994))  // tmpfs
    #expect(!isNetworkFileSystem(0x794C_7630))  // overlay
  }

  @Test func `tells its size and its last transaction`() throws {
    let store = try Fixture()
    try store.environment.fill(store.table, 0..<100)
    let info = try store.environment.info()
    #expect(info.pageSize == 4_096)
    #expect(info.mapSize == 64 << 20)
    #expect(info.lastTransaction == 2)
    #expect(info.usedBytes >= 400_000 && info.fileBytes >= 400_000)
    #expect(info.maxReaders == 510)
  }

  @Test(arguments: [false, true]) func `can be done with a copy`(compact: Bool) throws {
    let store = try Fixture()
    try store.environment.fill(store.table, 0..<100)
    let target = try store.folder.folder("copy")
    try store.environment.copy(to: target, compact: compact)
    #expect(code { try store.environment.copy(to: target, compact: compact) } == .alreadyExists)
    let copy = try Environment(path: target, options: options())
    let table = try #require(try copy.table("things", .integer))
    #expect(try copy.count(table) == 100)
  }

  @Test func `without syncing keeps what a sync wrote`() throws {
    let folder = try TemporaryFolder()
    do {
      let environment = try Environment(path: folder.path, options: options { $0.synchronous = false })
      try environment.put(environment.openTable("things", .integer), 1, [1])
      try environment.sync()
    }
    let environment = try Environment(path: folder.path, options: options())
    let table = try #require(try environment.table("things", .integer))
    #expect(try environment.get(table, 1) == [1])
  }

  @Test func `explains a failure with place, reason and advice`() throws {
    let error = LMDBError(.readersFull, operation: "mdb_txn_begin", path: "/srv/log")
    #expect(
      error.description == """
        mdb_txn_begin failed on /srv/log: MDB_READERS_FULL: Environment maxreaders limit reached \
        (code -30790). Too many read transactions are open; close some or clear stale readers.
        """
    )
    #expect(
      LMDBError(.truncated, operation: "mdb_env_open").description == """
        mdb_env_open failed: the data file is shorter than the pages in use (code -31003). \
        Keep the files as they are and restore from a backup.
        """
    )
    #expect(LMDBError(code: 99_999, operation: "x").description.contains("99999"))
  }
}

func write(_ bytes: [UInt8], times: Int, to path: String) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
  defer { close(descriptor) }
  for _ in 0..<times { Glibc.write(descriptor, bytes, bytes.count) }
}
