import WorkloadModel

extension Mapping {
  /// Reads a mapping file's bytes. Unknown keys, wrong types and impossible references are errors that name
  /// the place and what would be right.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    var decoder = MappingDecoder()
    self = try decoder.mapping(try JSONValue.parse(bytes))
  }

  /// The longest mapping file.
  public static let sizeLimit = 1 << 20

  /// Reads a mapping file.
  public init(file path: String) throws(ImportError) {
    var window = ByteWindow()
    do throws(ByteSourceError) {
      try window.open(.file(path))
      while try window.refill() {}
    } catch { throw .source(error) }
    guard window.end - window.start <= Self.sizeLimit else {
      let reason = "it is longer than \(Self.sizeLimit) bytes; is \(path) a mapping file?"
      throw .mapping(DocumentError(path: "$", line: 0, column: 0, reason: reason))
    }
    do throws(DocumentError) {
      try self.init(json: Array(window.bytes[window.start..<window.end]))
    } catch { throw .mapping(error) }
  }
}

/// Reads the parts of a mapping and collects the columns that they use.
struct MappingDecoder {
  private var columns: [Mapping.Column] = []
  private var format = CSVFormat()
  private var unit: Mapping.TimeRule.Unit?
  private var zero: Timestamp?
  private var atOrBefore = TextList()

  mutating func mapping(_ value: JSONValue) throws(DocumentError) -> Mapping {
    var object = try JSONObject(value, path: "$")
    _ = try object.take("$schema")?.string()
    _ = try object.take("description")?.string()
    _ = try object.require("version").integer(1...1)
    let source = try object.require("source")
    if try source.name(limit: Limits.name) == Array("unknown".utf8) {
      throw source.error("'unknown' stands for nobody; a name of the source must stand here")
    }
    if let csv = object.take("csv") { try readFormat(csv) }
    if let time = object.take("time") { try readTimeDefaults(time) }
    let subjectItem = try object.require("subject")
    var subjectObject = try subjectItem.object()
    let subject = try column(try subjectObject.require("column"))
    try subjectObject.finish()
    let actor = try object.take("actor").map { item throws(DocumentError) in try self.value(item) }
    let reporter = try object.take("reporter").map { item throws(DocumentError) in try self.value(item) }
    let workload = try workloadFields(try object.require("workload"))
    var events: [Mapping.EventRule] = []
    for item in try object.require("events").list() {
      events.append(try eventRule(item, actor: actor, hasProject: workload.project != nil))
    }
    try object.finish()
    return Mapping(
      format: format, source: try source.string(), columns: columns, subject: subject, reporter: reporter,
      workload: workload, events: events)
  }

  // MARK: Rows

  private mutating func readFormat(_ item: JSONItem) throws(DocumentError) {
    var object = try item.object()
    if let delimiter = object.take("delimiter") {
      let bytes = Array(try delimiter.string().utf8)
      guard bytes.count == 1, bytes[0] < 0x80, bytes[0] == 0x09 || bytes[0] >= 0x20, bytes[0] != 0x22 else {
        throw delimiter.error("one ASCII character must stand here, as in \",\" or \"\\t\"")
      }
      format.delimiter = bytes[0]
    }
    if let quotes = object.take("quotes"), try !quotes.bool() { format.quote = nil }
    if let header = object.take("header") { format.hasHeader = try header.bool() }
    if let names = object.take("columns") {
      if format.hasHeader { throw names.error("columns are named here only where \"header\" is false") }
      var seen: [String] = []
      for name in try names.list() {
        let text = try name.string()
        if seen.contains(text) { throw name.error("there is a column '\(text)' already") }
        seen.append(text)
      }
      format.columns = seen
    }
    try object.finish()
  }

  private mutating func column(_ item: JSONItem) throws(DocumentError) -> Mapping.ColumnSlot {
    let name: Mapping.Column.Name
    if case .integer = item.value.content {
      let number = Int(try item.integer(1...10_000))
      if let names = format.columns, number > names.count {
        throw item.error("there are only \(names.count) columns")
      }
      name = .number(number)
    } else {
      let text = try item.string()
      if !format.hasHeader {
        guard let names = format.columns else {
          throw item.error("without a header, name the columns in csv.columns, or write a number from 1")
        }
        guard names.contains(text) else {
          throw item.error("there is no column '\(text)'; there are \(names.joined(separator: ", "))")
        }
      }
      name = .name(text)
    }
    if let slot = columns.firstIndex(where: { $0.name == name }) { return slot }
    columns.append(Mapping.Column(name: name, error: item.error("")))
    return columns.count - 1
  }

  // MARK: Workload

