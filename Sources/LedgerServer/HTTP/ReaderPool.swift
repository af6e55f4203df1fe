import NIOPosix
import Synchronization

/// Threads that read the ledger, so that no event loop waits for the disk.
///
/// What comes in faster than it is read waits in a queue of a fixed length; what finds it full, or has waited too
/// long, is refused at once, so that a burst never becomes a backlog.
final class ReaderPool: Sendable {
  /// Reads that run and wait, at most.
  let capacity: Int
  /// How long a read waits for its turn, at most.
  let patience: Duration
  private let threads: NIOThreadPool
  private let inside = Atomic<Int>(0)
  private let refusals = Atomic<Int>(0)

  /// Starts so many threads.
  init(threadCount: Int, capacity: Int, patience: Duration) {
    precondition(threadCount > 0 && capacity > 0, "a pool has threads and room")
    self.capacity = capacity
    self.patience = patience
    threads = NIOThreadPool(numberOfThreads: threadCount)
    threads.start()
  }

  /// How many reads run and wait now.
  var count: Int { inside.load(ordering: .relaxed) }
  /// How many reads were refused.
  var refusalCount: Int { refusals.load(ordering: .relaxed) }

  /// Runs a read on one of the threads; throws a `busy` problem where there is no room.
  func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    defer { inside.subtract(1, ordering: .relaxed) }
    guard inside.add(1, ordering: .relaxed).newValue <= capacity else { throw refusal() }
    let deadline = ContinuousClock.now + patience
    return try await threads.runIfActive {
      if ContinuousClock.now > deadline { throw self.refusal() }
      return try body()
    }
  }

  /// Ends the threads when the reads that run have ended.
  func shutDown() async throws { try await threads.shutdownGracefully() }

  private func refusal() -> Problem {
    refusals.add(1, ordering: .relaxed)
    return Problem(.busy, "too many requests are waiting; repeat this one a little later")
  }
}
