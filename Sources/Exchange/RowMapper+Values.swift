import WorkloadModel

extension CSVReader {
  /// The bytes of a value, which are in the window, in the scratch or in the mapping.
  func withBytes<R>(_ piece: RowMapper.Piece, _ body: (Span<UInt8>) -> R) -> R {
    switch piece {
    case .absent: return body([UInt8]().span)
    case .constant(let bytes): return body(bytes.span)
    case .field(let field): return withBytes(field, body)
    }
  }

  @inline(__always)
  func withBytes<R>(_ field: Field, _ body: (Span<UInt8>) -> R) -> R {
    if field.isInScratch { return body(scratch.span.extracting(field.start..<field.end)) }
    return body(window.bytes.span.extracting(field.start..<field.end))
  }

  func bytes(_ piece: RowMapper.Piece) -> [UInt8] {
    withBytes(piece) { span in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(span.count)
      for index in span.indices { bytes.append(span[index]) }
      return bytes
    }
  }
}

extension RowMapper {
  @inline(__always)
  private func field(_ slot: Mapping.ColumnSlot, _ row: borrowing CSVReader) -> CSVReader.Field {
    row.fields[places[slot]]
  }

  /// A value, and the column it comes from.
  func evaluate(
    _ value: Mapping.Value?, _ row: borrowing CSVReader, _ field: String
  ) throws(RowFlaw) -> (Piece, Mapping.ColumnSlot?) {
    switch value {
    case nil: return (.absent, nil)
    case .constant(let bytes): return (.constant(bytes), nil)
    case .column(let slot, let reading):
      let place = self.field(slot, row)
      if place.isEmpty { return (.absent, slot) }
      let found = Piece.field(place)
      guard let reading else { return (found, slot) }
      if row.withBytes(place, { reading.missing.contains($0) }) { return (.absent, slot) }
      if reading.words.isEmpty { return (found, slot) }
      if let meaning = reading.words[row.bytes(found)] { return (.constant(meaning), slot) }
      let known = reading.words.keys.map { String(decoding: $0, as: UTF8.self) }.sorted()
      let word = String(decoding: row.bytes(found), as: UTF8.self)
      throw RowFlaw(
        field: field, column: slot,
        reason: "the mapping has no word for '\(word)', only for \(known.joined(separator: ", "))")
    case .rules(let rules):
      for rule in rules {
        guard let condition = rule.condition else { return try evaluate(rule.value, row, field) }
        if holds(condition, row) { return try evaluate(rule.value, row, field) }
      }
      throw RowFlaw(field: field, column: nil, reason: "no rule of the mapping holds for this row")
    }
  }

  func check(
    _ piece: Piece, _ row: borrowing CSVReader, _ field: String, _ column: Mapping.ColumnSlot?, limit: Int,
    multiline: Bool = false
  ) throws(RowFlaw) {
    let flaw = row.withBytes(piece) { TextFlaw.find(in: $0, limit: limit, multiline: multiline) }
    if let flaw { throw RowFlaw(field: field, column: column, reason: "the text \(flaw.explanation)") }
  }

  func name(
    _ nameClass: NameClass, _ value: Mapping.Value?, _ row: borrowing CSVReader, _ field: String,
    _ slot: inout ImportSlot
  ) throws(RowFlaw) -> NameReference {
    let (piece, column) = try evaluate(value, row, field)
    if case .absent = piece { return .unknown }
    try check(piece, row, field, column, limit: Limits.name)
    if case .field(let place) = piece, !place.isInScratch {
      return slot.names.intern(
        nameClass, row.window.bytes.span, place.start, place.end - place.start, in: &slot.batch)
    }
    return row.withBytes(piece) { slot.batch.intern(nameClass, $0) }
  }

  func text(
    _ value: Mapping.Value?, _ row: borrowing CSVReader, _ field: String, _ limit: Int,
    _ slot: inout ImportSlot, multiline: Bool = false
  ) throws(RowFlaw) -> TextRange {
    let (piece, column) = try evaluate(value, row, field)
    if case .absent = piece { return .absent }
    try check(piece, row, field, column, limit: limit, multiline: multiline)
    return row.withBytes(piece) { slot.batch.addText($0) }
  }

  /// An amount of a resource; 0 where there is none.
  func amount(
    _ value: Mapping.Value?, _ row: borrowing CSVReader, _ field: String
  ) throws(RowFlaw) -> Int64 {
    let (piece, column) = try evaluate(value, row, field)
    if case .absent = piece { return 0 }
    func flaw(_ reason: String) -> RowFlaw { RowFlaw(field: field, column: column, reason: reason) }
    guard let number = row.withBytes(piece, { Decimal($0) }) else {
      throw flaw("a number must stand here, not '\(String(decoding: row.bytes(piece), as: UTF8.self))'")
    }
    guard number.digits >= 0 else { throw flaw("the amount is negative") }
    let (amount, rest) = number.multiplied(by: times(value, row))
    guard rest == 0 else { throw flaw("the amount is no whole number of its unit") }
    guard amount <= Int128(Resources.limit) else { throw flaw("the amount is over \(Resources.limit)") }
    return Int64(amount)
  }

