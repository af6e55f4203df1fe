public import WorkloadModel

/// Writes generated events as CloudEvents NDJSON, the format that `history -o ndjson` prints and
/// `import --format cloudevents` reads, into one buffer that is used again and again.
///
/// All names of a history are few and come often, so each is quoted once; the clock's text is kept for as
/// long as the minute lasts.
public struct EventLines: ~Copyable {
  /// The lines written so far; take them and call `removeAll`.
  public private(set) var bytes: [UInt8] = []

  private var quoted: [UInt8] = []
  /// By the number of a name in the batch: where it is quoted; empty where it is not yet.
  private var quotedRanges: [Range<Int>] = [0..<0]
  /// By kind: from the type to the beginning of the subject, or of the time where there is none.
  private let typeTexts: [[UInt8]]
  /// `2026-01-01T00:00:` of the minute that was written last.
  private var minute = Int64.min
  private var minuteText: [UInt8] = []
  private var idText = TextBuffer()

  /// A writer for the events of one batch (its names keep their places in it).
  public init() {
    typeTexts = (0...EventKind.quotaSet.rawValue).map { raw in
      EventKind(rawValue: raw).map { Array(",\"type\":\"\($0.cloudEventType)\"".utf8) } ?? []
    }
  }

  /// Forgets the lines and keeps the storage.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Appends one line.
  public mutating func append(
    _ event: ProposedEvent, _ report: HistoryModel.Report, in batch: borrowing EventBatch
  ) {
    guard case .number(let number) = event.identity else {
      preconditionFailure("generated events are numbered")
    }
    append("{\"specversion\":\"1.0\",\"id\":\"")
    appendDigits(number)
    append("\",\"source\":")
    append(event.source, batch)
    bytes.append(contentsOf: typeTexts[Int(event.kind.rawValue)])
    if event.subject != .none {
      append(",\"subject\":\"")
      append(event.subject)
      append("\"")
    }
    append(",\"time\":\"")
    append(event.occurredAt)
    append("\",\"datacontenttype\":\"application/json\",\"position\":")
    appendDigits(number)
    append(",\"recordedtime\":\"")
    append(report.reportedAt)
    append("\",\"data\":{\"actor\":")
    append(event.actor, batch)
    append(",\"reporter\":")
    append(event.reporter, batch)
    append(",\"project\":")
    append(event.project, batch)
    append(",\"version\":")
    appendDigits(UInt64(report.version))
    if let anomaly = report.anomaly {
      append(",\"applied\":false,\"observed\":true,\"anomaly\":\"")
      bytes.append(contentsOf: anomaly.label.utf8)
      append("\"")
    } else {
      append(",\"applied\":true,\"observed\":true")
    }
    if event.timeIsBound { append(",\"timeBound\":\"atOrBefore\"") }
    appendText(",\"reason\":", event.reason, batch)
    appendDetails(event, batch)
    append("}}\n")
  }

  // MARK: What only some kinds say

  private mutating func appendDetails(_ event: ProposedEvent, _ batch: borrowing EventBatch) {
    switch event.kind {
    case .created: appendCreation(event, batch)
    case .actionRefused:
      guard let command = event.refusedKind else { return }
      append(",\"command\":\"")
      bytes.append(contentsOf: command.cloudEventType.utf8)
      append("\"")
    case .memberAdded, .memberRemoved:
      append(",\"member\":")
      append(event.owner, batch)
    case .quotaSet:
      append(",\"owner\":")
      append(event.owner, batch)
      append(",\"limits\":{")
      appendAmounts(event.resources)
      append("}")
    case .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
      .deleteFailed, .projectCreated:
      return
    }
  }

  private mutating func appendCreation(_ event: ProposedEvent, _ batch: borrowing EventBatch) {
    appendText(",\"name\":", event.name, batch)
    if let type = event.type {
      append(",\"type\":\"")
      bytes.append(contentsOf: type.label.utf8)
      append("\"")
    }
    append(",\"cluster\":")
    append(event.cluster, batch)
    append(",\"owner\":")
    append(event.owner, batch)
    append(",\"resources\":{")
    appendAmounts(event.resources)
    append("}")
    appendText(",\"url\":", event.url, batch)
    appendText(",\"sourceID\":", event.sourceID, batch)
    if !event.labels.isAbsent { appendLabels(event.labels, batch) }
  }