  private mutating func workloadFields(_ item: JSONItem) throws(DocumentError) -> Mapping.WorkloadFields {
    var object = try item.object()
    var fields = Mapping.WorkloadFields()
    fields.name = try optionalValue(object.take("name"))
    fields.type = try optionalValue(object.take("type"), .type)
    fields.project = try optionalValue(object.take("project"))
    fields.cluster = try optionalValue(object.take("cluster"))
    fields.owner = try optionalValue(object.take("owner"))
    fields.url = try optionalValue(object.take("url"), .text(Limits.url))
    if let resources = object.take("resources") {
      var amounts = try resources.object()
      fields.cpuMillicores = try optionalValue(amounts.take("cpuMillicores"), .amount)
      fields.memoryBytes = try optionalValue(amounts.take("memoryBytes"), .amount)
      fields.gpuMilli = try optionalValue(amounts.take("gpuMilli"), .amount)
      try amounts.finish()
    }
    if let labels = object.take("labels") {
      for (key, item) in try labels.object().all {
        let bytes = Array(key.utf8)
        if let flaw = TextFlaw.find(in: bytes.span, limit: Limits.name) {
          throw item.error("the label's key \(flaw.explanation)")
        }
        fields.labels.append((bytes, try value(item)))
      }
      fields.labels.sort { $0.key.lexicographicallyPrecedes($1.key) }
    }
    try object.finish()
    return fields
  }

  /// What a value must be.
  private enum Form {
    case text(Int)
    case amount
    case type
  }

  private mutating func optionalValue(
    _ item: JSONItem?, _ form: Form = .text(Limits.name)
  ) throws(DocumentError) -> Mapping.Value? {
    guard let item else { return nil }
    return try value(item, form)
  }

  private mutating func value(
    _ item: JSONItem, _ form: Form = .text(Limits.name)
  ) throws(DocumentError) -> Mapping.Value {
    if case .array = item.value.content { return try rules(item, form) }
    var object = try item.object()
    if let constant = object.take("constant") {
      try object.finish()
      return .constant(try bytes(constant, form))
    }
    guard let name = object.take("column") else {
      throw item.error("'column' or 'constant' must stand here, or a list of rules")
    }
    let slot = try column(name)
    var reading = Mapping.Reading()
    if case .amount = form, let times = object.take("times") {
      reading.times = try times.integer(1...Resources.limit)
    }
    if let words = object.take("words") {
      let all = try words.object().all
      if all.isEmpty { throw words.error("the object must not be empty") }
      for (word, meaning) in all { reading.words[Array(word.utf8)] = try bytes(meaning, form) }
    }
    if let missing = object.take("missing") {
      for text in try missing.list() { reading.missing.append(try text.string().utf8) }
    }
    try object.finish()
    let isPlain = reading.times == nil && reading.words.isEmpty && reading.missing.isEmpty
    return .column(slot, isPlain ? nil : reading)
  }

  private mutating func rules(_ item: JSONItem, _ form: Form) throws(DocumentError) -> Mapping.Value {
    var rules: [(condition: Mapping.Condition?, value: Mapping.Value?)] = []
    let items = try item.list()
    for (index, item) in items.enumerated() {
      var object = try item.object()
      let condition = try object.take("when").map { item throws(DocumentError) in try self.condition(item) }
      if condition == nil, index < items.count - 1 {
        throw item.error("only the last rule may do without 'when': the rules behind it would never hold")
      }
      let result = try object.require("then")
      if case .null = result.value.content {
        rules.append((condition, nil))
      } else {
        rules.append((condition, try value(result, form)))
      }
      try object.finish()
    }
    return .rules(rules)
  }

  private func bytes(_ item: JSONItem, _ form: Form) throws(DocumentError) -> [UInt8] {
    switch form {
    case .text(let limit): return try item.name(limit: limit)
    case .amount: return Array(String(try item.integer(0...Resources.limit)).utf8)
    case .type:
      let text = try item.string()
      guard WorkloadType(input: text) != nil else {
        let types = WorkloadType.allCases.map(\.label).joined(separator: ", ")
        throw item.error("there is no type '\(text)'; there are \(types)")
      }
      return Array(text.utf8)
    }
  }

  // MARK: Conditions

