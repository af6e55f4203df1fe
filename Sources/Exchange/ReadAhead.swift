import Glibc

/// Fills slots on a thread of its own, so that reading and the sink work at the same time.
///
/// Three slots go round: one is filled, one waits, one is at the sink. The producer belongs to the thread from
/// the beginning to the end; slots change hands under the lock.
final class ReadAhead<Producer: EventProducer & ~Copyable>: ReadingThread, @unchecked Sendable {
  private var producer: Producer
  private var free: [ImportSlot] = []
  private var filled: [(slot: ImportSlot, result: FillResult)] = []
  private var isCancelled = false

  static var slotCount: Int { 3 }

  init(_ producer: consuming Producer, importer: String) {
    self.producer = producer
    for _ in 0..<Self.slotCount { free.append(ImportSlot(importer: importer)) }
  }

  /// The next slot; blocks until there is one.
  func take() -> (slot: ImportSlot, result: FillResult) {
    lock()
    defer { unlock() }
    while filled.isEmpty { wait() }
    return filled.removeFirst()
  }

  /// Gives an emptied slot back.
  func giveBack(_ slot: consuming ImportSlot) {
    lock()
    free.append(slot)
    signal()
    unlock()
  }

  /// Asks the thread to end after the slot that it fills.
  func cancel() {
    lock()
    isCancelled = true
    signal()
    unlock()
  }

  override func run() {
    while var slot = nextFree() {
      let result = producer.fill(&slot)
      lock()
      filled.append((slot, result))
      signal()
      unlock()
      guard case .filled = result else { return }
    }
  }

  private func nextFree() -> ImportSlot? {
    lock()
    defer { unlock() }
    while free.isEmpty, !isCancelled { wait() }
    return isCancelled ? nil : free.removeLast()
  }
}

/// A POSIX thread with a lock and a condition; the standard library has neither a condition nor a thread that
/// may block.
class ReadingThread {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// What the thread does.
  func run() {}

  /// Starts the thread, which holds on to this object until it ends; returns 0, or the system's error.
  ///
  /// It is never waited for: after a failure it may be blocked in a read of a terminal or pipe for ever.
  func start() -> Int32 {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<ReadingThread>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    if status != 0 {
      context.release()
      return status
    }
    pthread_detach(thread)
    return 0
  }

  final func lock() { pthread_mutex_lock(mutex) }
  final func unlock() { pthread_mutex_unlock(mutex) }
  /// Waits until something has changed (`pthread_cond_wait`).
  final func wait() { pthread_cond_wait(condition, mutex) }
  final func signal() { pthread_cond_signal(condition) }
}
