import Logging
import Presentation

/// Writes each message of the log as one object of JSON on a line of standard error: `time`, `level`, `message`, and
/// the metadata, sorted by key.
struct JSONLogHandler: LogHandler {
  var logLevel: Logger.Level = .info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var values = metadata
    if let more = event.metadata { values = values.isEmpty ? more : values.merging(more) { $1 } }
    if let error = event.error { values["error"] = "\(error)" }
    // What goes wrong may be the last thing that the server says.
    LogWriter.standardError.add(
      Self.line(level: event.level, message: event.message.description, values),
      isUrgent: event.level >= .warning)
  }

  /// One line with its end.
  static func line(level: Logger.Level, message: String, _ metadata: Logger.Metadata) -> [UInt8] {
    var json = JSONWriter()
    json.object {
      $0.field("time", System.now)
      $0.field("level", level.rawValue)
      $0.field("message", message)
      for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
        if case .stringConvertible(let line as RequestLine) = value {
          line.write(to: &$0)
          continue
        }
        $0.key(key)
        $0.string("\(value)")
      }
    }
    json.newline()
    return json.bytes
  }
}
