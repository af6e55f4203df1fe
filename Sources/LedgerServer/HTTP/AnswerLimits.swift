import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client takes too long to read an answer, and no connection before its answer was sent.
///
/// A server that is told to stop closes each connection right behind the last part of its answer, and closing drops
/// what the socket has not taken yet: a long answer would end in its middle. So a close waits here for the writes
/// before it, for as long as an answer may take.
final class AnswerLimits: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// From a write, or from when the socket took the one before it, to when the socket has taken it, at most.
  static let maxDuration = TimeAmount.seconds(30)

  /// Writes that the socket has not taken yet.
  private var pendingCount = 0
  private var deadline: Deadline?
  /// Closes the connection, as it was asked for while something was pending.
  private var waitingClose: (() -> Void)?

  func handlerAdded(context: ChannelHandlerContext) {
    deadline = Deadline(on: context.eventLoop) { [self] in
      waitingClose = nil
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let promise = promise ?? context.eventLoop.makePromise()
    if pendingCount == 0 { deadline?.set(in: Self.maxDuration) }
    pendingCount += 1
    promise.futureResult.assumeIsolated().whenComplete { [self] _ in
      pendingCount -= 1
      if pendingCount == 0 { end() } else { deadline?.set(in: Self.maxDuration) }
    }
    context.write(data, promise: promise)
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .all, pendingCount > 0 else { return context.close(mode: mode, promise: promise) }
    let earlier = waitingClose
    waitingClose = {
      earlier?()
      context.close(mode: mode, promise: promise)
    }
  }

  private func end() {
    deadline?.clear()
    let close = waitingClose
    waitingClose = nil
    close?()
  }
}
