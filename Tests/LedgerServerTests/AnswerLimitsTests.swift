import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import LedgerServer

/// A socket that takes a flush when it is told to.
private final class SlowSocket: ChannelOutboundHandler {
  typealias OutboundIn = HTTPResponsePart
  var waiting: [EventLoopPromise<Void>] = []
  private(set) var parts = 0

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    parts += 1
    if let promise { waiting.append(promise) }
  }

  func takeOne() { waiting.removeFirst().succeed() }
}

struct `A connection with an answer` {
  private let socket = SlowSocket()
  private let channel: EmbeddedChannel

  private static let part = HTTPResponsePart.body(ByteBuffer(string: "x"))

  init() throws {
    channel = EmbeddedChannel(handlers: [socket, AnswerLimits()])
    try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    for _ in 1...3 { channel.writeAndFlush(Self.part, promise: nil) }
  }

  @Test func `stays open as long as its reader goes on`() {
    for _ in 1...3 {
      channel.embeddedEventLoop.advanceTime(by: .seconds(29))
      socket.takeOne()
    }
    channel.embeddedEventLoop.advanceTime(by: .hours(1))
    #expect(channel.isActive, "nothing is waiting any more")
  }

  @Test func `is closed when its reader takes nothing`() {
    channel.embeddedEventLoop.advanceTime(by: .seconds(29))
    socket.takeOne()
    channel.embeddedEventLoop.advanceTime(by: .seconds(29))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  @Test func `is not closed by the server before all was taken`() {
    channel.close(promise: nil)
    for _ in 1...3 {
      #expect(channel.isActive)
      socket.takeOne()
    }
    #expect(!channel.isActive)
  }

  @Test func `waits once for all parts that were flushed together`() {
    let promises = socket.waiting.count
    for _ in 1...3 { channel.write(Self.part, promise: nil) }
    channel.flush()
    #expect(socket.parts == 6)
    #expect(socket.waiting.count == promises + 1)
  }

  @Test func `has sent what was never flushed when it is closed`() {
    let sent = channel.eventLoop.makePromise(of: Void.self)
    channel.write(Self.part, promise: sent)
    for _ in 1...3 { socket.takeOne() }
    channel.close(promise: nil)
    #expect(socket.parts == 4)
    #expect(!channel.isActive)
    socket.takeOne()
    #expect(throws: Never.self) { try sent.futureResult.wait() }
  }
}
