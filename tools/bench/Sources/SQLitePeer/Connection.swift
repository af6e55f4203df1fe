import SQLite
import WorkloadModel

/// A connection with its prepared statements and the names, which it reads once. One thread at a time uses it.
final class Connection: @unchecked Sendable {
  let database: Database
  private let find, timeline: Statement
  /// By filter.
  private var pages: [String: (count: Statement, rows: Statement)] = [:]
  /// By number; nobody has the number 0.
  private var names: [String?] = [nil]
  private var numbers: [Int64: [String: Int64]] = [:]

  init(path: String) throws {
    database = try Database(path: path)
    find = try database.prepare(Self.workload + " WHERE w.id = ?")
    timeline = try database.prepare(
      """
      SELECT position, kind, flags, version, actor, reporter, project, occurred_at, recorded_at, source, number,
        anomaly, reason, refused_kind, owner, cpu, memory, gpu, type, cluster, name, url, source_id, labels
      FROM events WHERE stream = ? ORDER BY position
      """)
    let known = try database.prepare("SELECT number, class, name FROM names ORDER BY number")
    while try known.step() {
      let text = known.text(2) ?? ""
      names.append(text)
      numbers[known.int(1), default: [:]][text] = known.int(0)
    }

  }

  private static let workload = """
    SELECT w.id, w.name, w.type, w.status, e.reason, w.project, w.cluster, w.owner, w.cpu, w.memory, w.gpu, w.url,
      w.labels, w.source_id, w.attempt, w.version, w.created_at, w.created_by, w.queued_at, w.started_at,
      w.finished_at, w.delete_requested_at, w.delete_requested_by, w.deleted_at, w.deleted_by, w.last_position,
      w.status_since, w.stream
    FROM workloads w LEFT JOIN events e ON e.position = w.reason_position
    """

  // MARK: Pages

  /// Fifty workloads, the newest first, and how many match.
  func page(_ filter: Filter) throws -> PageAnswer {
    guard let conditions = filter.conditions(number) else { return PageAnswer(items: [], total: 0) }
    let (count, rows) = try statements(conditions.map(\.sql).joined(separator: " AND "))
    defer {
      count.reset()
      rows.reset()
    }
    for (index, condition) in conditions.enumerated() {
      condition.bind(to: count, Int32(index + 1))
      condition.bind(to: rows, Int32(index + 1))
    }
    rows.bind(Int32(conditions.count + 1), filter.below ?? .max)
    _ = try count.step()
    var answer = PageAnswer(items: [], total: count.int(0))
    var last: Int64 = 0
    // One row more than a page has says whether there is a next one.
    while try rows.step() {
      if answer.items.count == 50 {
        answer.nextPageToken = String(last)
        break
      }
      answer.items.append(workload(rows))
      last = rows.int(27)
    }
    return answer
  }

  private func statements(_ conditions: String) throws -> (count: Statement, rows: Statement) {
    if let known = pages[conditions] { return known }
    let made = (
      count: try database.prepare("SELECT count(*) FROM workloads w WHERE " + conditions),
      rows: try database.prepare(
        Self.workload + " WHERE \(conditions) AND w.stream < ? ORDER BY w.stream DESC LIMIT 51")
    )
    pages[conditions] = made
    return made
  }

  private func number(_ nameClass: NameClass, _ name: String) -> Int64? {
    numbers[Int64(nameClass.rawValue)]?[name]
  }

  // MARK: Details

  /// A workload, its time in each status, and its events.
  func details(_ id: WorkloadID) throws -> DetailsAnswer? {
    find.bind(1, id: (id.high, id.low))
    defer { find.reset() }
    guard try find.step() else { return nil }
    let workload = workload(find)
    timeline.bind(1, find.int(27))
    defer { timeline.reset() }
    var events: [EventAnswer] = []
    var clock = StatusClock()
    while try timeline.step() {
      let kind = EventKind(rawValue: UInt8(timeline.int(1))) ?? .created
      events.append(event(timeline, kind, of: workload))
      clock.fold(timeline, kind)
    }
    return DetailsAnswer(
      workload: workload,
      rest: DetailsAnswer.Rest(
        statusSince: time(find, 26), timePerStatus: clock.finish(), timeline: events))
  }

