internal import Glibc
internal import Synchronization

/// The tables of an environment that are open, and the lock for opening one.
///
/// LMDB gives a new table the first number that is free as its transaction sees it (`mdb_dbi_open`). Two
/// transactions that open tables side by side would give one number to two tables. So only one may at a time,
/// and only if no table was opened since it began: that is what `generation` tells.
final class TableCache: Sendable {
  let generation = Atomic<Int>(0)
  private let known = Mutex<[String: Table]>([:])
  /// A mutex is for all threads, and stays where it was made.
  private nonisolated(unsafe) let opening: UnsafeMutablePointer<pthread_mutex_t>

  init(path: String) throws(LMDBError) {
    opening = .allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ERRORCHECK))
    let code = pthread_mutex_init(opening, &attributes)
    pthread_mutexattr_destroy(&attributes)
    guard code == 0 else { throw failure(code, "pthread_mutex_init", path: path) }
  }

  deinit {
    pthread_mutex_destroy(opening)
    opening.deallocate()
  }

  /// Answers `EDEADLK` if the same thread is opening already, in another transaction.
  func beginOpening() -> Int32 {
    pthread_mutex_lock(opening)
  }

  func endOpening() {
    pthread_mutex_unlock(opening)
  }

  subscript(_ name: String) -> Table? {
    known.withLock { $0[name] }
  }

  /// After the commit, and before `endOpening`.
  func keep(_ tables: [Table]) {
    guard !tables.isEmpty else { return }
    // First the number: who finds the table must also find that it is newer than an older transaction.
    generation.add(1, ordering: .releasing)
    known.withLock { known in
      for table in tables { known[table.name] = table }
    }
  }
}
