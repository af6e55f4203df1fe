import Foundation
import LedgerTestSupport
import Testing

struct `History` {
  private func story() throws -> (CommandLineRun, String) {
    let run = try CommandLineRun()
    let id = try run.create("bert")
    _ = try run.create("gpt", type: "evaluation")
    _ = try run.run("start", "bert", "--at", "2023-07-01")
    _ = try run.run("complete", "gpt")
    _ = try run.run("delete", "bert", "--reason", "a, \"b\"")
    return (run, id)
  }

  private func kinds(_ run: CommandLineRun, _ arguments: String...) throws -> [String] {
    let result = try run.run(["history", "-o", "ndjson"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try result.lines().compactMap { $0["type"] as? String }
  }

  @Test func `filters pick events, in order`() throws {
    let (run, id) = try story()
    let all = [
      "project.created", "workload.created", "workload.created", "workload.started", "action.refused",
      "workload.deleterequested",
    ]
    #expect(try kinds(run) == all)
    #expect(try kinds(run, "--reverse") == all.reversed())
    #expect(try kinds(run, "--limit", "2") == Array(all.prefix(2)))
    #expect(try kinds(run, "--limit", "0") == [])
    #expect(try kinds(run, "bert") == ["workload.created", "workload.started", "workload.deleterequested"])
    #expect(try kinds(run, id, "--reverse", "--limit", "1") == ["workload.deleterequested"])
    #expect(try kinds(run, "--action", "started,delete") == ["workload.started", "workload.deleterequested"])
    #expect(try kinds(run, "--action", "action refused") == ["action.refused"])
    #expect(try kinds(run, "--type", "evaluation") == ["workload.created", "action.refused"])
    #expect(try kinds(run, "--name", "BER", "--action", "created") == ["workload.created"])
    #expect(try kinds(run, "--until", "2023-07-02") == ["workload.started"])
    #expect(try kinds(run, "--since", "1h").count == all.count - 1)
    #expect(try kinds(run, "--actor", "nobody") == [])
    #expect(try kinds(run, "--project", "vision", "--actor", "alice") == all)
    #expect(try run.run("history", "--project", "nowhere").status == 3)
    let positions = try run.run("history", "-o", "ndjson").lines().compactMap { $0["position"] as? Int }
    #expect(positions == positions.sorted())
    #expect(try kinds(run, "--from", "\(positions[1])", "--to", "\(positions[3])") == Array(all[1...3]))
  }

  @Test func `each format holds the same events`() throws {
    let (run, id) = try story()
    let table = try run.run("history", "bert").output
    #expect(
      stable(table).replacing(/\ +[0-9]+  <time>/, with: " N  <time>") == """
        POSITION  TIME                  EVENT             WORKLOAD  ACTOR  PROJECT  DETAIL
         N  <time>  created           \(id.prefix(8))  alice  vision   bert, Training
         N  <time>  started           \(id.prefix(8))  alice  vision
         N  <time>  delete requested  \(id.prefix(8))  alice  vision   a, "b"

        """)
    let csv = try run.run("history", "bert", "-o", "csv").output
    #expect(csv.hasPrefix("position,id,source,type,") && csv.contains("\"a, \"\"b\"\"\""))
    let json = try run.run("history", "bert", "-o", "json").output
    #expect((try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [Any])?.count == 3)
    #expect(try run.run("history", "--actor", "nobody", "-o", "json").output == "[]\n")
    #expect(try run.run("history", "--actor", "nobody").errors == "no events match\n")
  }

  @Test func `following prints what comes and stops when asked`() throws {
    let (run, _) = try story()
    let process = try run.process(["history", "--follow", "--action", "created", "-o", "ndjson"])
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let reader = pipe.fileHandleForReading
    var text = String(decoding: reader.availableData, as: UTF8.self)
    _ = try run.create("late")
    while !text.contains("late") {
      let more = reader.availableData
      if more.isEmpty { break }
      text += String(decoding: more, as: UTF8.self)
    }
    #expect(text.split(separator: "\n").count == 3)
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && process.terminationReason == .exit)
  }

  @Test func `a reader that goes away ends it quietly`() throws {
    let (run, _) = try story()
    for command in [
      "$1 history --follow -o ndjson | head -n 1 >/dev/null", "$1 history -o ndjson | true",
      "$1 --help | true",
    ] {
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/bash")
      shell.arguments = [
        "-c",
        "set -o pipefail; (sleep 0.5; $1 create x --type training --cluster c) & " + command
          + "; status=$?; wait; exit $status", "bash", CommandLineRun.program,
      ]
      shell.environment = run.environment
      let errors = Pipe()
      shell.standardError = errors
      shell.standardOutput = FileHandle.nullDevice
      try shell.run()
      let said = errors.fileHandleForReading.readDataToEndOfFile()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 0, "\(command)")
      #expect(said.isEmpty, "\(command): \(String(decoding: said, as: UTF8.self))")
    }
  }
}
