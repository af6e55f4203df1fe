import HTTPTypes
import Hummingbird
import Presentation

/// Answers of the API.
enum JSONAnswer {
  /// An answer of `application/json`, ended by a line feed as on the command line.
  static func make(
    headers: HTTPFields = [:], _ write: (inout JSONWriter) throws -> Void
  ) rethrows -> Response {
    var json = JSONWriter()
    try write(&json)
    json.newline()
    return Response(type: "application/json", bytes: json.bytes, more: headers)
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