  /// Amounts below 0 are limits that are not set.
  private mutating func appendAmounts(_ amounts: Resources) {
    var isFirst = true
    appendAmount("\"cpuMillicores\":", amounts.cpuMillicores, &isFirst)
    appendAmount("\"memoryBytes\":", amounts.memoryBytes, &isFirst)
    appendAmount("\"gpuMilli\":", amounts.gpuMilli, &isFirst)
  }

  private mutating func appendAmount(_ key: StaticString, _ amount: Int64, _ isFirst: inout Bool) {
    guard amount >= 0 else { return }
    if !isFirst { append(",") }
    isFirst = false
    append(key)
    appendDigits(UInt64(amount))
  }

  /// Labels are stored as keys and values after their lengths; those of the model are below 128 bytes.
  private mutating func appendLabels(_ range: TextRange, _ batch: borrowing EventBatch) {
    append(",\"labels\":{")
    var at = Int(range.offset)
    let end = at + Int(range.count)
    var isKey = true
    while at < end {
      let count = Int(batch.bytes[at])
      appendQuoted(batch.bytes[at + 1..<at + 1 + count])
      at += 1 + count
      if isKey { append(":") } else if at < end { append(",") }
      isKey.toggle()
    }
    append("}")
  }

  // MARK: Parts

  private mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private mutating func append(_ name: NameReference, _ batch: borrowing EventBatch) {
    let place = Int(name.index)
    if place >= quotedRanges.count || quotedRanges[place].isEmpty { quote(name, batch) }
    bytes.append(contentsOf: quoted[quotedRanges[place]])
  }

  private mutating func quote(_ name: NameReference, _ batch: borrowing EventBatch) {
    let place = Int(name.index)
    while quotedRanges.count <= place { quotedRanges.append(0..<0) }
    let text = Array((batch.name(name)?.text ?? "unknown").utf8)
    let start = bytes.count
    appendQuoted(text[...])
    quotedRanges[place] = quoted.count..<quoted.count + bytes.count - start
    quoted.append(contentsOf: bytes[start...])
    bytes.removeSubrange(start...)
  }

  private mutating func appendText(
    _ key: StaticString, _ range: TextRange, _ batch: borrowing EventBatch
  ) {
    if range.isAbsent { return }
    append(key)
    appendQuoted(batch.bytes[Int(range.offset)..<Int(range.offset) + Int(range.count)])
  }

  /// A JSON string (RFC 8259 section 7); the texts are UTF-8 without control characters.
  private mutating func appendQuoted(_ text: ArraySlice<UInt8>) {
    append("\"")
    var start = text.startIndex
    for index in text.indices where text[index] == UInt8(ascii: "\"") || text[index] == UInt8(ascii: "\\") {
      bytes.append(contentsOf: text[start..<index])
      bytes.append(UInt8(ascii: "\\"))
      start = index
    }
    bytes.append(contentsOf: text[start...])
    append("\"")
  }

  private mutating func append(_ time: Timestamp) {
    let thisMinute = time.microseconds / 60_000_000
    let rest = time.microseconds % 60_000_000
    precondition(rest >= 0 && rest % 1000 == 0, "the model counts in milliseconds from 1970")
    if thisMinute != minute {
      minute = thisMinute
      let text = Timestamp(microseconds: thisMinute * 60_000_000).rfc3339
      minuteText = Array(text.utf8.dropLast("00Z".utf8.count))
    }
    bytes.append(contentsOf: minuteText)
    let milliseconds = UInt32(rest / 1000)
    appendPair(milliseconds / 1000)
    let fraction = milliseconds % 1000
    if fraction > 0 {
      bytes.append(UInt8(ascii: "."))
      bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: fraction / 100))
      appendPair(fraction % 100)
    }
    bytes.append(UInt8(ascii: "Z"))
  }

  private mutating func appendPair(_ value: UInt32) {
    bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10))
    bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
  }

  private mutating func append(_ id: WorkloadID) {
    idText.removeAll()
    id.write(to: &idText)
    idText.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  private mutating func appendDigits(_ value: UInt64) { appendDecimal(value, to: &bytes) }
}
