import Foundation
import HistoryModel
import Testing

struct `The schemas, asked by an independent validator` {
  /// Whether Python and its package jsonschema are there; tools/test installs them.
  static let hasValidator = (try? run(["-c", "import jsonschema, referencing"], input: [])) == 0
  static let why: Comment = "python3 with the package jsonschema is not installed, so nothing was validated"
  static let validator = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "tools/validate").path(percentEncoded: false)

  @Test(.enabled(if: hasValidator, why)) func `accept every event of a generated history`() throws {
    let history = GeneratedHistory(HistoryOptions(events: 20_000))
    #expect(try Self.run([Self.validator], input: history.lines) == 0)
  }

  @Test(.enabled(if: hasValidator, why)) func `refuse an event that is spoiled`() throws {
    var lines = GeneratedHistory(HistoryOptions(events: 10)).lines
    lines += Array(#"{"specversion":"1.0","type":"workload.created"}"#.utf8)
    #expect(try Self.run([Self.validator], input: lines) == 1)
  }

  @Test(.enabled(if: hasValidator, why)) func `accept their own examples and no spoiled one`() throws {
    #expect(try Self.run([Self.validator, "--self-check"], input: []) == 0)
  }

  /// Runs Python with a file as its input; the exit status is what counts.
  private static func run(_ arguments: [String], input: [UInt8]) throws -> Int32 {
    let file = FileManager.default.temporaryDirectory.appending(path: "generated-\(UUID().uuidString)")
    try Data(input).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/env")
    python.arguments = ["python3"] + arguments
    python.standardInput = try FileHandle(forReadingFrom: file)
    python.standardOutput = FileHandle.nullDevice
    python.standardError = FileHandle.nullDevice
    try python.run()
    python.waitUntilExit()
    return python.terminationStatus
  }
}
