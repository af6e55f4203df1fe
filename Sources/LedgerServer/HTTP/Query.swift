import WorkloadModel

/// The query of an address, read parameter by parameter. What was not asked for is refused at the end, never ignored.
struct Query {
  /// The most parameters of one address: more than all types, statuses and filters together.
  static let maxCount = 100
  /// The most words of one parameter: more than there are of any vocabulary.
  static let maxWords = 20
  /// The most characters (code points) of a text: what is longer names nothing in a ledger.
  static let maxTextLength = 256

  private var values: [(name: String, value: String)] = []
  private var known: [String] = []

  /// Reads what stands behind the `?`. A form sends its empty fields too; they are as good as left out where
  /// `dropsEmpty`.
  init(_ text: String?, dropsEmpty: Bool = false) throws(Problem) {
    guard let text, !text.isEmpty else { return }
    for part in text.split(separator: "&", omittingEmptySubsequences: true) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentCoding.decode(sides[0], isForm: true),
        let value = PercentCoding.decode(sides.count > 1 ? sides[1] : "", isForm: true)
      else {
        throw Problem(.badRequest, "the query is not percent-encoded UTF-8 at '\(part.prefix(40))'")
      }
      if dropsEmpty, value.isEmpty { continue }
      guard values.count < Self.maxCount else {
        throw Problem(.badRequest, "the query has more than \(Self.maxCount) parameters")
      }
      values.append((name, value))
    }
  }

  /// All values of a parameter that may be there more than once.
  mutating func all(_ name: String) -> [String] {
    known.append(name)
    let found = values.filter { $0.name == name }.map(\.value)
    values.removeAll { $0.name == name }
    return found
  }

  /// The value of a parameter that may be there once.
  mutating func one(_ name: String) throws(Problem) -> String? {
    let found = all(name)
    if found.count > 1 {
      throw Problem(.badParameter, "'\(name)' is there \(found.count) times; give it once", parameter: name)
    }
    return found.first
  }

  /// Refuses what was not asked for.
  func finish() throws(Problem) {
    guard let rest = values.first else { return }
    let valid = known.isEmpty ? "there is none here" : "there are: " + known.joined(separator: ", ")
    throw Problem(
      .badParameter, "there is no parameter '\(rest.name.prefix(40))'; \(valid)",
      parameter: String(rest.name.prefix(40)))
  }

  // MARK: Values

  /// A text of 1 to 256 characters without control characters.
  mutating func text(_ name: String) throws(Problem) -> String? {
    guard let value = try one(name) else { return nil }
    return try Self.checked(value, name)
  }

  /// The text, where it may stand in a name.
  static func checked(_ value: String, _ name: String) throws(Problem) -> String {
    var text = value
    text.makeContiguousUTF8()
    if let flaw = TextFlaw.find(in: text.utf8.span, limit: .max) {
      throw Problem(.badParameter, "'\(name)' \(flaw.explanation)", parameter: name)
    }
    guard text.unicodeScalars.count <= maxTextLength else {
      throw Problem(
        .badParameter, "'\(name)' has more than \(maxTextLength) characters, which no name has",
        parameter: name)
    }
    return text
  }

  /// A whole number in decimal digits.
  mutating func number(_ name: String, _ range: ClosedRange<UInt64>) throws(Problem) -> UInt64? {
    guard let text = try one(name) else { return nil }
    guard Self.isDecimal(text), let value = UInt64(text), range.contains(value) else {
      throw Problem(
        .badParameter,
        "'\(name)' is a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text.prefix(40))'",
        parameter: name)
    }
    return value
  }

  /// The same where it must be there.
  mutating func required(_ name: String, _ range: ClosedRange<UInt64>) throws(Problem) -> UInt64 {
    guard let value = try number(name, range) else {
      throw Problem(.badParameter, "'\(name)' is missing", parameter: name)
    }
    return value
  }

  /// `true` or `false`; false where it is not there.
  mutating func flag(_ name: String) throws(Problem) -> Bool {
    switch try one(name) {
    case nil, "false": return false
    case "true": return true
    case .some(let text):
      throw Problem(.badParameter, "'\(name)' is true or false, not '\(text.prefix(40))'", parameter: name)
    }
  }

  /// Words of a closed vocabulary, each a value of its own or between commas.
  mutating func words<Word: Hashable>(
    _ name: String, _ read: (String) -> Word?, labels: [String]
  ) throws(Problem) -> Set<Word> {
    var words: Set<Word> = []
    var count = 0
    for value in all(name) {
      for text in value.split(separator: ",", omittingEmptySubsequences: false) {
        count += 1
        guard count <= Self.maxWords else {
          throw Problem(.badParameter, "'\(name)' has more than \(Self.maxWords) words", parameter: name)
        }
        guard let word = read(String(text)) else {
          throw Problem(
            .badParameter,
            "'\(text.prefix(40))' is no \(name); there are: \(labels.joined(separator: ", "))",
            parameter: name)
        }
        words.insert(word)
      }
    }
    return words
  }

  /// A word of a closed vocabulary.
  mutating func word<Word: Hashable>(
    _ name: String, _ read: (String) -> Word?, labels: [String]
  ) throws(Problem) -> Word? {
    guard let text = try one(name) else { return nil }
    guard let word = read(text) else {
      throw Problem(
        .badParameter, "'\(text.prefix(40))' is no \(name); there are: \(labels.joined(separator: ", "))",
        parameter: name)
    }
    return word
  }

  static func isDecimal(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
  }
}