  private func times(_ value: Mapping.Value?, _ row: borrowing CSVReader) -> Int64 {
    switch value {
    case .column(_, let reading): return reading?.times ?? 1
    case .rules(let rules):
      for rule in rules {
        guard let condition = rule.condition else { return times(rule.value, row) }
        if holds(condition, row) { return times(rule.value, row) }
      }
      return 1
    case .constant, nil: return 1
    }
  }

  func identity(
    _ value: Mapping.Value, _ row: borrowing CSVReader, _ slot: inout ImportSlot
  ) throws(RowFlaw) -> EventIdentity {
    let (piece, column) = try evaluate(value, row, "id")
    if case .absent = piece { return .content }
    try check(piece, row, "id", column, limit: Limits.eventID)
    if let number = row.withBytes(piece, { eventNumber($0) }) { return .number(number) }
    return .text(row.withBytes(piece) { slot.batch.addText($0) })
  }

  // MARK: Times

  /// A time of the row, and whether it only says "then or before".
  func time(
    _ rule: Mapping.TimeRule, _ row: borrowing CSVReader
  ) throws(RowFlaw) -> (Timestamp, isBound: Bool) {
    let found = Piece.field(field(rule.column, row))
    func flaw(_ reason: String) -> RowFlaw { RowFlaw(field: "time", column: rule.column, reason: reason) }
    let isBound = row.withBytes(found) { rule.atOrBefore.contains($0) }
    switch rule.unit {
    case .rfc3339:
      if let time = row.withBytes(found, { Timestamp(rfc3339: $0) }) { return (time, isBound) }
      throw flaw("a time as in 2023-07-01T08:30:00Z must stand here, not '\(words(found, row))'")
    case .microseconds(let unit):
      guard let number = row.withBytes(found, { Decimal($0) }) else {
        throw flaw("a number must stand here, not '\(words(found, row))'")
      }
      let sum = number.multiplied(by: unit).quotient + Int128(rule.zero.microseconds)
      let time = Timestamp(microseconds: Int64(clamping: sum))
      guard time.isValid else { throw flaw("the time is not in the years 1 to 9999") }
      return (time, isBound)
    }
  }

  private func words(_ piece: Piece, _ row: borrowing CSVReader) -> String {
    String(decoding: row.bytes(piece).prefix(80), as: UTF8.self)
  }

  // MARK: Conditions

  func holds(_ condition: Mapping.Condition, _ row: borrowing CSVReader) -> Bool {
    switch condition {
    case .isText(let slot, let texts):
      return row.withBytes(field(slot, row)) { texts.contains($0) }
    case .isNumber(let slot, let numbers):
      guard let number = integer(slot, row) else { return false }
      return numbers.contains(number)
    case .isBetween(let slot, let range):
      guard let number = integer(slot, row) else { return false }
      return range.contains(number)
    case .isEmpty(let slot, let wanted): return field(slot, row).isEmpty == wanted
    case .all(let parts):
      for part in parts where !holds(part, row) { return false }
      return true
    case .any(let parts):
      for part in parts where holds(part, row) { return true }
      return false
    case .not(let part): return !holds(part, row)
    case .isFirstOfSubject: return isFirst
    }
  }

  private func integer(_ slot: Mapping.ColumnSlot, _ row: borrowing CSVReader) -> Int64? {
    row.withBytes(field(slot, row)) { span in
      guard let number = Decimal(span), number.divisor == 1 else { return nil }
      return number.digits
    }
  }
}

/// A decimal number exactly: `digits / divisor`, where the divisor is a power of ten.
struct Decimal {
  var digits: Int64
  var divisor: Int128 = 1

  /// Reads `-12.5`: at most 18 digits, no exponent.
  init?(_ text: Span<UInt8>) {
    let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
    let first = isNegative ? 1 : 0
    var value: Int64 = 0
    var count = 0
    var isFraction = false
    guard text.count > first, text.count <= 20 else { return nil }
    for index in first..<text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "."), !isFraction, count > 0, index + 1 < text.count {
        isFraction = true
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10, count < 18 else { return nil }
      value = value * 10 + Int64(digit)
      if isFraction { divisor *= 10 }
      count += 1
    }
    digits = isNegative ? -value : value
  }

  /// The product, as whole number and rest. Most numbers are whole, and a division of this width takes long.
  func multiplied(by factor: Int64) -> (quotient: Int128, remainder: Int128) {
    let product = Int128(digits) * Int128(factor)
    return divisor == 1 ? (product, 0) : product.quotientAndRemainder(dividingBy: divisor)
  }
}

/// The number that an event's id is: decimal, 1 to 2^63 - 1, without leading zeros; nil for another id.
func eventNumber(_ text: Span<UInt8>) -> UInt64? {
  guard text.count >= 1, text.count <= 19, text[0] != UInt8(ascii: "0") else { return nil }
  var value: UInt64 = 0
  for index in text.indices {
    let digit = text[index] &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    value = value * 10 + UInt64(digit)
  }
  return value <= UInt64(Int64.max) ? value : nil
}
