import Foundation
import LedgerTestSupport
import Testing

struct `A workload's life` {
  @Test func `create prints only the id`() throws {
    let run = try CommandLineRun()
    let made = try run.run("create", "bert", "--type", "fine_tuning", "--cluster", "c1")
    #expect(made.status == 0 && made.errors == "")
    #expect(stable(made.output) == "<id>\n")
    let chosen = "0192F3A4-5B6C-7D8E-8123-456789ABCDEF"
    let second = try run.run("create", "b", "--type", "training", "--cluster", "c1", "--id", chosen)
    #expect(second.output == chosen.lowercased() + "\n")
    let taken = try run.run("create", "c", "--type", "training", "--cluster", "c1", "--id", chosen)
    #expect(taken.status == 4 && taken.output == "")
    #expect(taken.errors.contains("a workload with the id \(chosen.lowercased()) exists"))
  }

  @Test func `every field comes back in JSON`() throws {
    let run = try CommandLineRun()
    _ = try run.run("project", "add-member", "vision", "bob")
    let id = try run.create(
      "lab", type: "Workspace", "--cpu", "500m", "--memory", "1.5Gi", "--gpu", "0.25", "--owner", "bob",
      "--url",
      "https://lab.example/?a=1", "--label", "k=v=w", "--label", "empty=")
    let page = try run.run("list", "-o", "json")
    #expect(
      stable(page.output) == """
        {"items":[{"id":"<id>","name":"lab","type":"Workspace","status":"Added","project":"vision",\
        "cluster":"c1","owner":"bob","resources":{"cpuMillicores":500,"memoryBytes":1610612736,"gpuMilli":250},\
        "url":"https://lab.example/?a=1","labels":{"empty":"","k":"v=w"},"attempt":1,"version":1,\
        "createdAt":"<time>","createdBy":"alice","lastPosition":\(try position(page))}],"total":1}

        """)
    #expect(page.output.contains(id))
    #expect(page.errors == "")
  }

  private func position(_ page: OtherProgram) throws -> Int {
    let items = try #require(try page.json()["items"] as? [[String: Any]])
    return try #require(items.first?["lastPosition"] as? Int)
  }

  @Test func `a later name of a type is kept as a label`() throws {
    let run = try CommandLineRun()
    _ = try run.create("x", type: "custom")
    let items = try run.run("list", "-o", "ndjson").lines()
    #expect(items.first?["type"] as? String == "Training")
    #expect(items.first?["labels"] as? [String: String] == ["type": "Custom"])
  }

  @Test func `each step is one event and one message`() throws {
    let run = try CommandLineRun()
    let id = try run.create("bert")
    let steps: [([String], String, String)] = [
      (["queue"], "queued", "Pending"), (["start"], "started", "Running"),
      (["lose"], "contact lost", "Unknown"), (["fail", "--reason", "oom"], "failed", "Failed"),
      (["queue"], "queued", "Pending"), (["start"], "started", "Running"),
      (["terminate", "--reason", "enough"], "terminated", "Terminated"), (["start"], "started", "Running"),
      (["complete"], "completed", "Complete"),
    ]
    for (words, verb, status) in steps {
      let result = try run.run(words + ["bert"])
      #expect(result.status == 0 && result.output == "")
      #expect(result.errors.hasPrefix("\(verb): bert (\(id)), position "), "\(result.errors)")
      #expect(try run.run("show", id, "-o", "json").json()["status"] as? String == status)
    }
    let refused = try run.run("fail", id)
    #expect(refused.status == 5)
    #expect(
      refused.errors
        == "Error: bert (\(id)): can't fail while the status is Complete; allowed: delete\n")
    #expect(try run.run("show", id, "-o", "json").json()["attempt"] as? Int == 3)
  }

  @Test func `several workloads are all tried, and the first failure is the status`() throws {
    let run = try CommandLineRun()
    let one = try run.create("one")
    let two = try run.create("two")
    _ = try run.run("start", "two")
    let result = try run.run("start", "nope", "two", one, "-o", "json")
    #expect(result.status == 3)
    let outcomes = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(outcomes.map { $0["outcome"] as? String } == ["not-found", "refused", "appended"])
    #expect(outcomes.map { $0["workload"] as? String } == [nil, two, one])
    #expect(
      stable(result.errors).replacing(/position [0-9]+/, with: "position N") == """
        Error: no workload 'nope'
        Error: two (<id>): can't start while the status is Running; allowed: queue, complete, fail, \
        terminate, lose, delete
        started: one (<id>), position N

        """)
  }

  @Test func `an expected version that is another is a conflict`() throws {
    let run = try CommandLineRun()
    let id = try run.create("bert")
    #expect(try run.run("queue", "bert", "--expected-version", "1").status == 0)
    let late = try run.run("start", "bert", "--expected-version", "1")
    #expect(late.status == 4)
    #expect(late.errors.contains("bert (\(id)) has version 2, not 1"))
    #expect(try run.run("show", id, "-o", "json").json()["status"] as? String == "Pending")
  }

  @Test func `a fact skips what a wish may not, and contradictions are kept`() throws {
    let run = try CommandLineRun()
    let id = try run.create("bert")
    #expect(try run.run("complete", id).status == 5)
    let observed = try run.run(
      "complete", id, "--observed", "--by", "node-agent", "--at", "2023-07-01T12:00:00+02:00", "--as", "carol"
    )
    #expect(observed.status == 0, "\(observed.errors)")
    let again = try run.run("complete", id, "--observed")
    #expect(again.status == 0)
    #expect(again.errors.contains("changes nothing, for the run had come to another state"))
    let events = try run.run("history", id, "--action", "completed", "-o", "ndjson").lines()
    let data = events.compactMap { $0["data"] as? [String: Any] }
    #expect(events.map { $0["time"] as? String }.first == "2023-07-01T10:00:00Z")
    #expect(data.map { $0["actor"] as? String } == ["node-agent", "alice"])
    #expect(data.map { $0["applied"] as? Bool } == [true, false])
    #expect(data.last?["anomaly"] as? String == "contradicts-run")
    #expect(data.allSatisfy { ($0["reporter"] as? String)?.contains("@") == true })
  }

  @Test func `deletion is queued, may fail, and ends`() throws {
    let run = try CommandLineRun()
    let id = try run.create("bert")
    let queued = try run.run("delete", "bert", "--reason", "old")
    #expect(queued.status == 0 && queued.output == "")
    #expect(queued.errors.hasPrefix("queued for deletion: bert (\(id)), position "))
    #expect(
      stable(try run.run("deletions").output) == """
        REQUESTED             BY     ID        NAME  TYPE      STATUS            REQUESTS  REASON
        <time>  alice  \(id.prefix(8))  bert  Training  Delete Requested         1  old

        """)
    #expect(try run.run("delete", "bert").status == 5)
    #expect(try run.run("delete-result", "bert", "--failed", "mounted").status == 0)
    #expect(try run.run("show", id, "-o", "json").json()["status"] as? String == "Delete Failed")
    #expect(try run.run("delete", "bert").status == 0)
    #expect(try run.run("delete-result", id, "--deleted").status == 0)
    let empty = try run.run("deletions")
    #expect(empty.status == 0 && empty.output == "")
    #expect(empty.errors == "nothing waits for its deletion in project 'vision'\n")
    #expect(try run.run("list", "-o", "json").output == "{\"items\":[],\"total\":0}\n")
    #expect(try run.run("list", "--all", "-o", "json").json()["total"] as? Int == 1)
    #expect(try run.run("start", id).status == 5)
    #expect(try run.run("show", "bert").status == 3, "the name is free again")
  }
}
