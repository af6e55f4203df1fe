import Glibc
import LMDB
import Testing

/// Each in a process of its own, which ends by it.
struct `A process whose data file is damaged while it is read` {
  /// A folder with a file of many pages.
  private func manyPages() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let environment = try Environment(path: folder.path, options: options())
    try environment.fill(environment.openTable("things", .integer), 0..<500)
    return folder
  }

  /// The second half is cut off under a reader.
  @Test func `ends with a message and a status where the file was cut short`() async throws {
    let folder = try manyPages()
    let result = await #expect(
      processExitsWith: .exitCode(6), observing: [\.standardErrorContent]
    ) { [path = folder.path as String] in
      DamageReport.enable(opening: "Error: ", advice: ". Do this.", closing: "\n")
      DamageReport.end(with: 6)
      let environment = try Environment(path: path, options: options())
      let table = try #require(try environment.table("things", .integer))
      try #require(truncate("\(path)/data.mdb", 40_960) == 0)
      try environment.read { (transaction) throws(LMDBError) in
        for key in 0..<UInt64(500) { _ = try transaction.get(table, key)?.array }
      }
    }
    let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      said.contains(
        "Error: \(folder.path)/data.mdb is damaged, was cut short or can't be read: it leads to where there is nothing. Do this.\n"
      ), "\(said)")
  }

  @Test func `ends with what LMDB would abort for`() async throws {
    let folder = try manyPages()
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) { [path = folder.path as String] in
      DamageReport.enable(opening: "{\"message\":\"", advice: ". Do this.", closing: "\"}\n")
      let environment = try Environment(path: path, options: options())
      let table = try #require(try environment.table("things", .integer))
      let file = open("\(path)/data.mdb", O_RDWR)
      let seen = try environment.read { (transaction) throws(LMDBError) in
        try transaction.withCursor(table) { (cursor) throws(LMDBError) in
          var seen = try cursor.first() ? 1 : 0
          // The leaf that the cursor is in says that it is a branch.
          for page in 2..<400 where pwrite(file, [UInt8(1)], 1, off_t(page * 4_096 + 10)) != 1 { seen = -1 }
          while try cursor.next() { seen += 1 }
          return seen
        }
      }
      Issue.record("it went on over \(seen) entries, errno \(errno)")
    }
    let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(said.contains("{\"message\":\"\(folder.path)/data.mdb is damaged: "), "\(said)")
    #expect(said.contains(". Do this.\"}\n"), "\(said)")
  }

  @Test func `is ended by the signal as before where it has nothing to do with a data file`() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      DamageReport.enable(opening: "Error: ", advice: "", closing: "\n")
      // No page can be written that is not mapped; 16 bytes are no pointer.
      UnsafeMutablePointer<Int>(bitPattern: 16)?.pointee = 1
    }
    await #expect(processExitsWith: .signal(SIGBUS)) {
      DamageReport.enable(opening: "Error: ", advice: "", closing: "\n")
      // To this thread, for another one may be slower to end the process than this one.
      raise(SIGBUS)
    }
  }
}
