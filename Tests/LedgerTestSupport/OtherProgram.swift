public import Foundation

/// A program that was run to its end: what it said and how it ended.
public struct OtherProgram {
  /// The exit status, or the signal.
  public let status: Int32
  /// Whether a signal ended it.
  public let wasKilled: Bool
  /// What stood on standard output.
  public let output: String
  /// What stood on standard error.
  public let errors: String

  /// Runs a process that was not started yet.
  public init(_ process: Process, input: [UInt8] = []) throws {
    let files = TemporaryFolder()
    writeFile(files("in"), input)
    for name in ["out", "err"] { writeFile(files(name), []) }
    process.standardInput = FileHandle(forReadingAtPath: files("in"))
    process.standardOutput = FileHandle(forWritingAtPath: files("out"))
    process.standardError = FileHandle(forWritingAtPath: files("err"))
    try process.run()
    process.waitUntilExit()
    status = process.terminationStatus
    wasKilled = process.terminationReason == .uncaughtSignal
    output = String(decoding: readFile(files("out")), as: UTF8.self)
    errors = String(decoding: readFile(files("err")), as: UTF8.self)
  }

  /// Runs a program. What stands in `environment` is there beside the environment of the tests.
  public init(
    _ path: String, _ arguments: [String], in folder: String = packageRoot, input: [UInt8] = [],
    environment: [String: String] = [:]
  ) throws {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    try self.init(process, input: input)
  }

  /// Runs Python, as a rule with one of the `tools`, which share no code with the programs.
  public static func python(_ arguments: [String], input: [UInt8] = []) throws -> OtherProgram {
    try OtherProgram("/usr/bin/env", ["python3"] + arguments, input: input)
  }

  /// Whether Python has these modules, which `tools/setup test` installs.
  public static func pythonHas(_ modules: String) -> Bool {
    (try? python(["-c", "import \(modules)"]))?.status == 0
  }
}

/// The folder of Package.swift.
public let packageRoot = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
