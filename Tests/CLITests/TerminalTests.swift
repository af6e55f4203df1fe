import Foundation
import LedgerTestSupport
import Testing

struct `On a terminal` {
  @Test func `there is colour and the width is kept`() throws {
    let run = try CommandLineRun()
    _ = try run.create("a-name-that-is-long-enough-to-be-cut-somewhere", "--cpu", "4", "--memory", "64Gi")
    let (shown, status) = try Terminal(columns: 60).run(run.process(["list"]))
    #expect(status == 0)
    #expect(shown.contains("\u{1B}[1mNAME"))
    #expect(shown.contains("project 'vision', the only one of alice\n"))
    let table = shown.split(separator: "\n").filter { $0.contains("\u{1B}[") }
    #expect(table.count == 2)
    for line in table { #expect(line.replacing(/\x1B\[[0-9]*m/, with: "").count <= 60, "\(line)") }
  }

  @Test func `NO_COLOR is respected`() throws {
    let run = try CommandLineRun()
    _ = try run.create("bert")
    let (shown, _) = try Terminal(columns: 80).run(run.process(["list"], environment: ["NO_COLOR": "1"]))
    #expect(shown.contains("bert") && !shown.contains("\u{1B}"))
  }

  @Test func `a pipe gets neither colour nor cuts`() throws {
    let run = try CommandLineRun()
    let name = String(repeating: "long-", count: 40)
    _ = try run.create(name)
    let page = try run.run("list")
    #expect(page.output.contains(name) && !page.output.contains("\u{1B}"))
  }

  @Test func `delete asks first`() throws {
    let run = try CommandLineRun()
    let id = try run.create("bert")
    let (no, status) = try Terminal(columns: 80).run(run.process(["delete", "bert"]), typing: "n\n")
    #expect(status == 1)
    #expect(no.contains("  bert (\(id)), Added, project vision\nQueue 1 workload for deletion? [y/N] "))
    #expect(no.hasSuffix("Error: nothing was done\n"))
    #expect(try run.run("show", "bert", "-o", "json").json()["status"] as? String == "Added")
    let (yes, done) = try Terminal(columns: 80).run(run.process(["delete", "bert"]), typing: "y\n")
    #expect(done == 0 && yes.contains("queued for deletion: bert"))
    let other = try run.create("gpt")
    let (sure, _) = try Terminal(columns: 80).run(run.process(["delete", other, "--yes"]))
    #expect(!sure.contains("[y/N]") && sure.contains("queued for deletion: gpt"))
  }

  @Test func `a name can't disturb the terminal`() throws {
    let run = try CommandLineRun()
    let event = """
      {"specversion":"1.0","id":"1","source":"s","type":"workload.created",\
      "subject":"0192f3a4-5b6c-7d8e-8123-456789abcdef","time":"2023-07-01T00:00:00Z","data":{"project":"vision",\
      "name":"a\u{202E}b","reason":"x\\u001b[2Jy\\nz"}}

      """
    _ = try run.run(["import", "-", "--format", "cloudevents"], input: event)
    let shown = try run.run("history", "0192f3a4").output
    #expect(!shown.contains("\u{1B}") && !shown.contains("\u{202E}"))
  }
}
