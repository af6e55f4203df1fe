import Foundation
import LedgerTestSupport
import NIOCore
import NIOEmbedded
import NIOTLS
import Testing

@testable import LedgerServer

private let hasTools = ["/usr/bin/openssl", "/usr/bin/curl"].allSatisfy(FileManager.default.isExecutableFile)
private let why: Comment = "openssl and curl with HTTP/2 are not there: not run"

/// A ledger in a folder with certificates, and the server over it by TLS.
private final class TLSServer: Sendable {
  let ledger: TestServer
  private let process: ServerProcess
  let port: UInt16

  init() throws {
    ledger = try TestServer()
    try ledger.create(1, "bert")
    try Self.makeCertificate("a", in: ledger.folder)
    process = try ServerProcess(
      [
        "--ledger", ledger.folder("ledger"), "--development", "--port", "0", "--tls-certificate",
        ledger.folder("a.pem"), "--tls-key", ledger.folder("a.key"),
      ], in: ledger.folder.path)
    port = try process.port()
  }

  /// Makes a certificate `NAME.pem` for localhost that signed itself, and its key `NAME.key`.
  static func makeCertificate(_ name: String, in folder: TemporaryFolder) throws {
    let made = try OtherProgram(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj",
        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder(name + ".key"), "-out",
        folder(name + ".pem"),
      ], in: folder.path)
    try #require(made.status == 0, "\(made.errors)")
  }

  /// What curl says, which trusts one certificate.
  func curl(_ path: String, trusting name: String = "a", _ options: String...) throws -> OtherProgram {
    try OtherProgram(
      "/usr/bin/curl",
      ["-sS", "-m", "20", "--cacert", ledger.folder(name + ".pem")] + options + [
        "https://localhost:\(port)\(path)"
      ],
      in: ledger.folder.path)
  }

  var log: String { process.errors }
  func signal(_ number: Int32) { process.signal(number) }
  func wait() -> Int32 { process.wait() }
}

