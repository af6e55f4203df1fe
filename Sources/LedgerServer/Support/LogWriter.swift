import Glibc
import NIOPosix
import Synchronization

/// Writes the lines of the log from a thread of its own, those of some milliseconds at once.
///
/// A request is answered on the thread that serves other connections too, which must not wait for whoever reads the log,
/// and a call of the system for each line costs a twentieth of what a request costs.
final class LogWriter: Sendable {
  /// To standard error.
  static let standardError = LogWriter(write: System.writeError)

  /// How long a line waits for others, at most, in milliseconds.
  private static let patience: UInt32 = 10
  /// The most bytes that wait. Where the reader of the log is slower than that, requests wait for it: no line is lost.
  private static let capacity = 1 << 20

  private struct Waiting {
    var lines: [UInt8] = []
    /// Whether the thread is at work, or about to be.
    var isRunning = false
  }

  private let waiting = Mutex(Waiting())
  /// Held by who writes, so that lines keep their order.
  private let turn = Mutex(())
  private let write: @Sendable ([UInt8]) -> Void
  private let thread = NIOThreadPool(numberOfThreads: 1)

  /// Starts the thread.
  init(write: @escaping @Sendable ([UInt8]) -> Void) {
    self.write = write
    thread.start()
  }

  /// Adds a line with its end. One that is urgent has been written, with all before it, when this returns.
  func add(_ line: [UInt8], isUrgent: Bool = false) {
    let (mustStart, mustWrite) = waiting.withLock { waiting in
      waiting.lines += line
      defer { waiting.isRunning = true }
      return (!waiting.isRunning, isUrgent || waiting.lines.count > Self.capacity)
    }
    if mustStart { thread.submit { [self] _ in run() } }
    if mustWrite { flush() }
  }

  /// Writes what waits.
  func flush() {
    turn.withLock { _ in
      let lines = waiting.withLock { waiting in
        defer { waiting.lines = [] }
        return waiting.lines
      }
      if !lines.isEmpty { write(lines) }
    }
  }

  /// Writes as long as there are lines.
  private func run() {
    repeat {
      usleep(Self.patience * 1000)
      flush()
    } while waiting.withLock { waiting in
      waiting.isRunning = !waiting.lines.isEmpty
      return waiting.isRunning
    }
  }
}
