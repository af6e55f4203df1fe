/// A JSON document as a tree that knows where its values stand: a mapping, a bundle of evidence, the body of a request.
package struct JSONValue {
  package enum Content {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])
  }

  package var content: Content
  /// The line and byte column of its first byte, from 1.
  package var line: Int
  package var column: Int

  /// What kind of value it is, for messages.
  package var kind: String {
    switch content {
    case .null: "null"
    case .bool: "true or false"
    case .integer: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// Reads a whole text. Numbers must be whole: no document that is read so needs others.
  package static func parse(_ bytes: [UInt8]) throws(DocumentError) -> JSONValue {
    var padded = bytes
    padded.append(contentsOf: repeatElement(0, count: ByteWindow.padding))
    var cursor = JSONCursor()
    let text = padded.span
    cursor.begin(text, from: 0, to: bytes.count)
    do throws(LineFlaw) {
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { cursor.at = 3 }
      var place = TextPlace()
      let value = try read(&cursor, text, depth: 1, &place)
      if cursor.peek(text) != 0 || cursor.at < bytes.count {
        throw cursor.flaw(cursor.at, "nothing may follow the value, but \(cursor.found(text)) does")
      }
      return value
    } catch {
      guard case .flaw(let offset, let reason) = error else { preconditionFailure("there is one flaw") }
      var place = TextPlace()
      place.move(to: offset - 1, text)
      throw DocumentError(path: "$", line: place.line, column: place.column, reason: reason)
    }
  }

  private static func read(
    _ cursor: inout JSONCursor, _ text: Span<UInt8>, depth: Int, _ place: inout TextPlace
  ) throws(LineFlaw) -> JSONValue {
    if depth > JSONCursor.depthLimit {
      throw cursor.flaw(cursor.at, "lists and objects are nested deeper than \(JSONCursor.depthLimit) here")
    }
    let first = cursor.peek(text)
    place.move(to: cursor.at, text)
    let (line, column) = (place.line, place.column)
    let content: Content
    switch first {
    case UInt8(ascii: "{"):
      cursor.at += 1
      var members: [(key: String, value: JSONValue)] = []
      var isFirst = true
      while let key = try cursor.nextKey(text, isFirst: &isFirst) {
        let name = string(cursor, key, text)
        if members.contains(where: { $0.key == name }) { throw cursor.duplicate(key, text) }
        members.append((name, try read(&cursor, text, depth: depth + 1, &place)))
      }
      content = .object(members)
    case UInt8(ascii: "["):
      cursor.at += 1
      var items: [JSONValue] = []
      while cursor.peek(text) != UInt8(ascii: "]") {
        if !items.isEmpty { try cursor.expect(UInt8(ascii: ","), text) }
        items.append(try read(&cursor, text, depth: depth + 1, &place))
      }
      cursor.at += 1
      content = .array(items)
    case UInt8(ascii: "\""):
      let item = try cursor.string(text)
      content = .string(string(cursor, item, text))
    case UInt8(ascii: "t"), UInt8(ascii: "f"): content = .bool(try cursor.bool(text))
    case UInt8(ascii: "n"):
      _ = try cursor.takeNull(text)
      content = .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      content = .integer(try cursor.wholeNumber(text))
    default: throw cursor.flaw(cursor.at, "a value must stand here, not \(cursor.found(text))")
    }
    return JSONValue(content: content, line: line, column: column)
  }

  private static func string(_ cursor: JSONCursor, _ item: JSONText, _ text: Span<UInt8>) -> String {
    cursor.withBytes(item, text) { span in
      var bytes: [UInt8] = []
      for index in span.indices { bytes.append(span[index]) }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}

/// The line and byte column of a place in a text, counted from the place before, so that a large file is counted
/// through once.
private struct TextPlace {
  private var offset = 0
  private(set) var line = 1
  private(set) var column = 1

  /// Goes on to a place that is not before the present one.
  mutating func move(to target: Int, _ text: Span<UInt8>) {
    while offset < min(target, text.count) {
      if text[offset] == 0x0A {
        line += 1
        column = 1
      } else {
        column += 1
      }
      offset += 1
    }
  }
}
