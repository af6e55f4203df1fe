import Foundation

/// A program that somebody else wrote, or that is written in another language: what it says and how it ends.
struct OtherProgram {
  var status: Int32
  /// Standard output and standard error, in the order of writing.
  var output: String

  /// Runs it to its end. What stands in `environment` is there beside the environment of the tests.
  init(
    _ path: String, _ arguments: [String], in folder: String, environment: [String: String] = [:]
  ) throws {
    let log = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).out")
    defer { try? FileManager.default.removeItem(at: log) }
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let file = try FileHandle(forWritingTo: log)
    (process.standardOutput, process.standardError) = (file, file)
    try process.run()
    process.waitUntilExit()
    status = process.terminationStatus
    output = try String(contentsOf: log, encoding: .utf8)
  }
}
