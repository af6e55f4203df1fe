import Ledger
import Logging
import ServiceLifecycle
import Synchronization

/// Looks whether the log has grown, by this process or another, once for all who follow it.
final class LogWatcher: Service {
  /// How often it looks: as often as `workledger history --follow`.
  private static let interval = Duration.milliseconds(200)
  /// How often followers hear of it although nothing has grown.
  private static let beat = Duration.seconds(5)

  /// How many may follow at the same time.
  let capacity: Int
  private let ledger: Ledger
  private let readers: ReaderPool
  private let logger: Logger
  private let state = Mutex(State())

  private struct State {
    var followers: [Int: AsyncStream<UInt64>.Continuation] = [:]
    var nextNumber = 0
    var hasEnded = false
  }

  init(_ ledger: Ledger, _ readers: ReaderPool, capacity: Int, logger: Logger) {
    self.ledger = ledger
    self.readers = readers
    self.capacity = capacity
    self.logger = logger
  }

  /// How many follow now.
  var count: Int { state.withLock { $0.followers.count } }
  /// Whether the server stops.
  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  /// The newest position, first as it is known to the caller, then as the log grows and every few seconds; ends when
  /// the server stops. Who is slow hears only the newest.
  func follow(from last: UInt64) throws(Problem) -> AsyncStream<UInt64> {
    let (growth, continuation) = AsyncStream.makeStream(of: UInt64.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state -> Int? in
      guard state.followers.count < capacity, !state.hasEnded else { return nil }
      state.nextNumber += 1
      state.followers[state.nextNumber] = continuation
      return state.nextNumber
    }
    guard let number else {
      throw Problem(.busy, "\(capacity) streams are open, and no more are served; come again a little later")
    }
    continuation.onTermination = { [weak self] _ in self?.remove(number) }
    continuation.yield(last)
    return growth
  }

  /// Looks until the server is told to stop.
  func run() async throws {
    await cancelWhenGracefulShutdown { await self.watch() }
    let followers = state.withLock { state in
      state.hasEnded = true
      return Array(state.followers.values)
    }
    for follower in followers { follower.finish() }
  }

  private func watch() async {
    var known: UInt64 = 0
    var beat = ContinuousClock.now
    while (try? await Task.sleep(for: Self.interval)) != nil {
      guard count > 0 else { continue }
      let last: UInt64
      do { last = try await readers.run { [ledger] in try ledger.lastPosition() } } catch {
        // The followers read for themselves and say what they meet; here the next look may do better.
        logger.debug("the log could not be looked at", metadata: ["error": "\(error)"])
        continue
      }
      guard last > known || beat.duration(to: .now) >= Self.beat else { continue }
      (known, beat) = (last, .now)
      for follower in state.withLock({ Array($0.followers.values) }) { follower.yield(last) }
    }
  }

  private func remove(_ number: Int) { state.withLock { _ = $0.followers.removeValue(forKey: number) } }
}
