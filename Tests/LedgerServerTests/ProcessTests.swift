import Foundation
import Glibc
import LedgerTestSupport
import Testing
import WorkloadModel

@testable import LedgerServer

@Suite(.serialized) struct `The program` {
  private func arguments(_ server: TestServer, _ more: String...) -> [String] {
    ["--ledger", server.folder("ledger"), "--development", "--port", "0"] + more
  }

  @Test(arguments: [false, true]) func `starts, answers and stops when told to`(byCommand: Bool) throws {
    let ledger = try TestServer()
    try ledger.create(1, "bert")
    for signal in [SIGTERM, SIGINT] {
      let process = try ServerProcess(arguments(ledger), byCommand: byCommand, in: ledger.folder.path)
      let port = try process.port()
      let answer = try RawConnection.get("/api/v1/projects/vision/workloads", port: port)
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.contains("\"name\":\"bert\""))
      process.signal(signal)
      #expect(process.wait() == 0)
      let lines = process.errors.split(separator: "\n")
      let first = try #require(lines.first)
      #expect(first.contains("\"level\":\"warning\"") && first.contains("development: no tokens"))
      #expect(lines.contains { $0.contains("\"message\":\"request\"") && $0.contains("\"status\":\"200\"") })
      #expect(lines.last?.contains("\"message\":\"stopped\"") == true)
      for line in lines {
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
      }
    }
  }

  @Test(
    arguments: [
      (["--ledger", "x"], 1, "there is no ledger in x"),
      (["--ledger", "x", "--host", "0.0.0.0"], 64, "--host is an address of this machine"),
      (["--ledger", "x", "--as", "ada"], 64, "--as goes with --development"),
      (["--ledger", "x", "--jwks", "k"], 64, "name with --issuer whose JSON Web Tokens are trusted"),
      (["--ledger", "x", "--issuer", "i"], 64, "--issuer goes with --jwks or --jwt-secret"),
      (["--ledger", "x", "--jwks", "k", "--jwt-secret", "s", "--issuer", "i"], 64, "leave one out"),
      (["--ledger", "x", "--development", "--jwks", "k"], 64, "--development asks for no tokens"),
      (
        ["--ledger", "ledger", "--jwks", "/nonexistent", "--issuer", "i"], 1, "/nonexistent: it can't be read"
      ),
      (
        ["--ledger", "ledger", "--jwt-secret", "/dev/null", "--issuer", "i"], 1,
        "a secret has 32 bytes or more"
      ),
      (["--ledger", "x", "--development", "--host", "0.0.0.0"], 64, "--host is an address of this machine"),
      (["--ledger", "x", "--development", "--host", "192.168.1.5"], 64, "not '192.168.1.5'"),
      (["--ledger", "x", "--development", "--host", "::"], 64, "not '::'"),
      (["--ledger", "x", "--development", "--port", "65536"], 64, "65536"),
      (["--development"], 64, "--ledger"),
      (["--ledger", "/nonexistent", "--development"], 1, "there is no ledger in /nonexistent"),
    ] as [([String], Int32, String)])
  func `what it can't serve it refuses`(_ arguments: [String], _ status: Int32, _ text: String) throws {
    let folder = try TestServer().folder
    let process = try ServerProcess(arguments, in: folder.path)
    #expect(process.wait() == status)
    #expect(process.errors.hasPrefix("Error: "))
    #expect(process.errors.contains(text), "\(process.errors)")
  }

  @Test func `an answer that is being sent when it is told to stop is sent to its end`() throws {
    let ledger = try TestServer()
    for number in 1...400 {
      try ledger.append(.created, TestServer.id(number)) { event, batch in
        event.name = batch.addText("job")
        event.labels = batch.addLabels([(key: "k", value: String(repeating: "v", count: 16_000))])
      }
    }
    let process = try ServerProcess(arguments(ledger), in: ledger.folder.path)
    let port = try process.port()
    // More than the buffers of the kernel hold while nobody reads.
    let connection = try RawConnection(port: port)
    connection.send("GET /api/v1/projects/vision/workloads?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(connection.receive { !$0.isEmpty }.hasPrefix("HTTP/1.1 200 OK\r\n"))
    process.signal(SIGTERM)
    usleep(200_000)
    let rest = connection.receive()
    #expect(rest.hasSuffix("\"total\":400}\n"), "it ends after \(rest.utf8.count) bytes")
    #expect(process.wait() == 0)
  }

  @Test func `idle connections and half requests do not keep it from stopping`() throws {
    let ledger = try TestServer()
    let process = try ServerProcess(arguments(ledger), in: ledger.folder.path)
    let port = try process.port()
    let half = try RawConnection(port: port)
    half.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
    let idle = try RawConnection(port: port)
    idle.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(idle.receive { $0.hasSuffix("ok\n") }.contains("200 OK"))
    let start = ContinuousClock.now
    process.signal(SIGTERM)
    #expect(process.wait() == 0)
    #expect(start.duration(to: .now) < .seconds(10))
  }

  @Test func `requests follow one another on a connection`() throws {
    let ledger = try TestServer()
    let process = try ServerProcess(arguments(ledger), in: ledger.folder.path)
    let connection = try RawConnection(port: try process.port())
    for _ in 1...3 {
      connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(connection.receive { $0.hasSuffix("ok\n") }.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
    connection.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    let head = connection.receive()
    #expect(head.hasSuffix("\r\n\r\n") && head.contains("Content-Length: 3\r\n"))
  }

  @Test func `heads and bodies that are too large end the connection`() throws {
    let ledger = try TestServer()
    let process = try ServerProcess(arguments(ledger), in: ledger.folder.path)
    let port = try process.port()
    let head = try RawConnection(port: port)
    head.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
    head.send("X-Large: " + String(repeating: "a", count: 100_000) + "\r\n\r\n")
    #expect(!head.receive().contains("200 OK"))
    let body = try RawConnection(port: port)
    body.send("POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n")
    var isOpen = true
    for _ in 0..<1000 where isOpen { isOpen = body.send(String(repeating: "a", count: 10_000)) }
    #expect(!isOpen, "ten megabytes were taken")
    #expect(try RawConnection.get("/healthz", port: port).contains("200 OK"))
  }

  @Test(
    arguments: [
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
      "GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n",
      "GET /health z HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n",
    ]) func `what two readers could read differently is not answered`(_ request: String) throws
  {
    let ledger = try TestServer()
    let process = try ServerProcess(arguments(ledger), in: ledger.folder.path)
    let connection = try RawConnection(port: try process.port(), seconds: 2)
    connection.send(request)
    let answer = connection.receive()
    #expect(!answer.contains("200 OK"), "\(answer)")
  }

  /// Bodies whose end two readers could see at different places, with a request behind one of them that only a reader
  /// who is fooled sees (RFC 9112 sections 5.2, 6.3 and 7.1).
  @Test(
    arguments: [
      "Content-Length: 5|Transfer-Encoding: chunked||0||",
      "Transfer-Encoding: chunked|Content-Length: 9||0||",
      "Content-Length: 0|Content-Length: 99||", "Content-Length: 99|Content-Length: 99||",
      "Content-Length: 0, 99||",
      "Content-Length: +9||", "Content-Length: -1||", "Content-Length: 0x9||", "Content-Length : 99||",
      "Content-Length: 1 0||", "X: a\nContent-Length: 99||", "X: a\rContent-Length: 99||",
      "Transfer-Encoding:| chunked|Content-Length: 0||0||", "Transfer-Encoding: xchunked||0||",
      "Transfer-Encoding: chunked, identity||0||", "Transfer-Encoding: \u{B}chunked|Content-Length: 99||",
      "Transfer-Encoding: chunked|Transfer-Encoding: identity||0||", "Transfer-Encoding: chunked||0x0||",
      "Transfer-Encoding: chunked||0\n\n", "Transfer-Encoding: chunked||-1||",
      "Transfer-Encoding: chunked||ffffffffffffffffff|", "Transfer-Encoding: chunked||1|XYZ|0||",
      "Transfer-Encoding: chunked||1;a\nX|0||",
    ]) func `no request hides in the body of another`(_ fields: String) throws
  {
    let ledger = try TestServer()
    let process = try ServerProcess(arguments(ledger), in: ledger.folder.path)
    let connection = try RawConnection(port: try process.port(), seconds: 2)
    connection.send(
      "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        + fields.replacing("|", with: "\r\n") + "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n")
    let answer = connection.receive()
    #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(answer)")
    #expect(answer.ranges(of: "HTTP/1.1 ").count == 1)
    #expect(!process.errors.contains("/hidden"))
    process.signal(SIGTERM)
    #expect(process.wait() == 0)
  }

  @Test(
    arguments: [
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere\r\n\r\n",
      "GET /healthz HTTP/1.1\nHost: localhost\n\n", "GET /healthz\r\n\r\n",
      "GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n",
    ]) func `a request has one host, and lines that end as they must`(_ request: String) throws
  {
    let ledger = try TestServer()
    let process = try ServerProcess(arguments(ledger), in: ledger.folder.path)
    let connection = try RawConnection(port: try process.port(), seconds: 2)
    connection.send(request)
    #expect(connection.receive { $0.contains("\r\n\r\n") }.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    process.signal(SIGTERM)
    #expect(process.wait() == 0)
  }

  @Test func `a log that is cut short under it is the last thing that it says`() throws {
    let ledger = try TestServer()
    try ledger.create(1, "bert")
    let copy = ledger.folder("copy")
    copyTree(ledger.folder("ledger"), to: copy)
    let process = try ServerProcess(
      ["--ledger", copy, "--development", "--port", "0"], in: ledger.folder.path)
    let port = try process.port()
    #expect(truncate(copy + "/log/data.mdb", 8_192) == 0)
    _ = try RawConnection.get("/api/v1/projects/vision/history", port: port)
    #expect(process.wait() == 1)
    let last = try #require(process.errors.split(separator: "\n").last)
    let line = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: String])
    #expect(line["level"] == "critical")
    #expect(line["message"]?.hasPrefix(copy + "/log/data.mdb is damaged, was cut short") == true, "\(last)")
  }
}
