import HTTPTypes
import Ledger
import Logging
import Testing
import WorkloadModel

@testable import LedgerServer

struct `What monitors ask` {
  @Test func `a server that can answer is alive and ready`() async throws {
    let server = try TestServer()
    #expect(try await server.get("/healthz").body == "ok\n")
    #expect(try await server.get("/readyz").body == "ready\n")
  }

  @Test func `the metrics count requests by route and tell of the ledger`() async throws {
    let server = try TestServer()
    try server.create(1, "bert")
    for _ in 1...3 { _ = try await server.get("/api/v1/projects/vision/workloads") }
    _ = try await server.get("/api/v1/projects/vision/workloads?limit=0")
    _ = try await server.get("/nothing", method: .post)
    let answer = try await server.get("/metrics")
    #expect(answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
    let lines = answer.body.split(separator: "\n").map(String.init)
    let route = "/api/v1/projects/{project}/workloads"
    let last = try server.ledger.lastPosition()
    for line in [
      "workledger_http_requests_total{route=\"\(route)\",method=\"GET\",code=\"200\"} 3",
      "workledger_http_requests_total{route=\"\(route)\",method=\"GET\",code=\"400\"} 1",
      "workledger_http_requests_total{route=\"NotFound\",method=\"POST\",code=\"404\"} 1",
      "workledger_http_request_duration_seconds_bucket{route=\"\(route)\",le=\"+Inf\"} 4",
      "workledger_http_request_duration_seconds_count{route=\"\(route)\"} 4",
      "workledger_http_requests_in_flight 1", "workledger_log_position \(last)",
      "workledger_views_position \(last)", "workledger_views_lag 0",
    ] { #expect(lines.contains(line), "\(line)") }
    // Each family is described once, before its samples.
    let names = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
    #expect(Set(names).count == names.count)
    for line in lines where !line.hasPrefix("#") {
      #expect(names.contains { line.hasPrefix($0) }, "\(line)")
      #expect(line.split(separator: " ").count == 2, "\(line)")
    }
  }

  @Test func `a line of the log is one object, whatever is in it`() throws {
    let bytes = JSONLogHandler.line(level: .info, message: "a\nb\"", ["z": "1", "k\n": "\u{7}"])
    let line = String(decoding: bytes, as: UTF8.self)
    #expect(line.hasSuffix(#""level":"info","message":"a\nb\"","k\n":"\u0007","z":"1"}"# + "\n"))
    #expect(line.filter { $0 == "\n" }.count == 1)
  }

  @Test func `the line of a request has its fields beside those of every line`() {
    let request = RequestLine(
      actor: "ada\"", method: "GET", path: "/a", requestID: "r1", microseconds: 1_000_042, status: 200)
    let bytes = JSONLogHandler.line(level: .info, message: "request", request.metadata)
    let fields =
      #""actor":"ada\"","method":"GET","path":"/a","requestId":"r1","seconds":"1.000042","status":"200"}"#
    #expect(String(decoding: bytes, as: UTF8.self).hasSuffix(#""message":"request","# + fields + "\n"))
  }
}
