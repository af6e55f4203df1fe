/// Reads the lines of all parts, in order, as events.
struct CloudEventsProducer: EventProducer, ~Copyable {
  private let sources: [ByteSource]
  private var next = 0
  private var isOpen = false
  private var reader = LineReader()
  private var parser: CloudEventParser
  /// The bytes of the sources that were read to their ends.
  private var bytesBefore: UInt64 = 0

  init(_ sources: [ByteSource], _ options: ImportOptions) {
    self.sources = sources
    parser = CloudEventParser(isStrict: options.isStrict, reporter: options.reporter)
  }

  mutating func fill(_ slot: inout ImportSlot) -> FillResult {
    do throws(ByteSourceError) {
      while !slot.isFull(roomFor: 1) {
        if !isOpen {
          guard next < sources.count else {
            slot.bytesRead = bytesBefore
            return .ended
          }
          slot.source = UInt32(next)
          next += 1
          isOpen = true
          try reader.open(sources[next - 1])
        }
        switch try reader.next() {
        case .text(let start, let end): parse(start, end, into: &slot)
        case .tooLong(let beginning):
          slot.lines += 1
          let reason = "the line is longer than \(ByteWindow.lineLimit) bytes"
          reject(nil, nil, reason, beginning, &slot)
        case .endOfSource:
          isOpen = false
          bytesBefore += reader.window.fileOffset
        }
      }
      slot.bytesRead = bytesBefore + (isOpen ? reader.window.fileOffset : 0)
      return .filled
    } catch { return .failed(.source(error)) }
  }

  private mutating func parse(_ start: Int, _ end: Int, into slot: inout ImportSlot) {
    if start == end { return }
    slot.lines += 1
    let file = sources[next - 1].name
    do throws(LineFlaw) {
      try Self.parse(start, end, of: reader, file: file, with: &parser, into: &slot)
    } catch {
      guard case .flaw(let column, let reason) = error else { preconditionFailure("there is one flaw") }
      let text = reader.window.clip(from: start, to: end)
      reject(column > 0 ? column : nil, parser.field?.path, reason, text, &slot)
    }
  }

  private static func parse(
    _ start: Int, _ end: Int, of reader: borrowing LineReader, file: String,
    with parser: inout CloudEventParser, into slot: inout ImportSlot
  ) throws(LineFlaw) {
    try parser.parse(
      reader.window.bytes.span, from: start, to: end, number: reader.number, file: file, into: &slot)
  }

  private func reject(
    _ column: Int?, _ field: String?, _ reason: String, _ text: String, _ slot: inout ImportSlot
  ) {
    slot.rejections.append(
      ImportRejection(
        cause: .unreadable, file: sources[next - 1].name, line: reader.number, column: column, field: field,
        reason: reason, text: text))
  }
}
