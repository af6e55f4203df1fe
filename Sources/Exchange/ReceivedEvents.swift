package import WorkloadModel

/// CloudEvents in JSON that came as one text, with what was read of each: the same as lines of an import, all of them
/// observations.
package struct ReceivedEvents: Sendable {
  /// How the text holds events.
  package enum Form: Sendable {
    /// One event.
    case single
    /// An array of events.
    case batch
    /// One event a line; empty lines are left out.
    case lines
  }

  /// What was read of an event.
  package enum Item: Hashable, Sendable {
    /// It is the event of this index in the batch.
    case event(Int)
    case flawed(Flaw)
  }

  /// Why it makes no event.
  package struct Flaw: Hashable, Sendable {
    /// The byte of the event, from 1; nil where it is about all of it.
    package var column: Int?
    /// The field it is about, as in `data.actor`.
    package var field: String?
    /// What is wrong, and what would be right.
    package var reason: String

    package init(column: Int? = nil, field: String? = nil, reason: String) {
      self.column = column
      self.field = field
      self.reason = reason
    }
  }

  /// The most events of a text.
  package static let maxCount = 1000

  /// The events that could be read.
  package var batch: EventBatch { slot.batch }
  /// What became of each event of the text, in order.
  package private(set) var items: [Item] = []
  /// Fields that the ledger does not keep, as in `data.colour of workload.created`.
  package var ignored: [String] { slot.warnings.map(\.field) }

  private var slot: ImportSlot
  private var parser: CloudEventParser

  /// Reads a text. What is not of the form as a whole, or holds too many events, is an error; a flawed event is an item.
  /// Nobody but `reporter` told the ledger, whatever the events say. Sources and addresses must be URIs, which files that
  /// are imported are not held to.
  package init(
    _ bytes: [UInt8], _ form: Form, importer: String, reporter: String
  ) throws(DocumentError) {
    slot = ImportSlot(importer: importer)
    parser = CloudEventParser(isStrict: false, reporter: reporter)
    let padded = bytes + Array(repeating: 0, count: ByteWindow.padding)
    let text = padded.span
    for place in try Self.places(text, count: bytes.count, form) { read(text, place) }
    let name = slot.batch.intern(.reporter, reporter)
    for index in slot.batch.events.indices { slot.batch.events[index].reporter = name }
    reject(Self.uriFlaw)
  }

  private static func uriFlaw(_ event: ProposedEvent, _ batch: EventBatch) -> Flaw? {
    if let source = batch.name(event.source)?.text, !URIReference.isValid(source) {
      return Flaw(field: "source", reason: "it must be a URI reference (RFC 3986), as in urn:cluster:c1")
    }
    if !event.url.isAbsent, !URIReference.isWebAddress(batch.string(event.url)) {
      return Flaw(field: "data.url", reason: "it must be a URI that begins with http:// or https://")
    }
    return nil
  }

  /// Takes events out for which `flaw` has something to say.
  package mutating func reject(_ flaw: (ProposedEvent, EventBatch) throws -> Flaw?) rethrows {
    var kept: [ProposedEvent] = []
    for (place, item) in items.enumerated() {
      guard case .event(let index) = item else { continue }
      let event = slot.batch.events[index]
      if let flaw = try flaw(event, slot.batch) {
        items[place] = .flawed(flaw)
      } else {
        items[place] = .event(kept.count)
        kept.append(event)
      }
    }
    slot.batch.events = kept
  }

  private mutating func read(_ text: Span<UInt8>, _ place: Range<Int>) {
    do throws(LineFlaw) {
      try parser.parse(
        text, from: place.lowerBound, to: place.upperBound, number: UInt64(items.count + 1), file: "",
        into: &slot)
      items.append(.event(slot.batch.events.count - 1))
    } catch {
      guard case .flaw(let column, let reason) = error else { preconditionFailure("there is one flaw") }
      items.append(
        .flawed(Flaw(column: column > 0 ? column : nil, field: parser.field?.path, reason: reason)))
    }
  }

  // MARK: Where the events stand

  private static func places(
    _ text: Span<UInt8>, count: Int, _ form: Form
  ) throws(DocumentError) -> [Range<Int>] {
    switch form {
    case .single: return [0..<count]
    case .lines: return try lines(text, count: count)
    case .batch:
      do throws(LineFlaw) { return try elements(text, count: count) } catch {
        guard case .flaw(let column, let reason) = error else { preconditionFailure("there is one flaw") }
        throw DocumentError(path: "$", line: 0, column: column, reason: "byte \(column): \(reason)")
      }
    }
  }

  private static func lines(_ text: Span<UInt8>, count: Int) throws(DocumentError) -> [Range<Int>] {
    var places: [Range<Int>] = []
    var start = 0
    for end in 0...count where end == count || text[end] == 0x0A {
      let isEmpty = end == start || end == start + 1 && text[start] == 0x0D
      if !isEmpty {
        guard places.count < maxCount else {
          throw DocumentError(path: "$", line: 0, column: 0, reason: tooMany)
        }
        places.append(start..<end)
      }
      start = end + 1
    }
    return places
  }

  /// The elements of an array that is the whole text.
  private static func elements(_ text: Span<UInt8>, count: Int) throws(LineFlaw) -> [Range<Int>] {
    var cursor = JSONCursor()
    cursor.begin(text, from: 0, to: count)
    try cursor.expect(UInt8(ascii: "["), text)
    var places: [Range<Int>] = []
    while cursor.peek(text) != UInt8(ascii: "]") {
      if !places.isEmpty { try cursor.expect(UInt8(ascii: ","), text) }
      cursor.skipSpace(text)
      let start = cursor.at
      guard places.count < maxCount else { throw cursor.flaw(start, tooMany) }
      try cursor.skipValue(text)
      places.append(start..<cursor.at)
    }
    cursor.at += 1
    cursor.skipSpace(text)
    guard cursor.at == count else {
      throw cursor.flaw(cursor.at, "nothing may follow the array, but \(cursor.found(text)) does")
    }
    return places
  }

  private static let tooMany = "there are more than \(maxCount) events: send the others in another request"
}
