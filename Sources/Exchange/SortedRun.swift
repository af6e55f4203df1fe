import WorkloadModel

/// Events with their texts, to be put in the order of their time.
struct EventRun {
  private(set) var events: [ProposedEvent] = []
  private(set) var sources: [UInt32] = []
  private(set) var bytes: [UInt8] = []
  /// The order, once it is sorted.
  private(set) var order: [UInt32] = []

  var isEmpty: Bool { events.isEmpty }

  /// About what it takes in memory, the room for its order included.
  var size: Int {
    events.count * (MemoryLayout<ProposedEvent>.stride + 4 + 20) + bytes.count
  }

  /// Takes over a slot's events; names stay numbers of the slot's batch.
  mutating func append(_ slot: borrowing ImportSlot) {
    let base = UInt32(bytes.count)
    for event in slot.batch.events {
      var event = event
      event.changeTexts { $0.offset += base }
      events.append(event)
    }
    sources.append(contentsOf: slot.sources)
    bytes.append(contentsOf: slot.batch.bytes)
  }

  /// Finds the order: by time, and as it was where times are the same.
  mutating func sort() {
    var keys: [(time: Int64, index: UInt32)] = []
    keys.reserveCapacity(events.count)
    for index in events.indices { keys.append((events[index].occurredAt.microseconds, UInt32(index))) }
    keys.sort { ($0.time, $0.index) < ($1.time, $1.index) }
    order = keys.map(\.index)
  }

  mutating func removeAll() {
    events.removeAll(keepingCapacity: true)
    sources.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    order.removeAll(keepingCapacity: true)
  }

  /// Writes the events in their order: the length of the texts, the source, the event, the texts.
  func write(to file: SpillFile) throws(ImportError) {
    var texts: [UInt8] = []
    for index in order {
      var event = events[Int(index)]
      texts.removeAll(keepingCapacity: true)
      event.changeTexts { range in
        let start = Int(range.offset)
        range.offset = UInt32(texts.count)
        texts.append(contentsOf: bytes[start..<start + Int(range.count)])
      }
      file.append(UInt32(texts.count))
      file.append(sources[Int(index)])
      file.append(event)
      try file.append(texts.span)
    }
  }
}

/// Reads a run back from the temporary file, record by record.
struct RunReader {
  private let file: SpillFile
  private var next: UInt64
  private let last: UInt64
  private var buffer: [UInt8]
  private var start = 0
  private var end = 0

  /// The event that is next.
  private(set) var event: ProposedEvent
  private(set) var source: UInt32 = 0
  private(set) var texts = 0..<0
  private(set) var isAtEnd = false

  private static let headerSize = 8 + MemoryLayout<ProposedEvent>.size
  /// More than any record takes: all texts at their limits.
  static let smallestBuffer = 64 << 10

  init(_ file: SpillFile, _ extent: Range<UInt64>, bufferSize: Int) throws(ImportError) {
    self.file = file
    next = extent.lowerBound
    last = extent.upperBound
    buffer = Array(repeating: 0, count: max(Self.smallestBuffer, bufferSize))
    event = ProposedEvent(.created, .observation, subject: .none, occurredAt: .unknown)
    try advance()
  }

  mutating func advance() throws(ImportError) {
    if start == end, next == last {
      isAtEnd = true
      return
    }
    if end - start < Self.headerSize { try refill() }
    let count = buffer.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: start, as: UInt32.self)) }
    source = buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self) }
    event = buffer.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: start + 8, as: ProposedEvent.self)
    }
    if end - start < Self.headerSize + count { try refill() }
    precondition(end - start >= Self.headerSize + count, "a record fits in the buffer")
    texts = start + Self.headerSize..<start + Self.headerSize + count
    start = texts.upperBound
  }

  private mutating func refill() throws(ImportError) {
    let kept = end - start
    buffer.replaceSubrange(0..<kept, with: buffer[start..<end])
    let count = min(buffer.count - kept, Int(last - next))
    try file.read(into: &buffer, at: kept, count: count, from: next)
    next += UInt64(count)
    start = 0
    end = kept + count
  }

  /// Adds the event to a slot.
  func copy(to slot: inout ImportSlot, names: EventBatch) {
    slot.add(event, source: source, texts: buffer, from: texts.lowerBound, names: names)
  }
}

extension ProposedEvent {
  /// Changes all texts that the event has.
  mutating func changeTexts(_ body: (inout TextRange) -> Void) {
    if !name.isAbsent { body(&name) }
    if !reason.isAbsent { body(&reason) }
    if !url.isAbsent { body(&url) }
    if !sourceID.isAbsent { body(&sourceID) }
    if !labels.isAbsent { body(&labels) }
    if case .text(var range) = identity {
      body(&range)
      identity = .text(range)
    }
  }
}

extension ImportSlot {
  /// Adds an event of another batch: its texts are at `from` in `texts`, its names in `names`.
  mutating func add(
    _ other: ProposedEvent, source: UInt32, texts: [UInt8], from: Int, names: EventBatch
  ) {
    var event = other
    event.changeTexts { range in
      let start = from + Int(range.offset)
      range = batch.addText(texts.span.extracting(start..<start + Int(range.count)))
    }
    event.source = translate(event.source, names)
    event.actor = translate(event.actor, names)
    event.reporter = translate(event.reporter, names)
    event.project = translate(event.project, names)
    event.cluster = translate(event.cluster, names)
    event.owner = translate(event.owner, names)
    batch.events.append(event)
    sources.append(source)
  }

  private mutating func translate(_ reference: NameReference, _ names: EventBatch) -> NameReference {
    if reference == .unknown { return .unknown }
    let index = Int(reference.index)
    if index >= translations.count {
      translations.append(
        contentsOf: repeatElement(.unknown, count: names.nameCount + 1 - translations.count))
    }
    if translations[index] == .unknown, let (nameClass, text) = names.name(reference) {
      translations[index] = batch.intern(nameClass, text)
    }
    return translations[index]
  }
}
