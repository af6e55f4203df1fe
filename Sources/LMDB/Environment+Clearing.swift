internal import CLMDB
internal import Glibc

/// What a clearing of an environment did, and what it had to leave.
package struct ClearingReport: Hashable, Sendable {
  /// Pages that no state uses and that held something: all zeros now.
  package var freePages = 0
  /// Pages in use whose unused part held something: zeros now.
  package var gaps = 0
  /// Pages that hold something deleted and that a reader of an older state may still see.
  package var waitingPages = 0
  /// The processes of those readers.
  package var readers: Set<Int32> = []
}

extension Environment {
  /// Overwrites with zeros what the file still holds of deleted values, and makes that durable.
  ///
  /// Under the write lock, for as long as it takes to read the file once. What is written to is read by nobody: the
  /// gaps inside of pages, and free pages that no reader may see. LMDB itself would spare those of the last commit
  /// too, for with `MDB_NOMETASYNC` that could be undone; in a synchronous environment it can't. The zeros go to the
  /// file and not through the map, as LMDB's own writes do (`mdb_page_flush`), and may be stopped at any moment.
  /// Waits for readers of older states for `patience`, then leaves their pages.
  ///
  /// A process that wrote before keeps copies of pages in its buffers, and may write parts of them into gaps again.
  package func clearUnused(patience: Duration) throws(LMDBError) -> ClearingReport {
    precondition(options.synchronous, "the last commit of an unsynced environment may be undone")
    try waitForReaders(of: try info().lastTransaction, for: patience)
    let transaction = try begin(writing: true)
    defer {
      mdb_txn_abort(transaction)
      trace?(.abort)
      gate.leave(writing: true)
    }
    // No transaction commits while this one is open, so the state does not change.
    let newest = UInt64(mdb_txn_id(transaction)) - 1
    _ = try clearStaleReaders()
    let readers = try openReaders()
    let oldest = min(newest, readers.map(\.snapshot).min() ?? newest)
    let size = try info().pageSize
    let file = try DataFile(path: path, pageSize: size, isWritable: true)
    guard let head = try file.newestHead(), file.transaction(of: head) == newest else {
      throw failure(LMDBError.Code.corrupted.rawValue, "reading the pages of data.mdb", path: path)
    }
    var report = ClearingReport()
    report.gaps = try file.clearGaps()
    try forEachFreePage { (page, freedBy) throws(LMDBError) in
      // A page that transaction n gave back is seen by the snapshots before n.
      if freedBy <= oldest {
        if try file.clear(page: page) { report.freePages += 1 }
      } else if try file.isFilled(page: page) {
        report.waitingPages += 1
      }
    }
    // Behind the last page in use: what an aborted transaction wrote.
    for page in (file.lastPage(of: head) + 1)..<max(file.pages, file.lastPage(of: head) + 1)
    where try file.clear(page: page) {
      report.freePages += 1
    }
    try file.sync()
    if report.waitingPages > 0 {
      report.readers = Set(readers.filter { $0.snapshot < newest }.map(\.process))
    }
    return report
  }

  /// How often each of some texts stands in `data.mdb`, used or not: what somebody who reads the file finds.
  package func occurrences(of patterns: [[UInt8]]) throws(LMDBError) -> [Int] {
    try DataFile(path: path, pageSize: try info().pageSize).count(of: patterns)
  }

  /// Calls `body` for each page of the free list, with the transaction that gave it back.
  ///
  /// The free list is table 0: number of the transaction → how many pages, and their numbers (`MDB_IDL`). LMDB lets
  /// only a reader look at it.
  private func forEachFreePage(
    _ body: (UInt64, UInt64) throws(LMDBError) -> Void
  ) throws(LMDBError) {
    try read { (transaction) throws(LMDBError) in
      let list = Table(dbi: 0, name: "", order: .integer)
      try transaction.withCursor(list) { (cursor) throws(LMDBError) in
        var isThere = try cursor.first()
        while isThere {
          let freedBy = cursor.integerKey
          let pages = cursor.value
          guard pages.byteCount >= 8, pages.u64(at: 0) <= UInt64(pages.byteCount / 8 - 1) else {
            throw failure(LMDBError.Code.corrupted.rawValue, "reading the free list", path: path)
          }
          for index in 0..<Int(pages.u64(at: 0)) { try body(pages.u64(at: 8 + 8 * index), freedBy) }
          isThere = try cursor.next()
        }
      }
    }
  }

  private struct OpenReader {
    var process: Int32
    /// The transaction whose result it sees.
    var snapshot: UInt64
  }

  /// The readers of all processes. `mdb_reader_list`, which gives each as a line: process, thread, transaction.
  private func openReaders() throws(LMDBError) -> [OpenReader] {
    var lines: [String] = []
    let code = withUnsafeMutablePointer(to: &lines) { lines in
      mdb_reader_list(
        handle,
        { line, context in
          if let line {
            context?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: line))
          }
          return 0
        }, lines)
    }
    guard code >= 0 else { throw failure(code, "mdb_reader_list", path: path) }
    return lines.compactMap { line in
      let words = line.split { $0 == " " || $0 == "\n" }
      // The title, and a reader that is about to take the newest state, have no number.
      guard words.count == 3, let process = Int32(words[0]), let snapshot = UInt64(words[2]) else {
        return nil
      }
      return OpenReader(process: process, snapshot: snapshot)
    }
  }

  /// Gives readers of states before `transaction` some time to end.
  private func waitForReaders(of transaction: Int, for patience: Duration) throws(LMDBError) {
    let clock = ContinuousClock()
    let end = clock.now + patience
    while clock.now < end {
      _ = try clearStaleReaders()
      guard try openReaders().contains(where: { $0.snapshot < UInt64(transaction) }) else { return }
      usleep(20_000)
    }
  }
}
