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

  /// From a flush, or from when the socket took the one before it, to when the socket has taken it, at most.
  static let maxDuration = TimeAmount.seconds(30)

  /// The last part that was written and not flushed yet. It waits here to be sent with the promise that tells when the
  /// socket has taken all up to it: one for each flush costs less than one for each part.
  private var lastPart: (data: NIOAny, promise: EventLoopPromise<Void>?)?
  /// Flushes that the socket has not taken yet.
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
    passLastPart(context)
    deadline?.cancel()
    deadline = nil
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    passLastPart(context)
    lastPart = (data, promise)
  }

  func flush(context: ChannelHandlerContext) {
    if let part = lastPart {
      let promise = part.promise ?? context.eventLoop.makePromise()
      lastPart = (part.data, promise)
      if pendingCount == 0 { deadline?.set(in: Self.maxDuration) }
      pendingCount += 1
      promise.futureResult.assumeIsolated().whenComplete { [self] _ in
        pendingCount -= 1
        if pendingCount == 0 { end() } else { deadline?.set(in: Self.maxDuration) }
      }
    }
    passLastPart(context)
    context.flush()
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    passLastPart(context)
    guard mode == .all, pendingCount > 0 else { return context.close(mode: mode, promise: promise) }
    let earlier = waitingClose
    waitingClose = {
      earlier?()
      context.close(mode: mode, promise: promise)
    }
  }

  private func passLastPart(_ context: ChannelHandlerContext) {
    guard let (data, promise) = lastPart else { return }
    lastPart = nil
    context.write(data, promise: promise)
  }

  private func end() {
    deadline?.clear()
    let close = waitingClose
    waitingClose = nil
    close?()
  }
}