  private mutating func condition(_ item: JSONItem) throws(DocumentError) -> Mapping.Condition {
    var object = try item.object()
    if let all = object.take("all") {
      try object.finish()
      return .all(try conditions(all))
    }
    if let any = object.take("any") {
      try object.finish()
      return .any(try conditions(any))
    }
    if let not = object.take("not") {
      try object.finish()
      return .not(try condition(not))
    }
    if let first = object.take("firstOfSubject") {
      try object.finish()
      return try first.bool() ? .isFirstOfSubject : .not(.isFirstOfSubject)
    }
    guard let name = object.take("column") else {
      throw item.error("a condition must stand here: column, all, any, not or firstOfSubject")
    }
    let slot = try column(name)
    let condition: Mapping.Condition
    if let equals = object.take("equals") {
      condition = try oneOf(slot, [equals])
    } else if let list = object.take("in") {
      condition = try oneOf(slot, try list.list())
    } else if let between = object.take("between") {
      let bounds = try between.list()
      guard bounds.count == 2 else { throw between.error("two numbers must stand here") }
      let low = try bounds[0].integer(.min ... .max)
      let high = try bounds[1].integer(.min ... .max)
      guard low <= high else { throw between.error("the smaller number must come first") }
      condition = .isBetween(slot, low...high)
    } else if let isEmpty = object.take("isEmpty") {
      condition = .isEmpty(slot, try isEmpty.bool())
    } else {
      throw item.error("equals, in, between or isEmpty must stand beside 'column'")
    }
    try object.finish()
    return condition
  }

  private mutating func conditions(_ item: JSONItem) throws(DocumentError) -> [Mapping.Condition] {
    var result: [Mapping.Condition] = []
    for part in try item.list() { result.append(try condition(part)) }
    return result
  }

  private func oneOf(
    _ slot: Mapping.ColumnSlot, _ items: [JSONItem]
  ) throws(DocumentError) -> Mapping.Condition {
    var texts = TextList()
    var numbers: [Int64] = []
    for item in items {
      if case .integer(let number) = item.value.content {
        numbers.append(number)
      } else {
        texts.append(try item.string().utf8)
      }
    }
    if numbers.isEmpty { return .isText(slot, texts) }
    if texts.isEmpty { return .isNumber(slot, numbers) }
    return .any([.isText(slot, texts), .isNumber(slot, numbers)])
  }

  // MARK: Events

  private mutating func eventRule(
    _ item: JSONItem, actor: Mapping.Value?, hasProject: Bool
  ) throws(DocumentError) -> Mapping.EventRule {
    var object = try item.object()
    let event = try object.require("event")
    let word = try event.string()
    guard let kind = EventKind(cloudEventType: word), kind.isOfWorkload else {
      let kinds = EventKind.allCases.filter(\.isOfWorkload).map(\.cloudEventType).joined(separator: ", ")
      throw event.error("there is no event '\(word)' of a workload; there are \(kinds)")
    }
    if kind == .created, !hasProject { throw event.error("workload.created needs $.workload.project") }
    let condition = try object.take("when").map { item throws(DocumentError) in try self.condition(item) }
    let time = try timeRule(try object.require("time"))
    let bound = try object.take("timeBound")?.word(["atOrBefore"])
    let own = try optionalValue(object.take("actor"))
    let reason = try optionalValue(object.take("reason"), .text(Limits.reason))
    let id = try optionalValue(object.take("id"), .text(Limits.eventID))
    try object.finish()
    return Mapping.EventRule(
      kind, if: condition, time: time, timeIsBound: bound != nil, actor: own ?? actor,
      reason: reason ?? (kind == .terminated ? .constant(Array("unknown".utf8)) : nil), id: id)
  }

  // MARK: Times

  private mutating func readTimeDefaults(_ item: JSONItem) throws(DocumentError) {
    var object = try item.object()
    try readTimeForm(&object, &unit, &zero, &atOrBefore)
    try object.finish()
  }

  private mutating func timeRule(_ item: JSONItem) throws(DocumentError) -> Mapping.TimeRule {
    var object = try item.object()
    let slot = try column(try object.require("column"))
    var (unit, zero, bounds) = (unit, zero, atOrBefore)
    try readTimeForm(&object, &unit, &zero, &bounds)
    try object.finish()
    guard let unit else {
      throw item.error("'unit' is missing here and in $.time: rfc3339, s, ms or us")
    }
    let epoch = Timestamp(microseconds: 0)
    return Mapping.TimeRule(column: slot, unit: unit, zero: zero ?? epoch, atOrBefore: bounds)
  }

  private func readTimeForm(
    _ object: inout JSONObject, _ unit: inout Mapping.TimeRule.Unit?, _ zero: inout Timestamp?,
    _ bounds: inout TextList
  ) throws(DocumentError) {
    if let item = object.take("unit") {
      switch try item.word(["rfc3339", "s", "ms", "us"]) {
      case "s": unit = .microseconds(1_000_000)
      case "ms": unit = .microseconds(1000)
      case "us": unit = .microseconds(1)
      default: unit = .rfc3339
      }
    }
    if let item = object.take("zero") {
      guard let time = Timestamp(rfc3339: try item.string()) else {
        throw item.error("a time must stand here, as in 2023-01-01T00:00:00Z")
      }
      zero = time
    }
    if let item = object.take("atOrBefore") {
      bounds = TextList()
      for text in try item.list() { bounds.append(try text.string().utf8) }
    }
  }
}
