/// Reads the rows of all parts, in order, as events.
struct CSVProducer: EventProducer, ~Copyable {
  private let sources: [ByteSource]
  private var next = 0
  private var isOpen = false
  private var reader: CSVReader
  private var mapper: RowMapper
  private let isStrict: Bool
  /// The bytes of the sources that were read to their ends.
  private var bytesBefore: UInt64 = 0

  init(_ sources: [ByteSource], _ mapping: Mapping, _ options: ImportOptions) {
    self.sources = sources
    reader = CSVReader(mapping.format)
    mapper = RowMapper(mapping, reporter: options.reporter)
    isStrict = options.isStrict
  }

  mutating func fill(_ slot: inout ImportSlot) -> FillResult {
    mapper.begin(&slot)
    do throws(ImportError) {
      while !slot.isFull(roomFor: mapper.mapping.events.count) {
        if !isOpen, try !openNext(&slot) {
          slot.bytesRead = bytesBefore
          return .ended
        }
        switch try read() {
        case .endOfSource:
          isOpen = false
          bytesBefore += reader.window.fileOffset
        case .flaw(let column, let reason, let text):
          slot.lines += 1
          reject(&slot, column: column, field: nil, reason, text)
        case .fields:
          slot.lines += 1
          map(&slot)
        }
      }
      slot.bytesRead = bytesBefore + (isOpen ? reader.window.fileOffset : 0)
      return .filled
    } catch { return .failed(error) }
  }

  private mutating func read() throws(ImportError) -> CSVReader.Row {
    do throws(ByteSourceError) { return try reader.next() } catch { throw .source(error) }
  }

  private mutating func map(_ slot: inout ImportSlot) {
    do throws(RowFlaw) {
      if try mapper.map(reader, into: &slot) > 0 { return }
      slot.eventlessRows += 1
      if isStrict { throw RowFlaw(field: "row", column: nil, reason: "the mapping gives no event for it") }
    } catch {
      var reason = error.reason
      var column: Int?
      if let place = error.column {
        reason = mapper.name(of: place) + ": " + reason
        let field = reader.fields[mapper.places[place]]
        if !field.isInScratch { column = field.start - reader.rowStart + 1 }
      }
      let text = reader.window.clip(from: reader.rowStart, to: reader.rowEnd)
      reject(&slot, column: column, field: error.field, reason, text)
    }
  }

  private func reject(
    _ slot: inout ImportSlot, column: Int?, field: String?, _ reason: String, _ text: String
  ) {
    slot.rejections.append(
      ImportRejection(
        cause: .unreadable, file: sources[next - 1].name, line: reader.line, column: column, field: field,
        reason: reason, text: text))
  }

  /// Opens the next part and finds the columns in its header.
  private mutating func openNext(_ slot: inout ImportSlot) throws(ImportError) -> Bool {
    guard next < sources.count else { return false }
    let source = sources[next]
    slot.source = UInt32(next)
    next += 1
    isOpen = true
    do throws(ByteSourceError) { try reader.open(source) } catch { throw .source(error) }
    var header: [String]?
    if mapper.mapping.format.hasHeader {
      switch try read() {
      case .fields: header = reader.fields.map { String(decoding: reader.bytes(.field($0)), as: UTF8.self) }
      case .endOfSource: return true
      case .flaw(_, let reason, _):
        let why = "the header of \(source.name) can't be read: \(reason)"
        throw .mapping(DocumentError(path: "$.csv", line: 0, column: 0, reason: why))
      }
    }
    do throws(DocumentError) { try mapper.bind(header: header, file: source.name) } catch {
      throw .mapping(error)
    }
    return true
  }
}
