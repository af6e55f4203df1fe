import Ledger
import NIOPosix
import Synchronization
import WorkloadModel

/// The one who writes: while one group is being committed, all batches that come queue for the next, so that many
/// clients share a durable commit and no thread waits for each.
final class LedgerWriter: Sendable {
  /// Batches that wait, at most.
  let capacity: Int
  private let ledger: Ledger
  private let thread = NIOThreadPool(numberOfThreads: 1)
  private let queue = Mutex(Queue())

  private struct Waiting {
    var request: AppendRequest
    var continuation: CheckedContinuation<AppendRequest, any Error>
  }

  private struct Queue {
    var waiting: [Waiting] = []
    /// Whether the thread is at work, or about to be.
    var isRunning = false
  }

  /// Starts the thread.
  init(_ ledger: Ledger, capacity: Int) {
    precondition(capacity > 0, "a queue has room")
    self.ledger = ledger
    self.capacity = capacity
    thread.start()
  }

  /// How many batches wait now.
  var count: Int { queue.withLock { $0.waiting.count } }

  /// Appends a batch and gives it back with what became of its events; throws a `busy` problem where too many wait, and
  /// the ledger's error where it was not kept.
  func append(_ batch: EventBatch, now: Timestamp) async throws -> (EventBatch, [EventOutcome]) {
    let request = try await withCheckedThrowingContinuation { continuation in
      join(Waiting(request: AppendRequest(batch: batch, now: now), continuation: continuation))
    }
    return (request.batch, try request.result.get())
  }

  /// Ends the thread when all that waited is written.
  func shutDown() async throws { try await thread.shutdownGracefully() }

  private func join(_ waiting: Waiting) {
    let (hasRoom, mustStart) = queue.withLock { queue in
      guard queue.waiting.count < capacity else { return (false, false) }
      queue.waiting.append(waiting)
      defer { queue.isRunning = true }
      return (true, !queue.isRunning)
    }
    guard hasRoom else {
      return waiting.continuation.resume(
        throwing: Problem(.busy, "too many writes are waiting; repeat this one a little later"))
    }
    if mustStart { thread.submit { [self] state in run(state) } }
  }

  private func run(_ state: NIOThreadPool.WorkItemState) {
    while true {
      let group = queue.withLock { queue in
        defer { queue.waiting = [] }
        queue.isRunning = !queue.waiting.isEmpty
        return queue.waiting
      }
      if group.isEmpty { return }
      guard case .active = state else {
        for waiting in group {
          waiting.continuation.resume(throwing: Problem(.busy, "the server is stopping"))
        }
        continue
      }
      var requests = group.map(\.request)
      ledger.append(&requests)
      for (waiting, request) in zip(group, requests) { waiting.continuation.resume(returning: request) }
    }
  }
}
