import Ledger
import Synchronization

/// Counts of the server since its start, as Prometheus reads them (text format 0.0.4).
final class ServerMetrics: Sendable {
  /// Upper bounds of the histogram, in milliseconds.
  private static let bounds = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000]

  private struct Request: Hashable {
    var route: String
    var method: String
    var status: Int
  }

  private struct Latency {
    /// Requests by the first bound that they do not exceed; the last are beyond all.
    var counts = [Int](repeating: 0, count: ServerMetrics.bounds.count + 1)
    var microseconds: Int64 = 0
  }

  private struct State {
    var requests: [Request: Int] = [:]
    var latencies: [String: Latency] = [:]
    var inFlight = 0
  }

  private let state = Mutex(State())

  /// A request came in; how many are being answered with it.
  func begin() -> Int {
    state.withLock {
      $0.inFlight += 1
      return $0.inFlight
    }
  }

  /// It was answered. `route` is the pattern, not the path, so that there are few.
  func end(route: String, method: String, status: Int, microseconds: Int64) {
    let place = Self.bounds.firstIndex { microseconds <= Int64($0) * 1000 } ?? Self.bounds.count
    state.withLock {
      $0.inFlight -= 1
      $0.requests[Request(route: route, method: method, status: status), default: 0] += 1
      $0.latencies[route, default: Latency()].counts[place] += 1
      $0.latencies[route, default: Latency()].microseconds += microseconds
    }
  }

  /// Everything, with what the ledger and the readers are like now.
  func text(_ ledger: LedgerStatus, _ readers: ReaderPool, _ watcher: LogWatcher) -> String {
    let now = state.withLock { $0 }
    var text = MetricText()
    text.family("workledger_http_requests_total", .counter, "Requests answered.")
    for (request, count) in now.requests.sorted(by: { Self.order($0.key) < Self.order($1.key) }) {
      text.sample(
        "workledger_http_requests_total", count,
        [("route", request.route), ("method", request.method), ("code", String(request.status))])
    }
    text.family("workledger_http_request_duration_seconds", .histogram, "From the head to the answer.")
    for (route, latency) in now.latencies.sorted(by: { $0.key < $1.key }) {
      Self.add(latency, route, to: &text)
    }
    text.single("workledger_http_requests_in_flight", .gauge, "Requests being answered.", now.inFlight)
    text.single("workledger_reads", .gauge, "Reads of the ledger that run or wait.", readers.count)
    text.single("workledger_reads_capacity", .gauge, "How many may.", readers.capacity)
    text.single(
      "workledger_reads_refused_total", .counter, "Reads refused as too many.", readers.refusalCount)
    text.single("workledger_event_streams", .gauge, "Streams of events that are open.", watcher.count)
    text.single("workledger_event_streams_capacity", .gauge, "How many may be.", watcher.capacity)
    text.single("workledger_log_position", .gauge, "The newest position of the log.", ledger.lastPosition)
    text.single(
      "workledger_views_position", .gauge, "Up to where the views are folded.", ledger.viewsPosition)
    text.single(
      "workledger_views_lag", .gauge, "Positions that the views lag behind the log.",
      ledger.lastPosition - min(ledger.viewsPosition, ledger.lastPosition))
    text.single("workledger_log_bytes", .gauge, "The log's pages in use.", ledger.logBytes)
    text.single("workledger_views_bytes", .gauge, "The views' pages in use.", ledger.viewsBytes)
    text.single("workledger_readers", .gauge, "Reader slots of the log in use.", ledger.readers)
    text.single("workledger_readers_max", .gauge, "Reader slots of the log.", ledger.maxReaders)
    return text.text
  }

  private static func order(_ request: Request) -> String {
    "\(request.route) \(request.method) \(request.status)"
  }

  private static func add(_ latency: Latency, _ route: String, to text: inout MetricText) {
    let name = "workledger_http_request_duration_seconds"
    var sum = 0
    for (index, count) in latency.counts.enumerated() {
      sum += count
      let bound = index < bounds.count ? MetricText.seconds(Int64(bounds[index]) * 1000) : "+Inf"
      text.sample(name + "_bucket", sum, [("route", route), ("le", bound)])
    }
    text.sample(name + "_sum", MetricText.seconds(latency.microseconds), [("route", route)])
    text.sample(name + "_count", sum, [("route", route)])
  }
}

/// Lines of Prometheus' text format 0.0.4.
struct MetricText {
  /// What a family counts.
  enum Kind: String { case counter, gauge, histogram }

  private(set) var text = ""

  /// The two lines above the samples of a name.
  mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// A line.
  mutating func sample(
    _ name: String, _ value: some CustomStringConvertible, _ labels: [(String, String)] = []
  ) {
    let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    text += name + (list.isEmpty ? "" : "{\(list)}") + " \(value)\n"
  }

  /// A family of one sample.
  mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: some CustomStringConvertible) {
    family(name, kind, help)
    sample(name, value)
  }

  /// Seconds with six decimals.
  static func seconds(_ microseconds: Int64) -> String {
    let fraction = String(microseconds % 1_000_000)
    return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
  }

  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
