import Foundation
import Testing

/// The folder of Package.swift.
let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path(percentEncoded: false)

/// The folder of the real data sets; nil where this machine does not have it.
let sharedData: String? = {
  let folder = ProcessInfo.processInfo.environment["WORKLEDGER_SHARED"]
  let candidates = [folder, packageRoot + "/../shared"].compactMap { $0 }
  for folder in candidates where FileManager.default.isReadableFile(atPath: folder + "/data/openb") {
    return folder + "/data"
  }
  print("the real data sets are not at \(candidates.joined(separator: " or ")); their tests are skipped")
  return nil
}()

/// `tools/validate`, which knows the schemas and nothing of this program.
enum Validator {
  static let isThere = (try? python(["-c", "import jsonschema, referencing"], input: "")) == 0
  static let why: Comment = "python3 with the package jsonschema is not installed, so nothing was validated"

  /// Validates lines; 0 where all are as the schema says, 1 where not.
  static func run(_ arguments: [String], input: String) throws -> Int32 {
    try python([packageRoot + "/tools/validate"] + arguments, input: input)
  }

  private static func python(_ arguments: [String], input: String) throws -> Int32 {
    let file = FileManager.default.temporaryDirectory.appending(path: "validated-\(UUID().uuidString)")
    try Data(input.utf8).write(to: file)
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
