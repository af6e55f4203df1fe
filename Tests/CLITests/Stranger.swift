import Foundation
import LedgerTestSupport
import Testing

/// The tools in Python, which share no code with the program.
enum Stranger {
  static let isThere = (try? python(["-c", "import cryptography"]).status) == 0
  static let why: Comment =
    "python3 with the package cryptography is not installed; tools/setup test installs it"

  static let hasLMDB = (try? python(["-c", "import lmdb"]).status) == 0
  static let whyNoLMDB: Comment =
    "python3 with the package lmdb is not installed; tools/setup test installs it"

  /// Runs `tools/verify_evidence.py`.
  static func verify(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
    try python([packageRoot + "/tools/verify_evidence.py"] + arguments)
  }

  /// Runs `tools/read_log.py`.
  static func readLog(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
    try python([packageRoot + "/tools/read_log.py"] + arguments)
  }

  private static func python(
    _ arguments: [String]
  ) throws -> (status: Int32, output: String, errors: String) {
    let folder = TemporaryFolder()
    writeFile(folder("out"), [])
    writeFile(folder("err"), [])
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/env")
    python.arguments = ["python3"] + arguments
    python.standardOutput = FileHandle(forWritingAtPath: folder("out"))
    python.standardError = FileHandle(forWritingAtPath: folder("err"))
    try python.run()
    python.waitUntilExit()
    return (
      python.terminationStatus, String(decoding: readFile(folder("out")), as: UTF8.self),
      String(decoding: readFile(folder("err")), as: UTF8.self)
    )
  }
}
