import HTTPTypes
import Hummingbird
import Presentation
import WorkloadModel

/// Answers of the API.
enum JSONAnswer {
  /// An answer of `application/json`, ended by a line feed as on the command line.
  static func make(
    headers: HTTPFields = [:], _ write: (inout JSONWriter) throws -> Void
  ) rethrows -> Response {
    var json = JSONWriter()
    try write(&json)
    json.newline()
    return Response(type: "application/json", json.text, more: headers)
  }

  /// What became of a command; the ETag is the version that the workload has now.
  static func make(_ result: CommandResult) -> Response {
    let version = result.workload == nil ? nil : "\"\(result.version)\""
    return make(headers: version.map { [.eTag: $0] } ?? [:]) { json in
      json.object {
        $0.field("outcome", result.outcome)
        $0.field("type", result.kind.cloudEventType)
        $0.field("workload", result.workload)
        $0.field("position", result.position)
        $0.field("version", result.version)
      }
    }
  }

  /// `{"items":[…]}`, the same as the command line prints lists.
  static func list<Item>(_ items: [Item], _ write: (Item, inout JSONWriter) -> Void) -> Response {
    make { json in
      json.object { object in
        object.key("items")
        object.array { array in
          for item in items { write(item, &array) }
        }
      }
    }
  }
}
