import HistoryModel
import LedgerTestSupport
import Testing

struct `The schemas, asked by an independent validator` {
  /// Whether Python and its package jsonschema are there; tools/test installs them.
  static let hasValidator = OtherProgram.pythonHas("jsonschema, referencing")
  static let why: Comment = "python3 with the package jsonschema is not installed, so nothing was validated"

  @Test(.enabled(if: hasValidator, why)) func `accept every event of a generated history`() throws {
    let history = GeneratedHistory(HistoryOptions(events: 20_000))
    #expect(try Self.validate(input: history.lines) == 0)
  }

  @Test(.enabled(if: hasValidator, why)) func `refuse an event that is spoiled`() throws {
    var lines = GeneratedHistory(HistoryOptions(events: 10)).lines
    lines += Array(#"{"specversion":"1.0","type":"workload.created"}"#.utf8)
    #expect(try Self.validate(input: lines) == 1)
  }

  @Test(.enabled(if: hasValidator, why)) func `accept their own examples and no spoiled one`() throws {
    #expect(try Self.validate("--self-check") == 0)
  }

  /// Runs the validator; the exit status is what counts.
  private static func validate(_ arguments: String..., input: [UInt8] = []) throws -> Int32 {
    try OtherProgram.python([packageRoot + "/tools/validate"] + arguments, input: input).status
  }
}
