import Foundation
import LedgerTestSupport
import Testing

extension OtherProgram {
  /// The objects of JSON, or of one line each of NDJSON.
  func json() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }

  /// Each line of NDJSON.
  func lines() throws -> [[String: Any]] {
    try output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }
}

/// Runs the real program, as built beside the tests, in a folder and an environment of its own.
final class CommandLineRun: Sendable {
  let folder: String
  let environment: [String: String]

  /// A new ledger with a project of alice, or nothing where `empty`.
  init(user: String? = "alice", empty: Bool = false) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "workledger-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.path
    var environment = [
      "HOME": url.path, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
    ]
    environment["WORKLEDGER_DIR"] = url.path + "/ledger"
    environment["WORKLEDGER_USER"] = user
    environment["SWIFT_BACKTRACE"] = "enable=no"
    self.environment = environment
    if !empty {
      #expect(try run("init").status == 0)
      #expect(try run("project", "create", "vision").status == 0)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The program under test.
  static var program: String {
    if let path = ProcessInfo.processInfo.environment["WORKLEDGER_BINARY"] { return path }
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (tests as NSString).deletingLastPathComponent + "/workledger"
  }

  /// Runs the program to its end.
  func run(
    _ arguments: String..., input: String = "", environment extra: [String: String?] = [:]
  ) throws -> OtherProgram {
    try run(arguments, input: input, environment: extra)
  }

  /// The same with a list.
  func run(
    _ arguments: [String], input: String = "", environment extra: [String: String?] = [:]
  ) throws -> OtherProgram {
    try OtherProgram(try process(arguments, environment: extra), input: Array(input.utf8))
  }

  /// A process that is not started yet.
  func process(_ arguments: [String], environment extra: [String: String?] = [:]) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.program)
    process.arguments = arguments
    process.environment = environment.merging(extra.compactMapValues { $0 }) { $1 }
      .filter { name, _ in extra[name] != .some(nil) }
    return process
  }

  /// All files below a folder, by path.
  static func files(_ folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder)
      if !isFolder.boolValue { files[path] = readFile(folder + "/" + path) }
    }
    return files
  }

  /// Makes a workload and returns its id.
  func create(_ name: String, type: String = "training", _ more: String...) throws -> String {
    let made = try run(["create", name, "--type", type, "--cluster", "c1"] + more)
    #expect(made.status == 0, "\(made.errors)")
    return made.output.trimmingCharacters(in: .newlines)
  }

  /// So many workloads that all differ, by one import.
  func fill(_ count: Int, from first: Int = 0) throws {
    let lines = (first..<first + count).map { index in
      """
      {"specversion":"1.0","id":"\(index + 1)","source":"s","type":"workload.created",\
      "subject":"\(String(format: "00000000-0000-4000-8000-%012x", index))","time":"2026-01-01T00:00:00Z",\
      "data":{"actor":"ada","project":"vision","name":"w\(index)","type":"Training","cluster":"c1","owner":"ada",\
      "resources":{"cpuMillicores":1000,"memoryBytes":0,"gpuMilli":0}}}

      """
    }
    let imported = try self.run(["import", "-", "--format", "cloudevents"], input: lines.joined())
    #expect(imported.status == 0, "\(imported.errors)")
  }
}

/// Output with what differs from run to run replaced: ids, times, durations, the login.
func stable(_ text: String) -> String {
  text.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "<id>")
    .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/, with: "<time>")
}
