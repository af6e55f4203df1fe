import WorkloadModel

/// Takes an object of a mapping or a bundle apart, member by member, and refuses what nobody asked for.
struct MappingObject {
  let path: String
  private let value: JSONValue
  private let members: [(key: String, value: JSONValue)]
  private var asked: [String] = []

  init(_ value: JSONValue, path: String) throws(MappingError) {
    guard case .object(let members) = value.content else {
      throw value.error(path, "an object must stand here, not \(value.kind)")
    }
    self.path = path
    self.value = value
    self.members = members
  }

  /// The member of that name; nil where it is absent.
  mutating func take(_ key: String) -> MappingItem? {
    asked.append(key)
    guard let member = members.first(where: { $0.key == key }) else { return nil }
    return MappingItem(value: member.value, path: path + "." + key)
  }

  mutating func require(_ key: String) throws(MappingError) -> MappingItem {
    guard let item = take(key) else { throw error("'\(key)' is missing") }
    return item
  }

  /// All members, for objects whose keys are free.
  var all: [(key: String, item: MappingItem)] {
    members.map { ($0.key, MappingItem(value: $0.value, path: path + "." + $0.key)) }
  }

  /// Refuses members that were not asked for.
  func finish() throws(MappingError) {
    for member in members where !asked.contains(member.key) {
      let known = asked.joined(separator: ", ")
      throw member.value.error(path + "." + member.key, "there is no such key here; there are \(known)")
    }
  }

  func error(_ reason: String) -> MappingError { value.error(path, reason) }
}

/// A value of a mapping with its path.
struct MappingItem {
  let value: JSONValue
  let path: String

  func error(_ reason: String) -> MappingError { value.error(path, reason) }

  func string() throws(MappingError) -> String {
    guard case .string(let text) = value.content else {
      throw error("a text must stand here, not \(value.kind)")
    }
    return text
  }

  func integer(_ range: ClosedRange<Int64>) throws(MappingError) -> Int64 {
    guard case .integer(let number) = value.content else {
      throw error("a number must stand here, not \(value.kind)")
    }
    guard range.contains(number) else {
      throw error("a number from \(range.lowerBound) to \(range.upperBound) must stand here")
    }
    return number
  }

  func bool() throws(MappingError) -> Bool {
    guard case .bool(let flag) = value.content else {
      throw error("true or false must stand here, not \(value.kind)")
    }
    return flag
  }

  func object() throws(MappingError) -> MappingObject { try MappingObject(value, path: path) }

  /// The items of a list, which must not be empty unless `mayBeEmpty`.
  func list(mayBeEmpty: Bool = false) throws(MappingError) -> [MappingItem] {
    guard case .array(let items) = value.content else {
      throw error("a list must stand here, not \(value.kind)")
    }
    if items.isEmpty, !mayBeEmpty { throw error("the list must not be empty") }
    return items.enumerated().map { MappingItem(value: $0.element, path: "\(path)[\($0.offset)]") }
  }

  /// One of some words.
  func word(_ words: [String]) throws(MappingError) -> String {
    let text = try string()
    guard words.contains(text) else {
      throw error("'\(text)' must be one of \(words.joined(separator: ", "))")
    }
    return text
  }

  /// A text that names something: bounded, without control characters.
  func name(limit: Int) throws(MappingError) -> [UInt8] {
    let bytes = Array(try string().utf8)
    if let flaw = TextFlaw.find(in: bytes.span, limit: limit) { throw error("the text \(flaw.explanation)") }
    return bytes
  }
}

extension JSONValue {
  func error(_ path: String, _ reason: String) -> MappingError {
    MappingError(path: path, line: line, column: column, reason: reason)
  }
}
