import Foundation
import LedgerTestSupport
import Testing

struct `Export and import` {
  private func filled() throws -> CommandLineRun {
    let run = try CommandLineRun()
    _ = try run.run("quota", "set", "alice", "--cpu", "4")
    _ = try run.create("bert", "--cpu", "2", "--label", "k=v")
    _ = try run.create("lab 日本", type: "workspace", "--url", "https://lab.example")
    _ = try run.run("start", "bert")
    _ = try run.run("start", "bert")
    _ = try run.run("terminate", "bert", "--reason", "line\nbreak \"q\"")
    _ = try run.run("delete", "bert")
    return run
  }

  /// What makes an event, without where it stands.
  private func facts(_ run: CommandLineRun) throws -> [NSDictionary] {
    try run.run("history", "-o", "ndjson").lines().map { line in
      var line = line
      line["position"] = nil
      line["recordedtime"] = nil
      return line as NSDictionary
    }
  }

  @Test func `an export imported into an empty ledger gives the same events`() throws {
    let run = try filled()
    let file = run.folder + "/events.ndjson"
    let exported = try run.run("export", file, "--format", "cloudevents")
    #expect(exported.status == 0 && exported.output == "")
    #expect(exported.errors == "exported 8 events to \(file)\n")
    #expect(
      try run.run("export", "-", "--format", "cloudevents").output
        == String(contentsOfFile: file, encoding: .utf8))

    let other = try CommandLineRun(empty: true)
    _ = try other.run("init")
    let rehearsed = try other.run("import", file, "--format", "cloudevents", "--dry-run", "-o", "json")
    #expect(rehearsed.status == 0, "\(rehearsed.errors)")
    #expect(try rehearsed.json()["appended"] as? Int == 8)
    #expect(try other.run("history", "-o", "json").output == "[]\n", "a dry run writes nothing")
    let imported = try other.run("import", file, "--format", "cloudevents", "-o", "json")
    #expect(imported.status == 0, "\(imported.errors)")
    #expect(try imported.json()["appended"] as? Int == 8)
    #expect(try facts(other) == facts(run))
    let again = try other.run(
      ["import", "-", "--format", "cloudevents", "-o", "json"],
      input: String(contentsOfFile: file, encoding: .utf8))
    #expect(try again.json()["appended"] as? Int == 0)
    #expect(try again.json()["duplicates"] as? Int == 8)
    #expect(try other.run("replay").status == 0)
  }

  @Test func `rejected lines are named and the rest is kept`() throws {
    let run = try filled()
    let lines = try run.run("export", "-", "--format", "cloudevents").output
    let other = try CommandLineRun(empty: true)
    _ = try other.run("init")
    let result = try other.run(
      ["import", "-", "--format", "cloudevents"], input: "not json\n" + lines + "{\"specversion\":\"1.0\"}\n")
    #expect(result.status == 7, "\(result.errors)")
    #expect(result.errors.contains("standard input:1:"))
    #expect(result.errors.contains("standard input:10:"))
    #expect(result.errors.hasSuffix("Error: 2 lines or events could not be used\n"))
    #expect(result.output.contains("Rejected lines"))
    #expect(try facts(other).count == 8)
  }

  @Test func `files that are not there and folders that can't be written fail`() throws {
    let run = try CommandLineRun()
    let missing = try run.run("import", run.folder + "/none", "--format", "cloudevents")
    #expect(missing.status == 1 && missing.errors.hasPrefix("Error: "), "\(missing.errors)")
    #expect(missing.errors.contains(run.folder + "/none"))
    let mapping = try run.run("import", "x.csv", "--format", "csv", "--mapping", run.folder + "/none.json")
    #expect(mapping.status == 1 && mapping.errors.contains("none.json"))
    let export = try run.run("export", run.folder + "/no/such/file", "--format", "cloudevents")
    #expect(export.status == 1)
    #expect(export.errors == "Error: can't write \(run.folder)/no/such/file: No such file or directory\n")
  }

  @Test func `an export to a full disk fails and leaves nothing`() throws {
    let result = try filled().run("export", "/dev/full", "--format", "cloudevents")
    #expect(result.status == 1)
    #expect(result.errors == "Error: can't write to /dev/full: No space left on device\n")
  }
}
