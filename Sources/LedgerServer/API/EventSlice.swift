import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Presentation
import WorkloadModel

/// Which events of the log are asked for.
struct EventFilter: Sendable {
  /// Of this project alone.
  var project: String?
  /// Of this workload alone.
  var workload: WorkloadID?

  /// Refuses a project or workload that is not there, or not for the one who asks; a stream would wait for it forever.
  func check(_ access: Access) throws(LedgerError) {
    if let project {
      guard try access.visibleProjects().contains(where: { $0.name == project }) else {
        throw .notFound(kind: "project", name: project)
      }
    }
    if let workload { try access.check(try access.ledger.find(workload.description, project: nil)) }
  }
}

/// Some events in the order of the log, and where to go on.
struct EventSlice: Sendable {
  let events: [Event]
  /// The position to ask from next. Not every position is an event's, but each is looked at once.
  let next: UInt64

  /// So many positions are looked at for one slice, at most: what somebody sees, or asks for, may lie far apart.
  private static let maxLookedAt: UInt64 = 65_536

  /// At most `limit` events from a position on that somebody sees; none behind the end of the log.
  init(
    seenBy access: Access, _ filter: EventFilter = EventFilter(), from: UInt64, limit: Int
  ) throws(LedgerError) {
    var query = HistoryQuery()
    query.project = filter.project
    query.workload = filter.workload
    query.from = from
    if access.seesAll { query.limit = limit }
    // What is appended meanwhile is for the next slice, so that none of its positions is skipped.
    var last = min(try access.ledger.lastPosition(), from + Self.maxLookedAt - 1)
    // The events of a workload are found by the views, which are written a moment after the log.
    if filter.workload != nil { last = min(last, try access.ledger.status().viewsPosition) }
    query.to = last
    var seen = try EventAccess(access)
    var found: [Event] = []
    try access.ledger.history(query) { (event) throws(LedgerError) in
      if try seen.sees(event) { found.append(event) }
      return found.count < limit
    }
    events = found
    let isFull = found.count == limit
    next = isFull ? (found.last?.position ?? last) + 1 : max(from, last + 1)
  }

  // MARK: Forms

  /// `{"items":[…],"next":N}`
  var object: Response {
    JSONAnswer.make(headers: headers) { json in
      json.object { object in
        object.key("items")
        writeArray(to: &object)
        object.field("next", next)
      }
    }
  }

  /// One event a line, as `history -o ndjson` prints them; the next position is in the header.
  var lines: Response {
    var json = JSONWriter()
    for event in events {
      event.write(to: &json)
      json.newline()
    }
    return Response(type: "application/x-ndjson", json.text, more: headers)
  }

  /// A batch of CloudEvents (its JSON format, section 4); the next position is in the header.
  var batch: Response {
    var json = JSONWriter()
    writeArray(to: &json)
    json.newline()
    return Response(type: "application/cloudevents-batch+json", json.text, more: headers)
  }

  /// Messages of a stream (HTML, section 9.2.5): the position as the id, the CloudEvents type, the event on one line.
  var messages: ByteBuffer {
    var buffer = ByteBuffer()
    for event in events {
      var json = JSONWriter()
      event.write(to: &json)
      buffer.writeString("id: \(event.position)\nevent: \(event.kind.cloudEventType)\ndata: ")
      _ = json.text.withUnsafeBytes { buffer.writeBytes($0) }
      buffer.writeString("\n\n")
    }
    return buffer
  }

  private func writeArray(to json: inout JSONWriter) {
    json.array { for event in events { event.write(to: &$0) } }
  }

  private var headers: HTTPFields { [.nextPosition: String(next), .vary: "Accept"] }
}
