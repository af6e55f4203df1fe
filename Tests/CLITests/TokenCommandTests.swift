import LedgerTestSupport
import Testing

struct `Tokens on the command line` {
  @Test func `are given out once, listed, and revoked`() throws {
    let run = try CommandLineRun()
    let empty = try run.run("token", "list")
    #expect(
      empty.status == 0 && empty.errors == "no token was given out; 'workledger token issue USER' does\n")
    let issued = try run.run("token", "issue", "alice", "--expires-in", "8h")
    #expect(issued.status == 0)
    #expect(issued.output.wholeMatch(of: /wlt_[0-9a-f]{8}_[A-Za-z0-9_-]{43}\n/) != nil)
    let id = String(issued.output.dropFirst(4).prefix(8))
    #expect(issued.errors.hasPrefix("token \(id) for alice, member, until "))
    let list = try run.run("token", "list").output
    #expect(list.contains(id) && list.contains("alice") && !list.contains(issued.output.dropLast()))
    let csv = try run.run("token", "list", "-o", "csv").output
    #expect(csv.hasPrefix("id,user,role,cluster,issuedAt,expiresAt\r\n\(id),alice,member,,"))
    #expect(try run.run("token", "revoke", id).status == 0)
    let again = try run.run("token", "revoke", id)
    #expect(again.status == 3 && again.errors == "Error: no token '\(id)'\n")
  }

  @Test func `of a user whose name is destroyed are worth nothing`() throws {
    let run = try CommandLineRun()
    for user in ["alice", "bob"] { #expect(try run.run("token", "issue", user).status == 0) }
    #expect(try run.run("redact", "alice", "--reason", "request 4711", "--as", "dpo").status == 0)
    let list = try run.run("token", "list", "-o", "csv").output
    #expect(list.contains(",bob,") && !list.contains("alice"))
  }

  @Test(.enabled(if: Validator.isThere, Validator.why)) func `are what the schema says`() throws {
    let run = try CommandLineRun()
    let issued = try run.run(
      "token", "issue", "agent-c1", "--role", "agent", "--cluster", "c1", "-o", "ndjson")
    #expect(try Validator.run(["--kind", "token"], input: issued.output) == 0)
    let list = try run.run("token", "list", "-o", "ndjson").output
    #expect(try Validator.run(["--kind", "token"], input: list) == 0)
    #expect(try Validator.run(["--kind", "token"], input: list.replacing("agent\"", with: "king\"")) == 1)
  }

  @Test(
    arguments: [
      (["alice", "--role", "king"], "'king' is no role; there are: member, agent, operator, auditor"),
      (["alice", "--role", "agent"], "an agent needs its --cluster"),
      (["alice", "--cluster", "c1"], "only an agent has a --cluster, a member has none"),
      (["alice", "--expires-in", "soon"], "'soon' is no length of time"),
      (["alice", "--expires-in", "400d"], "a token lives for 366 days at most"),
      (["alice", "--expires-in", "0s"], "a token lives for 366 days at most"),
      ([""], "the user is empty"), (["unknown"], "'unknown' stands for nobody"),
      ([], "Missing expected argument"),
    ])
  func `that can't be are refused`(_ arguments: [String], _ text: String) throws {
    let run = try CommandLineRun()
    let result = try run.run(["token", "issue"] + arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains(text), "\(result.errors)")
    #expect(try run.run("token", "list", "-o", "json").output == "{\"items\":[]}\n")
  }
}
