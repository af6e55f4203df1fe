import WorkloadModel

/// Why a row gives no events.
struct RowFlaw: Error {
  var field: String
  var column: Mapping.ColumnSlot?
  var reason: String
}

/// Turns rows into events after a mapping.
struct RowMapper {
  /// A value of a row: bytes of a field, or of the mapping.
  enum Piece {
    case absent
    case field(CSVReader.Field)
    case constant([UInt8])
  }

  let mapping: Mapping
  /// Of each event rule, what it may be passed over by.
  private let guards: [RuleGuard?]
  private let reporter: [UInt8]
  /// Where each column of the mapping stands in a row of this part.
  private(set) var places: [Int] = []
  private(set) var columnCount = 0
  private var seen = SubjectSet()
  private let remembersSubjects: Bool
  private(set) var isFirst = false
  private var preimage: [UInt8]
  private let prefixCount: Int
  /// The source and the reporter of all events in the batch that is being filled, where the mapping names them.
  private var sourceName = NameReference.unknown
  private var reporterName = NameReference.unknown
  private var types: [[UInt8]: (type: WorkloadType, label: [UInt8]?)] = [:]
  private var labelBytes: [UInt8] = []

  init(_ mapping: Mapping, reporter: String) {
    self.mapping = mapping
    guards = mapping.events.map { RuleGuard($0.condition) }
    self.reporter = Array(reporter.utf8)
    remembersSubjects = mapping.remembersSubjects
    preimage = Array(mapping.source.utf8) + [0]
    prefixCount = preimage.count
  }

  // MARK: Columns

  /// Finds the columns of a part by its header; nil names mean that columns are only numbered.
  mutating func bind(header: [String]?, file: String) throws(DocumentError) {
    let names = header ?? mapping.format.columns
    columnCount = names?.count ?? 0
    places = []
    for column in mapping.columns {
      var error = column.error
      switch column.name {
      case .number(let number):
        if let names, number > names.count {
          error.reason = "there is no column \(number): \(file) has \(names.count)"
          throw error
        }
        places.append(number - 1)
      case .name(let name):
        guard let place = names?.firstIndex(of: name) else {
          let list = (names ?? []).prefix(40).joined(separator: ", ")
          error.reason = "there is no column '\(name)': \(file) has \(list)"
          throw error
        }
        if names?.lastIndex(of: name) != place {
          error.reason = "there is more than one column '\(name)' in \(file); write its number"
          throw error
        }
        places.append(place)
      }
    }
  }

  /// What a column is called in messages.
  func name(of slot: Mapping.ColumnSlot) -> String {
    switch mapping.columns[slot].name {
    case .name(let name): "column '\(name)'"
    case .number(let number): "column \(number)"
    }
  }

  // MARK: Rows

  /// Begins with another slot, whose batch has names of its own.
  mutating func begin(_ slot: inout ImportSlot) {
    sourceName = slot.batch.intern(.source, mapping.source)
    reporterName = slot.batch.intern(.reporter, reporter.span)
  }

  /// Appends a row's events; on a flaw none of them. Returns how many there are.
  mutating func map(_ row: borrowing CSVReader, into slot: inout ImportSlot) throws(RowFlaw) -> Int {
    let expected = columnCount > 0 ? columnCount : (places.max() ?? 0) + 1
    guard row.fields.count == expected || (columnCount == 0 && row.fields.count > expected) else {
      let reason = "the row has \(row.fields.count) fields; there must be \(expected)"
      throw RowFlaw(field: "row", column: nil, reason: reason)
    }
    let sourceID = Piece.field(row.fields[places[mapping.subject]])
    try check(sourceID, row, "subject", mapping.subject, limit: Limits.name)
    preimage.removeSubrange(prefixCount...)
    row.withBytes(sourceID) { $0.withUnsafeBufferPointer { preimage.append(contentsOf: $0) } }
    let subject = WorkloadID(hashing: preimage)
    isFirst = remembersSubjects && !seen.contains(subject)
    let before = slot.batch.events.count
    do throws(RowFlaw) {
      for index in guards.indices {
        if let ruleGuard = guards[index], !ruleGuard.admits(row, places) { continue }
        let rule = mapping.events[index]
        if let condition = rule.condition, !holds(condition, row) { continue }
        slot.batch.events.append(try event(rule, subject, sourceID, row, &slot))
        slot.sources.append(slot.source)
      }
    } catch {
      slot.batch.events.removeSubrange(before...)
      slot.sources.removeSubrange(before...)
      throw error
    }
    let count = slot.batch.events.count - before
    if isFirst, count > 0 { seen.insert(subject) }
    return count
  }

