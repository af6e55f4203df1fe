import Glibc
import NIOPosix
import SQLite
import Synchronization

/// As many threads as the machine has processors, and a connection for each.
final class Store: Sendable {
  private let threads: NIOThreadPool
  /// Those that no thread uses now; never fewer than threads that look for one.
  private let idle: Mutex<[Connection]>

  init(path: String) throws {
    let count = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    idle = Mutex(try (0..<count).map { _ in try Connection(path: path) })
    threads = NIOThreadPool(numberOfThreads: count)
    threads.start()
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Value
  ) async throws -> Value {
    try await threads.runIfActive {
      let connection = self.idle.withLock { $0.removeLast() }
      defer { self.idle.withLock { $0.append(connection) } }
      return try body(connection)
    }
  }
}
