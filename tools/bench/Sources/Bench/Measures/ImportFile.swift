import Exchange
import Glibc
import HistoryModel
import WorkloadModel

/// A file to be imported, with what the floor needs to know of its events.
struct ImportFile {
  enum Format { case cloudEvents, csv }

  let path: String
  let format: Format
  private(set) var eventCount = 0
  /// Batches as large as the importer's, without their events and texts.
  private(set) var plans: [PlannedBatch] = []

  /// As many events as the importer hands on at once.
  private static let batchSize = 16_384

  /// Writes `size` events of a history, or as many of them as rows can say.
  init(_ format: Format, events size: Int, at path: String) throws {
    self.path = path
    self.format = format
    guard let file = fopen(path, "w") else { throw Self.failure("fopen \(path)") }
    var isClosed = false
    defer { if !isClosed { fclose(file) } }
    var planner = BatchPlanner(HistoryOptions(events: size))
    var lines = EventLines()
    var rows = EventRows()
    while eventCount < size,
      var plan = planner.next(
        min(Self.batchSize, size - eventCount),
        { event, report, batch in
          if format == .csv { rows.append(event, in: batch) } else { lines.append(event, report, in: batch) }
        })
    {
      let bytes = format == .csv ? rows.bytes : lines.bytes
      guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Self.failure("fwrite \(path)") }
      if format == .csv { rows.replan(&plan) }
      eventCount += plan.events.count
      plan.events = []
      plan.bytes = []
      plans.append(plan)
      lines.removeAll()
      rows.removeAll()
    }
    isClosed = true
    guard fclose(file) == 0 else { throw Self.failure("fclose \(path)") }
  }

  /// Reads the file to its end as an importer does and counts its lines; what the floor does of the parsing.
  func countLines() throws -> Int {
    guard let file = fopen(path, "r") else { throw Self.failure("fopen \(path)") }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var count = 0
    while case let filled = fread(&buffer, 1, buffer.count, file), filled > 0 {
      buffer.withUnsafeBytes { bytes in
        var rest = UnsafeRawBufferPointer(rebasing: bytes[..<filled])
        while let start = rest.baseAddress, let found = memchr(start, 10, rest.count) {
          count += 1
          rest = UnsafeRawBufferPointer(rebasing: rest[(start.distance(to: UnsafeRawPointer(found)) + 1)...])
        }
      }
    }
    return count
  }

  private static func failure(_ what: String) -> FolderError {
    FolderError(description: "\(what): \(String(cString: strerror(errno)))")
  }
}

/// Writes the events of workloads as rows of CSV, one a row, with a column that says which.
private struct EventRows {
  private(set) var bytes: [UInt8] = []
  private var isHeadWritten = false
  /// How each workload is called in the file: by its number, so that the ids are made by the importer.
  private var numbers: [WorkloadID: Int] = [:]

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func append(_ event: ProposedEvent, in batch: borrowing EventBatch) {
    if !isHeadWritten {
      append(ImportMapping.columns.joined(separator: ","))
      bytes.append(10)
      isHeadWritten = true
    }
    guard event.kind.isOfWorkload else { return }
    guard case .number(let number) = event.identity else { return }
    append(String(event.occurredAt.microseconds))
    field(String(number))
    field(event.kind.cloudEventType)
    field(sourceID(event.subject))
    for name in [event.project, event.actor, event.reporter] { field(batch.name(name)?.text ?? "unknown") }
    field(batch.string(event.reason))
    guard event.kind == .created else { return append(",,,,,,,,\n") }
    field(batch.string(event.name))
    field(event.type?.label ?? "")
    for name in [event.cluster, event.owner] { field(batch.name(name)?.text ?? "") }
    for amount in [event.resources.cpuMillicores, event.resources.memoryBytes, event.resources.gpuMilli] {
      field(String(amount))
    }
    field(batch.string(event.url))
    bytes.append(10)
  }

  /// Leaves in a plan what the rows say: events of workloads, with the ids and sizes that they have after an
  /// import.
  mutating func replan(_ plan: inout PlannedBatch) {
    plan.events = plan.events.filter(\.kind.isOfWorkload)
    plan.recordSizes = plan.events.map { event in
      var event = event
      if event.kind == .created {
        event.sourceID = TextRange(offset: 0, count: UInt32(sourceID(event.subject).utf8.count))
        event.labels = .absent
      }
      return Int32(event.recordSize)
    }
    plan.created = plan.created.map { created in
      let id = WorkloadID(source: Array("bench".utf8), sourceID: Array(sourceID(created.id).utf8))
      return (id, created.row)
    }
  }

  private mutating func sourceID(_ id: WorkloadID) -> String {
    let number = numbers[id] ?? numbers.count + 1
    numbers[id] = number
    return "job-\(number)"
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func field(_ text: String) {
    bytes.append(UInt8(ascii: ","))
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 })
    else {
      return append(text)
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// What the columns of such a file mean.
enum ImportMapping {
  static let columns = [
    "time", "id", "event", "job", "project", "actor", "reporter", "reason", "name", "type", "cluster",
    "owner",
    "cpu",
    "memory", "gpu", "url",
  ]

  static func mapping() throws(DocumentError) -> Mapping {
    func column(_ name: String) -> String { "{\"column\":\"\(name)\"}" }
    let rules = EventKind.allCases.filter(\.isOfWorkload).map { kind in
      let type = kind.cloudEventType
      return """
        {"event":"\(type)","when":{"column":"event","equals":"\(type)"},"time":{"column":"time"},
         "reason":\(column("reason")),"id":\(column("id"))}
        """
    }
    let text = """
      {"version":1,"source":"bench","time":{"unit":"us","zero":"1970-01-01T00:00:00Z"},
       "subject":\(column("job")),"actor":\(column("actor")),"reporter":\(column("reporter")),
       "workload":{"name":\(column("name")),"type":\(column("type")),"project":\(column("project")),
        "cluster":\(column("cluster")),"owner":\(column("owner")),"url":\(column("url")),
        "resources":{"cpuMillicores":\(column("cpu")),"memoryBytes":\(column("memory")),
         "gpuMilli":\(column("gpu"))}},
       "events":[\(rules.joined(separator: ",\n"))]}
      """
    return try Mapping(json: Array(text.utf8))
  }
}
