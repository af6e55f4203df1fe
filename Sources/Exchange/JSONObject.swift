import WorkloadModel

/// Takes an object of a document apart, member by member, and refuses what nobody asked for.
package struct JSONObject {
  package let path: String
  private let value: JSONValue
  private let members: [(key: String, value: JSONValue)]
  private var asked: [String] = []

  package init(_ value: JSONValue, path: String) throws(DocumentError) {
    guard case .object(let members) = value.content else {
      throw value.error(path, "an object must stand here, not \(value.kind)")
    }
    self.path = path
    self.value = value
    self.members = members
  }

  /// The member of that name; nil where it is absent.
  package mutating func take(_ key: String) -> JSONItem? {
    asked.append(key)
    guard let member = members.first(where: { $0.key == key }) else { return nil }
    return JSONItem(value: member.value, path: path + "." + key)
  }

  package mutating func require(_ key: String) throws(DocumentError) -> JSONItem {
    guard let item = take(key) else { throw error("'\(key)' is missing") }
    return item
  }

  /// All members, for objects whose keys are free.
  package var all: [(key: String, item: JSONItem)] {
    members.map { ($0.key, JSONItem(value: $0.value, path: path + "." + $0.key)) }
  }

  /// Refuses members that were not asked for.
  package func finish() throws(DocumentError) {
    for member in members where !asked.contains(member.key) {
      let known = asked.joined(separator: ", ")
      throw member.value.error(path + "." + member.key, "there is no such key here; there are \(known)")
    }
  }

  package func error(_ reason: String) -> DocumentError { value.error(path, reason) }
}

/// A value of a document with its path.
package struct JSONItem {
  package let value: JSONValue
  package let path: String

  package func error(_ reason: String) -> DocumentError { value.error(path, reason) }

  package func string() throws(DocumentError) -> String {
    guard case .string(let text) = value.content else {
      throw error("a text must stand here, not \(value.kind)")
    }
    return text
  }

  package func integer(_ range: ClosedRange<Int64>) throws(DocumentError) -> Int64 {
    guard case .integer(let number) = value.content else {
      throw error("a number must stand here, not \(value.kind)")
    }
    guard range.contains(number) else {
      throw error("a number from \(range.lowerBound) to \(range.upperBound) must stand here")
    }
    return number
  }

  package func bool() throws(DocumentError) -> Bool {
    guard case .bool(let flag) = value.content else {
      throw error("true or false must stand here, not \(value.kind)")
    }
    return flag
  }

  package func object() throws(DocumentError) -> JSONObject { try JSONObject(value, path: path) }

  /// The items of a list, which must not be empty unless `mayBeEmpty`.
  package func list(mayBeEmpty: Bool = false) throws(DocumentError) -> [JSONItem] {
    guard case .array(let items) = value.content else {
      throw error("a list must stand here, not \(value.kind)")
    }
    if items.isEmpty, !mayBeEmpty { throw error("the list must not be empty") }
    return items.enumerated().map { JSONItem(value: $0.element, path: "\(path)[\($0.offset)]") }
  }

  /// One of some words.
  package func word(_ words: [String]) throws(DocumentError) -> String {
    let text = try string()
    guard words.contains(text) else {
      throw error("'\(text)' must be one of \(words.joined(separator: ", "))")
    }
    return text
  }

  /// A text that names something: bounded, without control characters.
  package func name(limit: Int) throws(DocumentError) -> [UInt8] {
    let bytes = Array(try string().utf8)
    if let flaw = TextFlaw.find(in: bytes.span, limit: limit) { throw error("the text \(flaw.explanation)") }
    return bytes
  }
}

extension JSONValue {
  func error(_ path: String, _ reason: String) -> DocumentError {
    DocumentError(path: path, line: line, column: column, reason: reason)
  }
}
