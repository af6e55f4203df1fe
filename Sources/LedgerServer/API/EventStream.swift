import Hummingbird
import NIOCore

/// The feed as Server-Sent Events: what there is from a position on, and then what comes, until the client goes away or
/// the server stops.
///
/// A message's id is its position, so whoever comes again with the last one misses nothing and gets nothing twice. A
/// slice is read only when the socket has room for it; a client that takes nothing for the time of `AnswerLimits` is
/// cut off, and comes again where it was.
struct EventStream: Sendable {
  /// How long a client waits before it comes again.
  static let retryMilliseconds = 2000
  private static let sliceLimit = 100

  let server: LedgerServer
  let access: Access
  let filter: EventFilter
  /// The first position.
  let from: UInt64
  /// Whether the client is still who it was: tokens end, and can be taken back.
  let isWelcome: @Sendable () async -> Bool
  /// The newest position of the log, now and then.
  let growth: AsyncStream<UInt64>
  /// A stream that says nothing for so long says that it lives, so that nobody on the way takes it for dead.
  var silence = Duration.seconds(15)
  /// How often it is asked whether the client is still who it was.
  var checkInterval = Duration.seconds(5)

  /// Writes the body of the answer.
  @concurrent func write(to writer: inout any ResponseBodyWriter) async throws {
    try await writer.write(ByteBuffer(string: "retry: \(Self.retryMilliseconds)\n\n"))
    var next = from
    var written = ContinuousClock.now
    var checked = ContinuousClock.now
    following: for await last in growth {
      repeat {
        if checked.duration(to: .now) >= checkInterval {
          guard await isWelcome() else { break following }
          checked = .now
        }
        let slice = try await read(from: next)
        if !slice.events.isEmpty {
          try await writer.write(slice.messages)
          written = .now
        }
        if slice.next == next { break }
        next = slice.next
      } while next <= last && !server.watcher.hasEnded
      if written.duration(to: .now) >= silence {
        // The id alone is no message, but where the client goes on.
        try await writer.write(ByteBuffer(string: ":\nid: \(next - 1)\n\n"))
        written = .now
      }
    }
    try await writer.finish(nil)
  }

  private func read(from position: UInt64) async throws -> EventSlice {
    try await server.read {
      try EventSlice(seenBy: access, filter, from: position, limit: Self.sliceLimit)
    }
  }
}