  private mutating func event(
    _ rule: Mapping.EventRule, _ subject: WorkloadID, _ sourceID: Piece, _ row: borrowing CSVReader,
    _ slot: inout ImportSlot
  ) throws(RowFlaw) -> ProposedEvent {
    let (time, isBound) = try time(rule.time, row)
    var event = ProposedEvent(rule.kind, .observation, subject: subject, occurredAt: time)
    event.timeIsBound = isBound || rule.timeIsBound
    event.line = row.line
    event.source = sourceName
    event.identity = .content
    if let id = rule.id { event.identity = try identity(id, row, &slot) }
    event.actor = try name(.user, rule.actor, row, "actor", &slot)
    if let value = mapping.reporter {
      event.reporter = try name(.reporter, value, row, "reporter", &slot)
    } else {
      event.reporter = reporterName
    }
    event.project = try name(.project, mapping.workload.project, row, "workload.project", &slot)
    event.reason = try text(rule.reason, row, "reason", Limits.reason, &slot, multiline: true)
    if rule.kind == .created { try describe(&event, sourceID, row, &slot) }
    return event
  }

  /// Fills in what only `created` says.
  private mutating func describe(
    _ event: inout ProposedEvent, _ sourceID: Piece, _ row: borrowing CSVReader, _ slot: inout ImportSlot
  ) throws(RowFlaw) {
    let fields = mapping.workload
    if event.project == .unknown {
      throw RowFlaw(field: "workload.project", column: nil, reason: "workload.created needs a project")
    }
    event.sourceID = row.withBytes(sourceID) { slot.batch.addText($0) }
    event.name = try text(fields.name, row, "workload.name", Limits.name, &slot)
    if event.name.isAbsent {
      if fields.name != nil {
        throw RowFlaw(field: "workload.name", column: nil, reason: "workload.created needs a name")
      }
      event.name = event.sourceID
    }
    event.cluster = try name(.cluster, fields.cluster, row, "workload.cluster", &slot)
    event.owner = try name(.user, fields.owner, row, "workload.owner", &slot)
    event.url = try text(fields.url, row, "workload.url", Limits.url, &slot)
    event.resources.cpuMillicores = try amount(fields.cpuMillicores, row, "workload.resources.cpuMillicores")
    event.resources.memoryBytes = try amount(fields.memoryBytes, row, "workload.resources.memoryBytes")
    event.resources.gpuMilli = try amount(fields.gpuMilli, row, "workload.resources.gpuMilli")
    let typeLabel = try type(fields.type, row, &event)
    event.labels = try labels(fields.labels, typeLabel, row, &slot)
  }

  private mutating func type(
    _ value: Mapping.Value?, _ row: borrowing CSVReader, _ event: inout ProposedEvent
  ) throws(RowFlaw) -> [UInt8]? {
    let (piece, column) = try evaluate(value, row, "workload.type")
    if case .absent = piece { return nil }
    let bytes = row.bytes(piece)
    if let known = types[bytes] {
      event.type = known.type
      return known.label
    }
    let word = String(decoding: bytes, as: UTF8.self)
    guard let type = WorkloadType(input: word) else {
      let types = WorkloadType.allCases.map(\.label).joined(separator: ", ")
      throw RowFlaw(
        field: "workload.type", column: column, reason: "there is no type '\(word)'; there are \(types)")
    }
    let label = WorkloadType.alias(word).map { Array($0.utf8) }
    if types.count < 1000 { types[bytes] = (type, label) }
    event.type = type
    return label
  }

  private mutating func labels(
    _ values: [(key: [UInt8], value: Mapping.Value)], _ typeLabel: [UInt8]?, _ row: borrowing CSVReader,
    _ slot: inout ImportSlot
  ) throws(RowFlaw) -> TextRange {
    if values.isEmpty, typeLabel == nil { return .absent }
    var pairs: [(key: [UInt8], value: [UInt8])] = []
    for (key, value) in values {
      let field = "workload.labels." + String(decoding: key, as: UTF8.self)
      let (piece, column) = try evaluate(value, row, field)
      if case .absent = piece { continue }
      try check(piece, row, field, column, limit: Limits.name)
      pairs.append((key, row.bytes(piece)))
    }
    let word = Array("type".utf8)
    if let typeLabel, !pairs.contains(where: { $0.key == word }) {
      pairs.append((word, typeLabel))
      pairs.sort { $0.key.lexicographicallyPrecedes($1.key) }
    }
    labelBytes.removeAll(keepingCapacity: true)
    for (key, value) in pairs {
      appendVarint(UInt64(key.count), to: &labelBytes)
      labelBytes.append(contentsOf: key)
      appendVarint(UInt64(value.count), to: &labelBytes)
      labelBytes.append(contentsOf: value)
    }
    if labelBytes.count > Limits.labels {
      throw RowFlaw(
        field: "workload.labels", column: nil,
        reason: "all labels take \(labelBytes.count) bytes; \(Limits.labels) is the most")
    }
    return labelBytes.isEmpty ? .absent : slot.batch.addText(labelBytes.span)
  }
}
