import Testing

@testable import Exchange

struct `A document of JSON` {
  private static func number(_ text: String) throws(DocumentError) -> Int64 {
    let item = JSONItem(value: try JSONValue.parse(Array("[\(text)]".utf8)), path: "$")
    return try item.list()[0].integer(.min ... .max)
  }

  @Test(
    arguments: [
      ("0", 0), ("-7", -7), ("2.0", 2), ("-12.000", -12), ("0.0", 0), ("-0", 0), (" 5.0 ", 5),
      ("9223372036854775807", .max), ("9223372036854775807.0", .max), ("-9223372036854775808", .min),
    ] as [(String, Int64)])
  func `has whole numbers, with a fraction of zeros too`(_ text: String, _ value: Int64) throws {
    #expect(try Self.number(text) == value)
  }

  @Test(
    arguments: [
      "2.5", "2.", "2.05", "2.0e1", "2e1", "2.0E0", "2.00x", "01", "01.0", "-", "-.0", ".0", "--1.0", "1-1.0",
      "2.0.0", "9223372036854775808", "9223372036854775808.0",
    ])
  func `has no other numbers`(_ text: String) {
    #expect(throws: DocumentError.self) { try Self.number(text) }
  }
}
