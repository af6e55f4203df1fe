import ArgumentParser
import Glibc

@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures the ledger against others, side by side.",
    subcommands: [Measure.self, Fill.self])
}

/// The command `tools/bench/run`.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measures the ledger against bare LMDB and against SQLite, side by side.",
    discussion: """
      Every figure is made of rounds in which all three do the same one after the
      other, and is the median of them. "× floor" and "× SQLite" say how many times
      as good as these the ledger is, whatever the unit; above 1 is better.
      """)

  @Option(help: "The sizes, in events; of pages, in workloads of one project.")
  var events = "10000,1000000"
  @Option(help: "The folder for temporary data, removed at the end. (default: TMPDIR, or /tmp)")
  var dir: String?
  @Option(help: "Write the figures to this file as JSON.")
  var json: String?
  @Option(help: "The workledger program, for the part 'processes'.")
  var program: String?
  @Option(help: "Only these parts, of \(Suite.partNames.joined(separator: ", ")).")
  var only: String?

  func run() throws {
    let sizes = try parsedSizes()
    let parts = try parsedParts()
    let folder = try Folder(in: dir ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")
    defer { folder.remove() }
    try Suite.checkSpace(for: sizes, in: folder)
    let machine = Machine(dataFolder: folder.path)
    let start = ContinuousClock.now
    var suite = Suite(folder: folder, parts: parts, program: program)
    for size in sizes { try suite.run(size) }
    let seconds = start.duration(to: .now) / .seconds(1)
    print(Table(figures: suite.figures).markdown)
    print("\n\(machine.summary). All in \(Int(seconds)) s.")
    if let json { try write(JSONText.document(suite.figures, machine: machine, seconds: seconds), to: json) }
  }

  private func parsedSizes() throws -> [Int] {
    let sizes = events.split(separator: ",").map { Int($0.filter { $0 != "_" }) ?? 0 }
    guard !sizes.isEmpty, sizes.allSatisfy({ (1000...100_000_000).contains($0) && $0 % 1000 == 0 }) else {
      throw ValidationError(
        "--events takes thousands up to 100,000,000, as in 10000,1000000: not '\(events)'")
    }
    return sizes.sorted()
  }

  private func parsedParts() throws -> Set<String> {
    let parts = only.map { $0.split(separator: ",").map(String.init) } ?? Suite.partNames
    guard !parts.isEmpty, parts.allSatisfy(Suite.partNames.contains) else {
      throw ValidationError("--only takes \(Suite.partNames.joined(separator: ", ")): not '\(only ?? "")'")
    }
    if parts.contains("processes"), program == nil {
      throw ValidationError("the part 'processes' needs --program, which tools/bench/run gives")
    }
    return Set(parts)
  }

  private func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else {
      throw ValidationError("\(path) can't be written: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    fputs(text, file)
  }
}