@Suite(.serialized, .enabled(if: hasTools, why)) struct `By TLS the server` {
  @Test func `speaks HTTP/2 and HTTP/1.1, and says that it is to be reached so alone`() throws {
    let server = try TLSServer()
    for (option, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
      let answer = try server.curl(
        "/api/v1/projects/vision/workloads", option, "-D", "-", "-w", "<%{http_version}>")
      #expect(
        answer.status == 0 && answer.output.contains("\"name\":\"bert\""), "\(answer.output)\(answer.errors)")
      #expect(answer.output.hasSuffix("<\(version)>"))
      #expect(answer.output.lowercased().contains("strict-transport-security: max-age=31536000\r\n"))
    }
    #expect(server.log.contains("\"address\":\"https://127.0.0.1:"))
    server.signal(SIGTERM)
    #expect(server.wait() == 0)
  }

  @Test func `takes TLS 1.2 and 1.3, and nothing older or plain`() throws {
    let server = try TLSServer()
    for version in ["1.2", "1.3"] {
      let answer = try server.curl("/healthz", "--tlsv\(version)", "--tls-max", version)
      #expect(answer.output == "ok\n")
    }
    let old = try server.curl("/healthz", "--tlsv1.0", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0")
    #expect(old.status == 35 && !old.output.contains("ok\n"), "\(old.errors)")
    #expect(try !RawConnection.get("/healthz", port: server.port).contains("HTTP/"))
    #expect(try server.curl("/healthz").output == "ok\n")
  }

  @Test func `has the same limits in both protocols`() throws {
    let server = try TLSServer()
    let (large, huge) = (server.ledger.folder("large"), server.ledger.folder("huge"))
    writeFile(large, [UInt8](repeating: 0x20, count: ReportRoutes.maxBodyLength + 1))
    writeFile(huge, [UInt8](repeating: 0x20, count: 2 * RequestLimits.maxBodyLength))
    for option in ["--http2", "--http1.1"] {
      func post(_ file: String) throws -> OtherProgram {
        try server.curl(
          "/api/v1/events", option, "-H", "Content-Type: application/x-ndjson", "-H", "Expect:",
          "--data-binary",
          "@" + file, "-w", "<%{http_code}>")
      }
      let tooLarge = try post(large)
      #expect(tooLarge.output.hasSuffix("<413>"), "\(option): \(tooLarge.output)")
      let tooHuge = try post(huge)
      #expect(tooHuge.status != 0 || tooHuge.output.hasSuffix("<413>"), "\(option): \(tooHuge.output)")
      let head = try server.curl(
        "/healthz", option, "-H", "X-Large: " + String(repeating: "a", count: 40_000), "-w", "<%{http_code}>")
      #expect(!head.output.contains("<200>"), "\(option)")
      #expect(try server.curl("/healthz", option).output == "ok\n")
    }
  }

  @Test func `shows the certificate that its files have, once it is told that it is another`() throws {
    let server = try TLSServer()
    let folder = server.ledger.folder
    try TLSServer.makeCertificate("b", in: folder)
    #expect(try server.curl("/healthz", trusting: "b").status == 60)
    writeFile(folder("a.pem"), readFile(folder("b.pem")))
    writeFile(folder("a.key"), readFile(folder("b.key")))
    server.signal(SIGHUP)
    #expect(isSoon { server.log.contains("the certificate was read anew") })
    #expect(try server.curl("/healthz", trusting: "b").output == "ok\n")
    // What does not hold changes nothing.
    writeFile(folder("a.key"), Array("nonsense".utf8))
    server.signal(SIGHUP)
    #expect(isSoon { server.log.contains("the certificate stays the one it was") })
    #expect(try server.curl("/healthz", trusting: "b").output == "ok\n")
  }

  @Test func `ends a stream of events properly when it stops`() throws {
    let server = try TLSServer()
    let stopping = Thread {
      _ = isSoon { server.log.contains("events/stream") }
      server.signal(SIGTERM)
    }
    stopping.start()
    let stream = try server.curl("/api/v1/events/stream", "--http2", "-N")
    #expect(
      stream.status == 0 && stream.output.contains("event: workload.created\n"),
      "\(stream.output)\(stream.errors)")
    #expect(server.wait() == 0)
  }

  @Test func `is not begun with files that do not hold, and says which and why`() throws {
    let folder = TemporaryFolder()
    for name in ["a", "b"] { try TLSServer.makeCertificate(name, in: folder) }
    _ = try OtherProgram(
      "/usr/bin/openssl",
      ["pkey", "-aes128", "-passout", "pass:x", "-in", folder("a.key"), "-out", folder("locked.key")],
      in: folder.path)
    writeFile(folder("empty"), [])
    for (certificate, key, text) in [
      ("a.pem", "b.key", "/b.key: it is not the key of the certificate in "),
      ("a.key", "a.key", "/a.key: it has no certificate"),
      ("a.pem", "a.pem", "/a.pem: it has no private key"),
      ("a.pem", "locked.key", "/locked.key: it has no private key"),
      ("no.pem", "a.key", "/no.pem: it can't be read: No such file"),
      ("empty", "a.key", "/empty: it has no certificate"),
      ("a.pem", "no.key", "/no.key: it can't be read: No such file"),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        _ = try ServerCertificate(chainPath: folder(certificate), keyPath: folder(key))
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains(text), "\(String(describing: error))")
    }
    let good = try ServerCertificate(chainPath: folder("a.pem"), keyPath: folder("a.key"))
    #expect(!good.isKeyOpenToOthers)
    chmod(folder("a.key"), 0o640)
    #expect(good.isKeyOpenToOthers)
    #expect(good.end > System.now)
  }
}

struct `A handshake` {
  private func channel() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(handler: HandshakeLimit())
    try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  @Test func `that does not come to its end closes the connection`() throws {
    let channel = try channel()
    channel.embeddedEventLoop.advanceTime(by: .seconds(9))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  @Test func `that does is bound by nothing more`() throws {
    let channel = try channel()
    channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: "h2"))
    channel.embeddedEventLoop.advanceTime(by: .hours(1))
    #expect(channel.isActive)
    #expect(throws: (any Error).self) {
      try channel.pipeline.syncOperations.handler(type: HandshakeLimit.self)
    }
  }
}

/// Whether something comes to be within ten seconds.
private func isSoon(_ condition: () -> Bool) -> Bool {
  for _ in 0..<1000 {
    if condition() { return true }
    usleep(10_000)
  }
  return false
}
