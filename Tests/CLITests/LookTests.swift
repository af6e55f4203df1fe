import Foundation
import LedgerTestSupport
import Testing

struct `Looking` {
  @Test func `pages follow one another by the command that is printed`() throws {
    let run = try CommandLineRun()
    for index in 1...5 {
      _ = try run.create("job \(index)", type: index % 2 == 0 ? "evaluation" : "training")
    }
    var names: [String] = []
    var arguments = ["list", "--limit", "2", "--name", "job ", "-o", "ndjson"]
    for page in 1...3 {
      let result = try run.run(arguments)
      #expect(result.status == 0)
      names += try result.lines().compactMap { $0["name"] as? String }
      let lines = result.errors.split(separator: "\n").map(String.init)
      if page == 3 {
        #expect(lines == ["the last 1 of 5 workloads in project 'vision'"])
      } else {
        #expect(lines.first == "2 of 5 workloads in project 'vision'; the next page:")
        let command = try #require(lines.last)
        #expect(command.hasPrefix("  workledger list --limit 2 --name 'job ' -o ndjson --page-token "))
        let token = try #require(command.split(separator: " ").last)
        arguments = ["list", "--limit", "2", "--name", "job ", "-o", "ndjson", "--page-token", String(token)]
      }
    }
    #expect(names == ["job 5", "job 4", "job 3", "job 2", "job 1"])
    let other = try run.run(arguments.map { $0 == "job " ? "job" : $0 })
    #expect(other.status == 64, "a token is bound to its filter")
  }

  @Test func `filters combine, in any spelling`() throws {
    let run = try CommandLineRun()
    _ = try run.create("Alpha", type: "training")
    _ = try run.create("beta", type: "pre-training")
    _ = try run.create("gamma", type: "Fine-Tuning")
    _ = try run.run("start", "beta", "gamma")
    func names(_ arguments: String...) throws -> [String] {
      let result = try run.run(["list", "-o", "ndjson"] + arguments)
      #expect(result.status == 0, "\(result.errors)")
      return try result.lines().compactMap { $0["name"] as? String }
    }
    #expect(try names("--status", "RUNNING") == ["gamma", "beta"])
    #expect(try names("--type", "fine tuning", "pre_training") == ["gamma", "beta"])
    #expect(try names("--type", "training,finetuning", "--status", "running") == ["gamma"])
    #expect(try names("--type", "training", "--type", "PreTraining", "--status", "added") == ["Alpha"])
    #expect(try names("--name", "ALPH") == ["Alpha"])
    #expect(try names("--owner", "alice", "--cluster", "c1", "--limit", "1") == ["gamma"])
    #expect(try names("--owner", "nobody") == [])
    #expect(try names("--cluster", "c2") == [])
    let none = try run.run("list", "--name", "zzz")
    #expect(none.status == 0 && none.output == "")
    #expect(none.errors == "no workloads match in project 'vision'\n")
  }

  @Test func `the page is a table`() throws {
    let run = try CommandLineRun()
    let id = try run.create("bert", "--cpu", "8", "--memory", "32Gi", "--gpu", "1")
    let page = try run.run("list")
    #expect(
      stable(page.output) == """
        ID        NAME  TYPE      STATUS  CLUSTER  RESOURCES           OWNER  CREATED
        \(id.prefix(8))  bert  Training  Added   c1       8 CPU, 32Gi, 1 GPU  alice  <time>

        """)
    #expect(page.errors == "1 workload in project 'vision'\n")
    let narrow = try run.run("list", environment: ["COLUMNS": "40"])
    #expect(narrow.output.split(separator: "\n").allSatisfy { $0.count <= 40 })
    let wide = try run.run("list", "-o", "wide", environment: ["COLUMNS": "40"])
    #expect(wide.output.contains(id) && wide.output.contains("VERSION"))
  }

  @Test func `show tells the whole story`() throws {
    let run = try CommandLineRun()
    let id = try run.create("bert")
    _ = try run.run("start", "bert", "--by", "alice", "--at", "2023-07-01")
    let shown = try run.run("show", "bert")
    #expect(shown.status == 0 && shown.errors == "")
    for line in [
      "ID             \(id)", "Status         Running",
      "Started        2023-07-01T00:00:00Z by alice, reported by ",
      "\nTimeline\nPOSITION  TIME                  EVENT    ACTOR  REPORTER",
    ] { #expect(shown.output.contains(line), "\(line)") }
    let json = try run.run("show", String(id.prefix(13)), "-o", "json").json()
    #expect(
      (json["timeline"] as? [[String: Any]])?.map { $0["type"] as? String } == [
        "workload.created", "workload.started",
      ])
    #expect(json["id"] as? String == id)
    #expect(try run.run("show", id, "-o", "csv").output.hasPrefix("id,name,type,status,"))
    let missing = try run.run("show", "nope")
    #expect(missing.status == 3 && missing.output == "" && missing.errors == "Error: no workload 'nope'\n")
    #expect(try run.run("show", "0192f3a4-5b6c-7d8e-8123-456789abcdef").status == 3)
  }

  @Test func `what is ambiguous is refused with the candidates`() throws {
    let run = try CommandLineRun()
    let first = try run.create("twin", "--id", "0192f3a4-0000-7000-8000-000000000001")
    let second = try run.create("twin", "--id", "0192f3a4-0000-7000-8000-000000000002")
    for reference in ["twin", "0192f3a4"] {
      let result = try run.run("start", reference)
      #expect(result.status == 5)
      #expect(result.errors.hasPrefix("Error: '\(reference)' fits 2 workloads: name one by its id\n"))
      #expect(result.errors.contains("  \(first)  twin, Added, project vision\n"))
      #expect(result.errors.contains("  \(second)  twin, Added, project vision\n"))
    }
  }

  @Test func `only a workspace is opened`() throws {
    let run = try CommandLineRun()
    _ = try run.create("lab", type: "workspace", "--url", "https://lab.example/x")
    _ = try run.create("dark", type: "workspace")
    _ = try run.create("job")
    _ = try run.run("start", "lab")
    let opened = try run.run("open", "lab")
    #expect(opened.output == "https://lab.example/x\n" && opened.errors == "" && opened.status == 0)
    let refused = try run.run("open", "job")
    #expect(refused.status == 5 && refused.output == "")
    #expect(refused.errors == "Error: job can't be opened: its type is Training, and only a Workspace can\n")
    #expect(try run.run("open", "dark").status == 3)
  }

  @Test func `status and replay are for people and for monitors`() throws {
    let run = try CommandLineRun()
    _ = try run.create("bert")
    let status = try run.run("status", "-o", "json").json()
    #expect(status["lastPosition"] as? Int == status["viewsPosition"] as? Int)
    #expect(try run.run("status").output.contains("Views          current"))
    let replay = try run.run("replay")
    #expect(replay.status == 0 && replay.output.hasPrefix("the views are what the log says"))
    let json = try run.run("replay", "-o", "json").json()
    #expect(json["differenceCount"] as? Int == 0 && json["compared"] as? Bool == true)
    #expect(try run.run("replay", "--rebuild").output.hasPrefix("the views were folded anew and replaced"))
    #expect(try run.run("replay", "--to", "1").output.hasPrefix("nothing was compared"))
    #expect(try run.run("list", "-o", "json").json()["total"] as? Int == 1)
  }
}