  // MARK: Rows

  private func workload(_ row: Statement) -> WorkloadAnswer {
    let id = row.id(0)
    let text = WorkloadID(high: id.0, low: id.1).description
    return WorkloadAnswer(
      id: text, name: row.text(1) ?? row.text(13) ?? text,
      type: WorkloadType(rawValue: UInt8(row.int(2)))?.label,
      status: (WorkloadStatus(rawValue: UInt8(row.int(3))) ?? .unknown).label, statusReason: row.text(4),
      project: name(row, 5) ?? "unknown", cluster: name(row, 6), owner: name(row, 7),
      resources: resources(row, 8), url: row.text(11), labels: labels(row, 12), sourceID: row.text(13),
      attempt: row.int(14), version: row.int(15), createdAt: time(row, 16), createdBy: name(row, 17),
      queuedAt: time(row, 18), startedAt: time(row, 19), finishedAt: time(row, 20),
      deleteRequestedAt: time(row, 21), deleteRequestedBy: name(row, 22), deletedAt: time(row, 23),
      deletedBy: name(row, 24), lastPosition: row.int(25))
  }

  private func event(_ row: Statement, _ kind: EventKind, of workload: WorkloadAnswer) -> EventAnswer {
    let flags = row.int(2)
    let isApplied = flags & 1 != 0
    var content = EventAnswer.Content(
      actor: name(row, 4) ?? "unknown", reporter: name(row, 5) ?? "unknown", project: name(row, 6),
      version: row.int(3), applied: isApplied, observed: flags & 8 != 0,
      anomaly: isApplied ? nil : Anomaly(rawValue: UInt8(row.int(11)))?.label,
      implied: flags & 4 != 0 ? true : nil, timeBound: flags & 2 != 0 ? "atOrBefore" : nil,
      reason: row.text(12))
    if kind == .actionRefused { content.command = EventKind(rawValue: UInt8(row.int(13)))?.cloudEventType }
    if kind == .created {
      content.name = row.text(20) ?? row.text(22) ?? workload.id
      content.type = WorkloadType(rawValue: UInt8(row.int(18)))?.label
      content.cluster = name(row, 19)
      content.owner = name(row, 14)
      content.resources = resources(row, 15)
      content.url = row.text(21)
      content.sourceID = row.text(22)
      content.labels = labels(row, 23)
    }
    return EventAnswer(
      id: String(row.int(10)), source: name(row, 9) ?? "", type: kind.cloudEventType, subject: workload.id,
      time: time(row, 7) ?? "", position: row.int(0), recordedtime: time(row, 8) ?? "", data: content)
  }

  private func name(_ row: Statement, _ column: Int32) -> String? { names[Int(row.int(column))] }

  private func time(_ row: Statement, _ column: Int32) -> String? {
    row.isNull(column) ? nil : Timestamp(microseconds: row.int(column)).rfc3339
  }

  private func resources(_ row: Statement, _ first: Int32) -> ResourcesAnswer {
    ResourcesAnswer(
      cpuMillicores: row.int(first), memoryBytes: row.int(first + 1), gpuMilli: row.int(first + 2))
  }

  /// Keys and values in turn, each behind its length.
  private func labels(_ row: Statement, _ column: Int32) -> [String: String]? {
    var bytes: [UInt8] = []
    guard row.append(column, to: &bytes) > 0 else { return nil }
    var rest = bytes[...]
    var labels: [String: String] = [:]
    func text() -> String {
      var (length, shift) = (0, 0)
      while let byte = rest.popFirst() {
        length |= Int(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      defer { rest = rest.dropFirst(length) }
      return String(decoding: rest.prefix(length), as: UTF8.self)
    }
    while !rest.isEmpty {
      let key = text()
      labels[key] = text()
    }
    return labels
  }
}
