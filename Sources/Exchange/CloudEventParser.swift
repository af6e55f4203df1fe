import WorkloadModel

/// Turns lines of CloudEvents JSON into proposed events, without an allocation on the usual way.
///
/// A line is read once, whatever the order of its keys; then the fields are judged by the kind of the event.
struct CloudEventParser {
  var cursor = JSONCursor()
  var line = CloudEventLine()
  /// The field that is being read or judged, for messages.
  var field: CloudEventField?
  /// Keys outside the vocabulary.
  var unknown: [(key: JSONText, isData: Bool)] = []
  var labels: [(key: JSONText, value: JSONText)] = []
  var labelBytes: [UInt8] = []
  var times = TimeReader()
  let isStrict: Bool
  let reporter: [UInt8]
  let attributes = CloudEventField.attributes
  let members = CloudEventField.dataMembers
  let kinds = WordTable(EventKind.allCases.map { ($0.cloudEventType, $0.rawValue) })
  let types = WordTable(WorkloadType.allCases.map { ($0.label, $0.rawValue) })
  let amounts = WordTable([("cpuMillicores", 0), ("memoryBytes", 1), ("gpuMilli", 2)])
  let attributeBits = CloudEventField.data.bit << 1 &- 1
  let membersOfKind = (0...EventKind.quotaSet.rawValue).map { raw in
    EventKind(rawValue: raw).map { CloudEventField.members(of: $0) } ?? 0
  }

  init(isStrict: Bool, reporter: String) {
    self.isStrict = isStrict
    self.reporter = Array(reporter.utf8)
  }

  /// Reads a line of the window and appends its event.
  mutating func parse(
    _ text: Span<UInt8>, from: Int, to: Int, number: UInt64, file: String, into slot: inout ImportSlot
  ) throws(LineFlaw) {
    line = CloudEventLine()
    field = nil
    if !unknown.isEmpty { unknown.removeAll(keepingCapacity: true) }
    if !labels.isEmpty { labels.removeAll(keepingCapacity: true) }
    cursor.begin(text, from: from, to: to)
    guard cursor.peek(text) == UInt8(ascii: "{") else {
      throw cursor.flaw(cursor.at, "an event in JSON must stand here, beginning with '{'")
    }
    cursor.at += 1
    var isFirst = true
    while let key = try cursor.nextKey(text, isFirst: &isFirst) {
      guard !key.isInScratch, let raw = attributes.find(text, key.start, key.count) else {
        try skipUnknown(key, isData: false, text)
        continue
      }
      try attribute(raw, key, text)
    }
    field = nil
    cursor.skipSpace(text)
    if cursor.at < to {
      throw cursor.flaw(cursor.at, "nothing may follow the event on its line, but \(cursor.found(text)) does")
    }
    try assemble(text, number: number, file: file, into: &slot)
  }

  /// Notes that a field of the vocabulary was met; twice is refused.
  @inline(__always)
  mutating func begin(_ raw: UInt8, _ key: JSONText, _ text: Span<UInt8>) throws(LineFlaw) {
    let bit: UInt64 = 1 << UInt64(raw)
    if line.seen & bit != 0 { throw cursor.duplicate(key, text) }
    line.seen |= bit
  }

  mutating func skipUnknown(_ key: JSONText, isData: Bool, _ text: Span<UInt8>) throws(LineFlaw) {
    for other in unknown where other.isData == isData && cursor.isSame(key, other.key, text) {
      throw cursor.duplicate(key, text)
    }
    if unknown.count == JSONCursor.memberLimit {
      throw cursor.flaw(key.offset, "this event has more than \(JSONCursor.memberLimit) unknown fields")
    }
    unknown.append((key, isData))
    try cursor.skipValue(text)
  }

  // MARK: Attributes

  @inline(__always)
  private mutating func attribute(_ raw: UInt8, _ key: JSONText, _ text: Span<UInt8>) throws(LineFlaw) {
    let known = CloudEventField(rawValue: raw)
    field = known
    try begin(raw, key, text)
    switch known {
    case .specversion:
      let item = try textValue(text, limit: 16)
      guard isText(item, "1.0", text) else {
        throw cursor.flaw(item.offset, "'\(cursor.message(item, text))' must be '1.0'")
      }
    case .id: line.id = try textValue(text, limit: Limits.eventID)
    case .source: line.source = try textValue(text, limit: Limits.name)
    case .type: line.kind = try kindValue(text)
    case .subject: line.subject = try subjectValue(text)
    case .time: line.time = try timeValue(text)
    case .datacontenttype:
      let item = try textValue(text, limit: Limits.name)
      guard item.isAbsent || isText(item, "application/json", text) else {
        throw cursor.flaw(item.offset, "'\(cursor.message(item, text))' must be 'application/json'")
      }
    case .dataschema: _ = try textValue(text, limit: Limits.url)
    case .position: try checkInteger(text, 1...Int64.max)
    case .recordedtime: _ = try timeValue(text)
    case .data: try readData(text)
    default: preconditionFailure("the table holds attributes only")
    }
  }

