/// A checker of JSON by the letter of RFC 8259, so that a test does not trust the writer's own ideas: no
/// trailing commas, no bare words, no raw control characters, no second key of the same name.
struct StrictJSON {
  private let text: [Unicode.Scalar]
  private var at = 0

  /// Whether `text` is exactly one JSON value.
  static func accepts(_ text: String) -> Bool {
    var checker = StrictJSON(text: Array(text.unicodeScalars))
    return checker.value() && checker.at == checker.text.count
  }

  private init(text: [Unicode.Scalar]) { self.text = text }

  private mutating func value() -> Bool {
    guard at < text.count else { return false }
    switch text[at] {
    case "{": return object()
    case "[": return array()
    case "\"": return string() != nil
    case "t": return word("true")
    case "f": return word("false")
    case "n": return word("null")
    default: return number()
    }
  }

  private mutating func object() -> Bool {
    at += 1
    var keys = Set<String>()
    if take("}") { return true }
    repeat {
      guard let key = string(), keys.insert(key).inserted, take(":"), value() else { return false }
    } while take(",")
    return take("}")
  }

  private mutating func array() -> Bool {
    at += 1
    if take("]") { return true }
    repeat { guard value() else { return false } } while take(",")
    return take("]")
  }

  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    let start = at
    while at < text.count, text[at] != "\"" {
      if text[at].value < 0x20 { return nil }
      if text[at] == "\\" {
        at += 1
        guard at < text.count else { return nil }
        if text[at] == "u" {
          let isHex = { (scalar: Unicode.Scalar) in scalar.properties.isASCIIHexDigit }
          guard at + 4 < text.count, text[at + 1...at + 4].allSatisfy(isHex) else { return nil }
          at += 4
        } else if !"\"\\/bfnrt".unicodeScalars.contains(text[at]) {
          return nil
        }
      }
      at += 1
    }
    let key = String(String.UnicodeScalarView(text[start..<at]))
    return take("\"") ? key : nil
  }

  private mutating func number() -> Bool {
    _ = take("-")
    if take("0") {} else if digits() == 0 { return false }
    if take("."), digits() == 0 { return false }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      if digits() == 0 { return false }
    }
    return true
  }

  private mutating func digits() -> Int {
    let start = at
    while at < text.count, ("0"..."9").contains(text[at]) { at += 1 }
    return at - start
  }

  private mutating func word(_ word: String) -> Bool { word.unicodeScalars.allSatisfy { take($0) } }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard at < text.count, text[at] == scalar else { return false }
    at += 1
    return true
  }
}
