import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import LedgerServer

/// A socket that takes a write when it is told to.
private final class SlowSocket: ChannelOutboundHandler {
  typealias OutboundIn = HTTPResponsePart
  var waiting: [EventLoopPromise<Void>] = []

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if let promise { waiting.append(promise) }
  }

  func takeOne() { waiting.removeFirst().succeed() }
}

struct `A connection with an answer` {
  private let socket = SlowSocket()
  private let channel: EmbeddedChannel

  init() throws {
    channel = EmbeddedChannel(handlers: [socket, AnswerLimits()])
    try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    for _ in 1...3 { channel.write(HTTPResponsePart.body(ByteBuffer(string: "x")), promise: nil) }
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
}
