import LedgerTestSupport
import Testing

struct `Projects and quotas` {
  @Test func `the creator is the first member, and members come and go`() throws {
    let run = try CommandLineRun(empty: true)
    _ = try run.run("init")
    let made = try run.run("project", "create", "vision")
    #expect(made.status == 0 && made.output == "")
    #expect(made.errors.hasPrefix("project created: project vision, position "))
    #expect(try run.run("project", "add-member", "vision", "bob").status == 0)
    #expect(
      try run.run("project", "list", "-o", "csv").output.split(separator: "\r\n").map { stable(String($0)) }
        == [
          "name,workloads,members,createdAt,createdBy", #"vision,0,"[""alice"",""bob""]",<time>,alice"#,
        ])
    #expect(try run.run("project", "remove-member", "vision", "bob").status == 0)
    #expect(
      stable(try run.run("project", "list", "-o", "json").output)
        == #"{"items":[{"name":"vision","members":["alice"],"workloads":0,"createdAt":"<time>","createdBy":"alice"}]}"#
        + "\n")
  }

  @Test func `what is done already is refused`() throws {
    let run = try CommandLineRun()
    let again = try run.run("project", "create", "vision")
    #expect(again.status == 5)
    #expect(again.errors == "Error: project vision: can't create the project: it exists\n")
    #expect(try run.run("project", "add-member", "vision", "alice").status == 5)
    #expect(try run.run("project", "remove-member", "vision", "bob").status == 5)
  }

  @Test func `to a stranger a project does not exist`() throws {
    let run = try CommandLineRun()
    let id = try run.create("bert")
    let words =
      "Error: no project 'vision' for eve: 'workledger project list' shows them, "
      + "'workledger project create' makes one\n"
    for arguments in [
      ["create", "x", "--type", "training", "--cluster", "c", "--project", "vision"], ["start", id],
      ["delete", id, "--yes"], ["project", "add-member", "vision", "eve"], ["list", "--project", "vision"],
      ["quota", "set", "eve", "--project", "vision", "--cpu", "1"], ["deletions", "--project", "vision"],
    ] {
      let result = try run.run(arguments + ["--as", "eve"])
      #expect(result.status == 3, "\(arguments)")
      #expect(result.errors == words, "\(arguments)")
      #expect(result.output == "")
    }
    #expect(try run.run("show", id, "--as", "eve").status == 3)
    let never = try run.run("list", "--project", "nowhere")
    #expect(never.status == 3 && never.output == "")
    #expect(never.errors.contains("no project 'nowhere'"))
  }

  @Test func `a member of several projects names one, of none makes one`() throws {
    let run = try CommandLineRun()
    _ = try run.run("project", "create", "speech")
    let several = try run.run("list")
    #expect(several.status == 64 && several.output == "")
    #expect(
      several.errors == "Error: alice belongs to several projects: name one with --project: speech, vision\n")
    #expect(try run.run("list", environment: ["WORKLEDGER_PROJECT": "speech"]).status == 0)
    let none = try run.run("list", "--as", "carol")
    #expect(none.status == 64)
    #expect(none.errors.contains("carol belongs to no project"))
  }

  @Test func `the quota's numbers are in both refusals`() throws {
    let run = try CommandLineRun()
    #expect(try run.run("quota", "set", "alice", "--cpu", "8", "--memory", "1Gi").status == 0)
    #expect(try run.run("quota", "set", "alice", "--memory", "none", "--gpu", "2").status == 0)
    let tooLarge = try run.run("create", "big", "--type", "training", "--cluster", "c1", "--cpu", "9")
    #expect(tooLarge.status == 5 && tooLarge.output == "")
    #expect(tooLarge.errors == "Error: big: can't create: 9 CPU requested, the quota is 8\n")
    let one = try run.create("one", "--cpu", "5")
    _ = try run.create("two", "--cpu", "5", "--memory", "5Gi")
    #expect(try run.run("start", "one").status == 0)
    let start = try run.run("start", "two")
    #expect(start.status == 5)
    #expect(
      stable(start.errors) == "Error: two (<id>): can't start: 5 CPU requested, 5 are held, the quota is 8\n")
    #expect(
      try run.run("quota", "show").output == """
        OWNER  CPU     MEMORY  GPU     RUNNING
        alice  5 of 8  0       0 of 2        1

        """)
    #expect(
      try run.run("quota", "show", "alice", "-o", "ndjson").output == """
        {"project":"vision","owner":"alice","limits":{"cpuMillicores":8000,"gpuMilli":2000},\
        "held":{"cpuMillicores":5000,"memoryBytes":0,"gpuMilli":0},"running":1}

        """)
    _ = try run.run("complete", one)
    #expect(try run.run("start", "two").status == 0)
  }
}
