import Glibc
import LMDB
import Testing

struct `After a failure` {
  @Test func `the slot of a reader that was killed is cleared`() async throws {
    let store = try Fixture()
    let path = store.folder.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      try dieReading(path)
    }
    #expect(try store.environment.clearStaleReaders() == 1)
    #expect(try store.environment.clearStaleReaders() == 0)
  }

  @Test func `the slot of a reader that was killed is cleared by the next that opens`() async throws {
    let store = try Fixture()
    let path = store.folder.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      try dieReading(path)
    }
    await #expect(processExitsWith: .success) { [path = path as String] in
      _ = try Environment(path: path, options: options())
    }
    #expect(try store.environment.clearStaleReaders() == 0)
  }

  @Test func `of a writer that was killed, the next writer goes on from the last commit`() async throws {
    let store = try Fixture()
    let path = store.folder.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let environment = try Environment(path: path, options: options())
      try environment.write { (transaction) throws(LMDBError) in
        let table = try transaction.openTable("things", .integer)
        let value = page
        try transaction.put(table, 1, value.span.bytes)
        kill(getpid(), SIGKILL)
      }
    }
    #expect(try store.environment.count(store.table) == 0)
    try store.environment.put(store.table, 2, [2])
    #expect(try store.environment.count(store.table) == 1)
  }

  /// The descriptor that LMDB writes the head of the file with is the one that was opened with `O_DSYNC`.
  @Test func `of writing the head, the environment refuses all work until it is opened again`() throws {
    let folder = try TemporaryFolder()
    do {
      let environment = try Environment(path: folder.path, options: options())
      let table = try environment.openTable("things", .integer)
      try environment.put(table, 1, [1])
      let head = try #require(headDescriptor(of: "\(folder.path)/data.mdb"))
      let broken = open("/dev/null", O_RDONLY | O_CLOEXEC)
      #expect(dup2(broken, head) == head)
      close(broken)
      #expect(code { try environment.put(table, 2, [2]) } != nil)
      #expect(code { try environment.put(table, 2, [2]) } == .panic)
      #expect(code { _ = try environment.get(table, 1) } == .panic)
    }
    let environment = try Environment(path: folder.path, options: options())
    let table = try #require(try environment.table("things", .integer))
    #expect(try environment.get(table, 1) == [1])
    #expect(try environment.get(table, 2) == nil)
    try environment.put(table, 2, [2])
  }

  @Test func `of a full disk, the environment can be read, and written when there is space`() throws {
    guard let disk = try SmallDisk(bytes: 2 << 20) else {
      print("skipped, mounting a file system is not permitted: the test of a full disk")
      return
    }
    let environment = try Environment(path: disk.path, options: options())
    let table = try environment.openTable("things", .integer)
    write([UInt8](repeating: 0, count: 4_096), times: 256, to: "\(disk.path)/ballast")
    var written: UInt64 = 0
    var refused: LMDBError.Code?
    while refused == nil && written < 1_000 {
      refused = code { try environment.put(table, written, page) }
      if refused == nil { written += 1 }
    }
    #expect(refused == .noSpace && written > 0)
    #expect(try environment.count(table) == Int(written))
    #expect(unlink("\(disk.path)/ballast") == 0)
    try environment.put(table, written, page)
    #expect(try environment.count(table) == Int(written) + 1)
  }

  /// Without its reserve, the lock file would stop the process with a bus error here.
  @Test func `of a full disk, opening answers with an error`() async throws {
    guard let disk = try SmallDisk(bytes: 1 << 20) else {
      print("skipped, mounting a file system is not permitted: the test of opening on a full disk")
      return
    }
    write([UInt8](repeating: 0, count: 4_096), times: 300, to: "\(disk.path)/ballast")
    let path = disk.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      try #require(code { _ = try Environment(path: path, options: options()) } == .noSpace)
    }
  }

  @Test func `a file system that was mounted for reading only can be read`() throws {
    guard let disk = try SmallDisk(bytes: 4 << 20) else {
      print("skipped, mounting a file system is not permitted: the test of one that is read-only")
      return
    }
    do {
      let environment = try Environment(path: disk.path, options: options())
      try environment.put(environment.openTable("things", .integer), 1, [1])
    }
    #expect(mount("tmpfs", disk.path, "tmpfs", UInt(MS_REMOUNT) | UInt(MS_RDONLY), nil) == 0)
    #expect(code { _ = try Environment(path: disk.path, options: options()) } == .readOnly)
    let environment = try Environment(path: disk.path, options: options { $0.readOnly = true })
    let table = try #require(try environment.table("things", .integer))
    #expect(try environment.get(table, 1) == [1])
  }
}

func dieReading(_ path: String) throws(LMDBError) {
  let environment = try Environment(path: path, options: options())
  try environment.read { (_) throws(LMDBError) in _ = kill(getpid(), SIGKILL) }
}

/// A file system in memory that ends after a few megabytes. Nil where mounting is not permitted.
final class SmallDisk {
  private let folder: TemporaryFolder
  var path: String { folder.path }

  init?(bytes: Int) throws {
    folder = try TemporaryFolder()
    guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(bytes)") == 0 else { return nil }
  }

  deinit {
    umount2(folder.path, Int32(MNT_DETACH))
  }
}

private func headDescriptor(of path: String) -> Int32? {
  var wanted = stat()
  guard stat(path, &wanted) == 0 else { return nil }
  // With all tests at once a process has many files open.
  return (3..<65_536 as Range<Int32>).first { descriptor in
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_ino == wanted.st_ino else { return false }
    return fcntl(descriptor, F_GETFL) & O_DSYNC != 0
  }
}
