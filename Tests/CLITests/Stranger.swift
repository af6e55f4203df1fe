import LedgerTestSupport
import Testing

/// The tools in Python, which share no code with the program.
enum Stranger {
  static let isThere = OtherProgram.pythonHas("cryptography")
  static let why: Comment =
    "python3 with the package cryptography is not installed; tools/setup test installs it"

  /// Runs `tools/verify_evidence.py`.
  static func verify(_ arguments: [String]) throws -> OtherProgram {
    try .python([packageRoot + "/tools/verify_evidence.py"] + arguments)
  }

  /// Runs `tools/read_log.py`.
  static func readLog(_ arguments: [String]) throws -> OtherProgram {
    try .python([packageRoot + "/tools/read_log.py"] + arguments)
  }
}
