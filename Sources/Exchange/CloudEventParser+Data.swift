import WorkloadModel

extension CloudEventParser {
  /// Reads the object `data`.
  mutating func readData(_ text: Span<UInt8>) throws(LineFlaw) {
    guard cursor.peek(text) == UInt8(ascii: "{") else {
      if try cursor.takeNull(text) { return }
      throw cursor.flaw(cursor.at, "an object must stand here, not \(cursor.found(text))")
    }
    cursor.at += 1
    var isFirst = true
    while let key = try cursor.nextKey(text, isFirst: &isFirst) {
      guard !key.isInScratch, let raw = members.find(text, key.start, key.count) else {
        try skipUnknown(key, isData: true, text)
        continue
      }
      try member(raw, key, text)
      field = .data
    }
  }

  @inline(__always)
  private mutating func member(_ raw: UInt8, _ key: JSONText, _ text: Span<UInt8>) throws(LineFlaw) {
    let known = CloudEventField(rawValue: raw)
    field = known
    try begin(raw, key, text)
    switch known {
    case .actor: line.actor = try textValue(text, limit: Limits.name)
    case .reporter: line.reporter = try textValue(text, limit: Limits.name)
    case .project: line.project = try textValue(text, limit: Limits.name)
    case .version: try checkInteger(text, 0...Int64(UInt32.max))
    case .applied: if try !cursor.takeNull(text) { _ = try cursor.bool(text) }
    case .observed: if try !cursor.takeNull(text) { line.wasCommand = try !cursor.bool(text) }
    case .anomaly: try checkAnomaly(text)
    case .implied: if try !cursor.takeNull(text) { line.isImplied = try cursor.bool(text) }
    case .timeBound: line.timeIsBound = try timeBoundValue(text)
    case .reason: line.reason = try textValue(text, limit: Limits.reason, multiline: true)
    case .name: line.name = try textValue(text, limit: Limits.name)
    case .workloadType: try readType(text)
    case .cluster: line.cluster = try textValue(text, limit: Limits.name)
    case .owner: line.owner = try textValue(text, limit: Limits.name)
    case .resources:
      var amounts = line.resources
      try readAmounts(text, into: &amounts)
      line.resources = amounts
    case .limits:
      var amounts = line.limits
      try readAmounts(text, into: &amounts)
      line.limits = amounts
    case .url: line.url = try textValue(text, limit: Limits.url)
    case .sourceID: line.sourceID = try textValue(text, limit: Limits.name)
    case .labels: try readLabels(text)
    case .command: line.command = try commandValue(text)
    case .member: line.member = try textValue(text, limit: Limits.name)
    default: preconditionFailure("the table holds members of data only")
    }
  }

  private mutating func checkAnomaly(_ text: Span<UInt8>) throws(LineFlaw) {
    let item = try textValue(text, limit: Limits.name)
    if item.isAbsent { return }
    let word = string(item, text)
    if !Anomaly.allCases.contains(where: { $0.label == word }) {
      let known = Anomaly.allCases.map(\.label).joined(separator: ", ")
      throw cursor.flaw(item.offset, "there is no anomaly '\(word)'; there are \(known)")
    }
  }

  private mutating func timeBoundValue(_ text: Span<UInt8>) throws(LineFlaw) -> Bool {
    let item = try textValue(text, limit: Limits.name)
    if item.isAbsent { return false }
    guard isText(item, "atOrBefore", text) else {
      throw cursor.flaw(item.offset, "'\(cursor.message(item, text))' must be 'atOrBefore'")
    }
    return true
  }

  private mutating func readType(_ text: Span<UInt8>) throws(LineFlaw) {
    let item = try textValue(text, limit: Limits.name)
    if item.isAbsent { return }
    if !item.isInScratch, let raw = types.find(text, item.start, item.count) {
      line.workloadType = WorkloadType(rawValue: raw)
      return
    }
    let word = string(item, text)
    guard let type = WorkloadType(input: word) else {
      let known = WorkloadType.allCases.map(\.label).joined(separator: ", ")
      throw cursor.flaw(
        item.offset, "there is no type '\(cursor.message(item, text))'; there are \(known)")
    }
    line.workloadType = type
    line.isCustomType = WorkloadType.alias(word) != nil
  }

  /// Reads `{"cpuMillicores":…,"memoryBytes":…,"gpuMilli":…}`, each at most once.
  private mutating func readAmounts(
    _ text: Span<UInt8>, into resources: inout Resources
  ) throws(LineFlaw) {
    guard cursor.peek(text) == UInt8(ascii: "{") else {
      if try cursor.takeNull(text) { return }
      throw cursor.flaw(cursor.at, "an object must stand here, not \(cursor.found(text))")
    }
    cursor.at += 1
    var seen: UInt8 = 0
    var isFirst = true
    while let key = try cursor.nextKey(text, isFirst: &isFirst) {
      guard !key.isInScratch, let raw = amounts.find(text, key.start, key.count) else {
        let name = cursor.message(key, text)
        throw cursor.flaw(
          key.offset, "there is no resource '\(name)'; there are cpuMillicores, memoryBytes, gpuMilli")
      }
      if seen & 1 << raw != 0 { throw cursor.duplicate(key, text) }
      seen |= 1 << raw
      if try cursor.takeNull(text) { continue }
      let at = cursor.at
      let amount = try cursor.integer(text)
      guard (0...Resources.limit).contains(amount) else {
        throw cursor.flaw(at, "\(amount) is not in 0 to \(Resources.limit)")
      }
      switch raw {
      case 0: resources.cpuMillicores = amount
      case 1: resources.memoryBytes = amount
      default: resources.gpuMilli = amount
      }
    }
  }

  private mutating func readLabels(_ text: Span<UInt8>) throws(LineFlaw) {
    guard cursor.peek(text) == UInt8(ascii: "{") else {
      if try cursor.takeNull(text) { return }
      throw cursor.flaw(cursor.at, "an object must stand here, not \(cursor.found(text))")
    }
    cursor.at += 1
    var isFirst = true
    while let key = try cursor.nextKey(text, isFirst: &isFirst) {
      if labels.count == JSONCursor.memberLimit {
        throw cursor.flaw(key.offset, "there are more than \(JSONCursor.memberLimit) labels")
      }
      try check(key, text, limit: Limits.name, multiline: false)
      guard cursor.peek(text) == UInt8(ascii: "\"") else {
        throw cursor.flaw(cursor.at, "a label's value must be a text, not \(cursor.found(text))")
      }
      let value = try cursor.string(text)
      if value.count > 0 { try check(value, text, limit: Limits.labels, multiline: false) }
      labels.append((key, value))
    }
  }
}
