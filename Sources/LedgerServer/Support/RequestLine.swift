import Logging
import Presentation

/// What the log says of a request.
///
/// It is one value of the log's metadata. As a dictionary of texts it took longer to make, to merge and to sort than
/// the answer to most requests.
struct RequestLine: CustomStringConvertible, Sendable {
  var actor: String
  var method: String
  var path: String
  var requestID: String
  var microseconds: Int64
  var status: Int

  /// Metadata of this line alone.
  var metadata: Logger.Metadata { ["request": .stringConvertible(self)] }

  /// Writes the fields, sorted by key, into an object that is open.
  func write(to json: inout JSONWriter) {
    json.field("actor", actor)
    json.field("method", method)
    json.field("path", path)
    json.field("requestId", requestID)
    json.field("seconds", MetricText.seconds(microseconds))
    json.field("status", String(status))
  }

  var description: String { "\(method) \(path) \(status) \(requestID)" }
}
