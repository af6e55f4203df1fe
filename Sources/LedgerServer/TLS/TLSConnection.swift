import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// A connection by TLS that speaks HTTP/2 or HTTP/1.1, as both sides agree in the handshake (ALPN, RFC 7301). One that
/// does not come to the end of the handshake is closed.
struct TLSConnection: ServerChildChannel {
  typealias Value = HTTP2UpgradeChannel.Value

  private let base: HTTP2UpgradeChannel

  /// Both protocols get the handlers and times of `stream`, HTTP/2 for each of its streams. NIO bounds the rest of
  /// HTTP/2: 100 streams at once, heads of 16 KiB, streams that are reset, CONTINUATION frames, errors.
  init(
    _ certificate: ServerCertificate, stream: HTTP1Channel.Configuration, idleTime: Duration,
    stopTime: Duration,
    responder: @escaping HTTPChannelHandler.Responder
  ) throws {
    base = try HTTP2UpgradeChannel(
      tlsConfiguration: certificate.configuration,
      configuration: HTTP2ChannelConfiguration(
        idleTimeout: idleTime, gracefulCloseTimeout: stopTime, streamConfiguration: stream),
      responder: responder)
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    base.setup(channel: channel, logger: logger).flatMapThrowing { value in
      let pipeline = channel.pipeline.syncOperations
      let tls = try pipeline.handler(type: NIOSSLServerHandler.self)
      try pipeline.addHandler(HandshakeLimit(), position: .after(tls))
      return value
    }
  }

  func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Closes a connection whose handshake takes too long, and otherwise goes away.
final class HandshakeLimit: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  /// From the connection to the end of the handshake, at most.
  static let maxDuration = TimeAmount.seconds(10)

  private var timeout: Scheduled<Void>?

  func handlerAdded(context: ChannelHandlerContext) {
    let channel = context.channel
    timeout = context.eventLoop.scheduleTask(in: Self.maxDuration) { channel.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { timeout?.cancel() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    context.fireUserInboundEventTriggered(event)
    if case .handshakeCompleted? = event as? TLSUserEvent {
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
  }
}
