import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request takes too long to come in, or brings too large a body.
///
/// A request that is refused is still read to its end, for the next one follows it; without this, whoever sends it
/// could go on forever. An idle connection, and a head that comes in drop by drop, end with the idle time of the
/// server.
final class RequestLimits: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  /// The most bytes of a body: twice what any route takes, so that who sends a little too much is still told so.
  static let maxBodyLength = 2 * ReportRoutes.maxBodyLength
  /// From the head of a request to its end, at most.
  static let maxDuration = TimeAmount.seconds(30)

  private var bodyLength = 0
  private var deadline: Deadline?

  func handlerAdded(context: ChannelHandlerContext) {
    deadline = Deadline(on: context.eventLoop) { context.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      bodyLength = 0
      deadline?.set(in: Self.maxDuration)
    case .body(let bytes):
      bodyLength += bytes.readableBytes
      if bodyLength > Self.maxBodyLength { return context.close(promise: nil) }
    case .end: deadline?.clear()
    }
    context.fireChannelRead(data)
  }
}