  // MARK: Values

  /// A text that keeps the limits of names; absent where null stands.
  @inline(__always)
  mutating func textValue(
    _ text: Span<UInt8>, limit: Int, multiline: Bool = false
  ) throws(LineFlaw) -> JSONText {
    guard cursor.peek(text) == UInt8(ascii: "\"") else {
      if try cursor.takeNull(text) { return .absent }
      throw cursor.flaw(cursor.at, "a text must stand here, not \(cursor.found(text))")
    }
    let item = try cursor.string(text)
    if item.isPlain, item.count > 0, item.count <= limit { return item }
    try check(item, text, limit: limit, multiline: multiline)
    return item
  }

  @inline(never)
  func check(_ item: JSONText, _ text: Span<UInt8>, limit: Int, multiline: Bool) throws(LineFlaw) {
    let flaw = cursor.withBytes(item, text) { TextFlaw.find(in: $0, limit: limit, multiline: multiline) }
    if let flaw { throw cursor.flaw(item.offset, "the text \(flaw.explanation)") }
  }

  func isText(_ item: JSONText, _ word: StaticString, _ text: Span<UInt8>) -> Bool {
    guard item.count == word.utf8CodeUnitCount else { return false }
    return cursor.withBytes(item, text) { span in
      word.withUTF8Buffer { word in
        for index in span.indices where span[index] != word[index] { return false }
        return true
      }
    }
  }

  private mutating func kindValue(_ text: Span<UInt8>) throws(LineFlaw) -> EventKind? {
    let item = try textValue(text, limit: Limits.name)
    if item.isAbsent { return nil }
    if !item.isInScratch, let raw = kinds.find(text, item.start, item.count) {
      return EventKind(rawValue: raw)
    }
    if let kind = EventKind(cloudEventType: string(item, text)) { return kind }
    let known = EventKind.allCases.map(\.cloudEventType).joined(separator: ", ")
    throw cursor.flaw(
      item.offset, "there is no event type '\(cursor.message(item, text))'; there are \(known)")
  }

  /// The type of the event that a refused command wanted.
  mutating func commandValue(_ text: Span<UInt8>) throws(LineFlaw) -> EventKind? {
    let at = cursor.at
    let kind = try kindValue(text)
    if kind == .actionRefused { throw cursor.flaw(at, "a refusal can't have been what was wanted") }
    return kind
  }

  private mutating func subjectValue(_ text: Span<UInt8>) throws(LineFlaw) -> WorkloadID? {
    let item = try textValue(text, limit: Limits.name)
    if item.isAbsent { return nil }
    let id =
      item.isInScratch
      ? WorkloadID(string(item, text)) : workloadID(text, item.start, item.count)
    guard let id, id != .none else {
      throw cursor.flaw(
        item.offset, "the workload's id must stand here, a UUID as in 019b97ad-a27d-7210-be8c-86c936a86a72")
    }
    return id
  }

  mutating func timeValue(_ text: Span<UInt8>) throws(LineFlaw) -> Timestamp? {
    let item = try textValue(text, limit: Limits.name)
    if item.isAbsent { return nil }
    let time =
      item.isInScratch
      ? Timestamp(rfc3339: string(item, text)) : times.time(text, item.start, item.count)
    guard let time, item.count > 10 else {
      throw cursor.flaw(
        item.offset,
        "a time of the years 1 to 9999 must stand here, as in 2023-07-01T08:30:00Z,"
          + " not '\(cursor.message(item, text))'")
    }
    return time
  }

  /// Reads an integer that is only checked; null is as good as none.
  mutating func checkInteger(_ text: Span<UInt8>, _ range: ClosedRange<Int64>) throws(LineFlaw) {
    if try cursor.takeNull(text) { return }
    let at = cursor.at
    let number = try cursor.integer(text)
    if !range.contains(number) {
      throw cursor.flaw(at, "\(number) is not in \(range.lowerBound) to \(range.upperBound)")
    }
  }

  func string(_ item: JSONText, _ text: Span<UInt8>) -> String {
    cursor.withBytes(item, text) { span in
      var bytes: [UInt8] = []
      for index in span.indices { bytes.append(span[index]) }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
