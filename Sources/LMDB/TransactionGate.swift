internal import CLMDB
internal import Glibc

/// Lets any number of transactions through, or one change of the map alone.
///
/// LMDB may move the map only while no transaction of the process is live (`mdb_env_set_mapsize`). A thread
/// that is inside already goes through again without the lock, so a read within a read cannot wait for a
/// resize that waits for it. A resize asks for short moments and lets waiting readers pass between them, so
/// that one long read delays the resize and not everyone.
final class TransactionGate: Sendable {
  /// A lock is for all threads, and stays where it was made.
  private nonisolated(unsafe) let lock: UnsafeMutablePointer<pthread_rwlock_t>
  /// Per thread: twice the number of transactions inside, plus one for a write transaction.
  private let inside: pthread_key_t
  /// Changed alone, read inside: the map was lost in a failed resize, and any access would crash.
  private nonisolated(unsafe) var isBroken = false

  init(path: String) throws(LMDBError) {
    var key = pthread_key_t()
    let keyCode = pthread_key_create(&key, nil)
    guard keyCode == 0 else { throw failure(keyCode, "pthread_key_create", path: path) }
    inside = key
    lock = .allocate(capacity: 1)
    var attributes = pthread_rwlockattr_t()
    pthread_rwlockattr_init(&attributes)
    pthread_rwlockattr_setkind_np(&attributes, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
    let lockCode = pthread_rwlock_init(lock, &attributes)
    pthread_rwlockattr_destroy(&attributes)
    precondition(lockCode == 0, "a lock of one process takes only memory")
  }

  deinit {
    pthread_rwlock_destroy(lock)
    lock.deallocate()
    pthread_key_delete(inside)
  }

  /// What the current thread holds.
  private var held: Int {
    get { Int(bitPattern: pthread_getspecific(inside)) }
    set { pthread_setspecific(inside, UnsafeRawPointer(bitPattern: newValue)) }
  }

  /// Answers `EDEADLK` instead of waiting for a write transaction of the same thread.
  func enter(writing: Bool) -> LMDBError.Code? {
    let before = held
    if writing && before & 1 == 1 { return .wouldDeadlock }
    if before == 0 {
      let code = pthread_rwlock_rdlock(lock)
      guard code == 0 else { return LMDBError.Code(rawValue: code) }
    }
    guard !isBroken else {
      if before == 0 { pthread_rwlock_unlock(lock) }
      return .panic
    }
    held = before + (writing ? 3 : 2)
    return nil
  }

  func leave(writing: Bool) {
    let after = held - (writing ? 3 : 2)
    precondition(after >= 0, "a transaction ended on another thread than it began on")
    held = after
    if after == 0 { pthread_rwlock_unlock(lock) }
  }

  /// Runs `change` while no transaction of this process is live. A map that `change` lost closes the gate.
  func alone(
    within patience: Duration,
    path: String,
    _ change: () throws(LMDBError) -> MapState
  ) throws(LMDBError) {
    guard held == 0, waitForAll(within: patience) else {
      throw failure(LMDBError.Code.remapBlocked.rawValue, "mdb_env_set_mapsize", path: path)
    }
    defer { pthread_rwlock_unlock(lock) }
    if isBroken { throw failure(LMDBError.Code.panic.rawValue, "mdb_env_set_mapsize", path: path) }
    isBroken = try change() == .lost
  }

  /// Writers go first in this lock, so each attempt holds new readers back, for at most 50 ms.
  private func waitForAll(within patience: Duration) -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + patience
    repeat {
      var moment = timespec()
      clock_gettime(CLOCK_MONOTONIC, &moment)
      moment.tv_nsec += 50_000_000
      if moment.tv_nsec >= 1_000_000_000 {
        moment.tv_nsec -= 1_000_000_000
        moment.tv_sec += 1
      }
      if pthread_rwlock_clockwrlock(lock, CLOCK_MONOTONIC, &moment) == 0 { return true }
      usleep(1_000)
    } while clock.now < end
    return false
  }
}

/// Whether the environment can be used after its map was changed.
enum MapState {
  case mapped, lost
}
