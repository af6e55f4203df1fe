import Foundation
import LedgerTestSupport
import Testing

private let commands: [[String]] = [
  ["init"], ["project", "create"], ["project", "list"], ["project", "add-member"],
  ["project", "remove-member"],
  ["quota", "set"], ["quota", "show"], ["create"], ["queue"], ["start"], ["complete"], ["fail"],
  ["terminate"],
  ["lose"], ["delete"], ["delete-result"], ["list"], ["show"], ["open"], ["deletions"], ["history"], ["diff"],
  ["stats"],
  ["replay"],
  ["status"], ["export"], ["import"], ["redact"], ["serve"],
]

/// Those that need no ledger.
private let commandsWithoutLedger: [[String]] = [
  ["verify-proof"], ["witness", "init"], ["witness", "add-checkpoint"], ["witness", "show"],
]

struct `Usage` {
  @Test(arguments: commands + commandsWithoutLedger) func `every command has help with examples`(
    _ command: [String]
  ) throws {
    let run = try CommandLineRun(empty: true)
    let help = try run.run(command + ["--help"])
    #expect(help.status == 0)
    #expect(help.errors == "")
    #expect(help.output.contains("\nEXAMPLES:\n  workledger " + command.joined(separator: " ")))
    for line in help.output.split(separator: "\n") {
      #expect(line.count <= 80, "\(line)")
    }
    // An example that was wrapped can't be copied.
    let examples = try #require(help.output.firstRange(of: "EXAMPLES:\n"))
    for line in help.output[examples.upperBound...].split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty { break }
      #expect(line.hasPrefix("  "), "\(line)")
    }
    #expect(help.output.contains("--ledger") != commandsWithoutLedger.contains(command))
  }

  @Test func `the version is one line`() throws {
    let version = try CommandLineRun(empty: true).run("--version")
    #expect(version.output == "workledger 0.1.0\n")
    #expect(version.errors == "")
    #expect(version.status == 0)
  }

  @Test(
    arguments: [
      (["frob"], "Unexpected argument 'frob'"),
      (["list", "--frob"], "Unknown option '--frob'"),
      (
        ["list", "--status", "foo"],
        "'foo' is no status; there are: Added, Pending, Running, Complete, Failed, "
          + "Delete Requested, Deleted, Delete Failed, Terminated, Unknown"
      ),
      (
        ["list", "--type", "foo"],
        "'foo' is no type; there are: Model Download, Inference, Training, Pre-Training, "
          + "Fine-Tuning, Evaluation, Workspace"
      ),
      (["list", "--status", "running,"], "'' is no status"),
      (["list", "--limit", "0"], "--limit is 1 to 1000, not 0"),
      (["list", "--limit", "1001"], "--limit is 1 to 1000, not 1001"),
      (["list", "-o", "yaml"], "'yaml'"),
      (["list", "--page-token", "nonsense"], "Error: "),
      (["list", "--project", "a\u{7}b"], "the project has a control character at byte 1"),
      (["history", "--action", "explode"], "'explode' is no action; there are: created, queued"),
      (["history", "--type", "foo"], "'foo' is no type"),
      (["history", "--since", "yesterday"], "'yesterday' is no time; write RFC 3339"),
      (["history", "--since", "2023-02-30"], "'2023-02-30' is no time"),
      (["history", "--from", "x"], "'x'"),
      (["history", "--follow", "--reverse"], "--follow goes forward"),
      (["history", "--follow", "--as-of", "5"], "--follow goes on from now"),
      (
        ["list", "--as-of", "yesterday"], "'yesterday' is neither a position nor a time nor a file; write"
      ),
      (["list", "--as-of", "99999999999999999999"], "'99999999999999999999' is no position of any log"),
      (["list", "--at", "5"], "'5' is no time; write RFC 3339"),
      (["diff"], "Missing expected argument '--from <position|time>'"),
      (["diff", "--from", "x"], "'x' is neither a position nor a time"),
      (
        ["stats", "--by", "month"],
        "'month' is no grouping; there are: type, status, project, owner, cluster, day"
      ),
      (["stats", "--since", "yesterday"], "'yesterday' is no time; write RFC 3339"),
      (
        ["stats", "--since", "2023-07-02", "--until", "2023-07-01"],
        "a span begins before it ends, not at 2023-07-02T00:00:00Z until 2023-07-01T00:00:00Z"
      ),
      (["stats", "--by", "day", "--since", "0001-01-01"], "there are "),
      (["stats", "--chart", "-o", "csv"], "--chart is for people; leave it or -o csv out"),
      (["stats", "--chart", "-o", "json"], "--chart is for people; leave it or -o json out"),
      (["stats", "-o", "yaml"], "'yaml'"),
      (["create", "x", "--cluster", "c"], "Missing expected argument '--type <type>'"),
      (["create", "x", "--type", "foo", "--cluster", "c"], "'foo' is no type"),
      (["create", "x", "--type", "training"], "Missing expected argument '--cluster <cluster>'"),
      (["create", "x", "--type", "training", "--cluster", "c", "--cpu", "1.0001"], "'1.0001' is no amount"),
      (["create", "x", "--type", "training", "--cluster", "c", "--cpu=-1"], "'-1' is no amount"),
      (["create", "x", "--type", "training", "--cluster", "c", "--memory", "9999999999Ti"], "is no size"),
      (["create", "x", "--type", "training", "--cluster", "c", "--id", "123"], "'123' is no UUID"),
      (
        ["create", "x", "--type", "training", "--cluster", "c", "--label", "k"],
        "'k' is no label; write key=value"
      ),
      (
        ["create", "x", "--type", "training", "--cluster", "c", "--label", "k=1", "--label", "k=2"],
        "the label 'k' is given twice"
      ),
      (
        ["create", "x", "--type", "workspace", "--cluster", "c", "--url", "file:///etc/passwd"],
        "begins with http:// or https://"
      ),
      (
        ["create", "a\nb", "--type", "training", "--cluster", "c"],
        "the name has a control character at byte 1"
      ),
      (["create", "", "--type", "training", "--cluster", "c"], "the name is empty"),
      (
        ["create", String(repeating: "n", count: 257), "--type", "training", "--cluster", "c"],
        "the name is 257 bytes long; 256 is the most"
      ),
      (["terminate", "x"], "terminate needs --reason"),
      (["start"], "Missing expected argument '<workload> ...'"),
      (["start", "a", "b", "--expected-version", "1"], "--expected-version is about one workload, not 2"),
      (["start", "x", "--at", "2023-13-01"], "'2023-13-01' is no time"),
      (["delete-result", "x"], "say either --deleted or --failed REASON"),
      (["delete-result", "x", "--deleted", "--failed", "y"], "say either --deleted or --failed REASON"),
      (["quota", "set", "alice"], "say what to limit with --cpu, --memory or --gpu"),
      (["import", "x", "--format", "csv"], "--format csv needs --mapping FILE"),
      (["import", "x", "--format", "swf"], "'swf'"),
      (["import", "x", "--format", "cloudevents", "--mapping", "m"], "--mapping is for --format csv"),
      (["export", "x"], "Missing expected argument '--format <format>'"),
      (["replay", "--rebuild", "--to", "3"], "--rebuild folds the whole log"),
      (["redact"], "say whose name is to be destroyed, or --list or --scrub"),
      (["redact", "alice"], "redact needs --reason TEXT"),
      (["redact", "--list", "--scrub"], "--list and --scrub are two things"),
      (["redact", "alice", "--list"], "--list is about all redactions"),
      (["redact", "alice", "--reason", ""], "the reason is empty"),
      (["redact", "alice", "--reason", "alice asked"], "the reason holds the name"),
      (["redact", "alice", "--reason", "x", "--as", "redacted-1"], "nobody can act as 'redacted-1'"),
      (["project", "add-member", "vision", "redacted-1"], "nobody can be called 'redacted-1'"),
      (["init", "--ledger", ""], "--ledger needs a folder"),
    ] as [([String], String)])
  func `what makes no sense is a usage error that says what would`(_ arguments: [String], _ message: String)
    throws
  {
    let result = try CommandLineRun().run(arguments)
    #expect(result.status == 64, "\(arguments): \(result.errors)")
    #expect(result.errors.hasPrefix("Error: "), "\(result.errors)")
    #expect(result.errors.contains(message), "\(arguments): \(result.errors)")
    #expect(result.output == "")
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func `there are completions for the shell`(_ shell: String) throws
  {
    let script = try CommandLineRun(empty: true).run("--generate-completion-script", shell)
    #expect(script.status == 0)
    for word in ["delete-result", "Fine-Tuning", "Delete-Requested"] { #expect(script.output.contains(word)) }
  }
}

struct `Where the ledger is` {
  @Test func `a missing ledger is a failure that says how to make one`() throws {
    let run = try CommandLineRun(empty: true)
    for arguments in [
      ["list"], ["status"], ["history"], ["replay"], ["start", "x"], ["project", "create", "p"],
    ] {
      let result = try run.run(arguments)
      #expect(result.status == 1)
      #expect(
        result.errors == """
          Error: there is no ledger in \(run.folder)/ledger: make one with 'workledger init', \
          or name another with --ledger

          """)
      #expect(result.output == "")
    }
  }

  @Test func `init makes it once`() throws {
    let run = try CommandLineRun(empty: true)
    let first = try run.run("init")
    #expect(first.errors == "made an empty ledger in \(run.folder)/ledger\n")
    #expect(first.output == "" && first.status == 0)
    let id = try run.run("status", "-o", "json").json()["id"] as? String
    let second = try run.run("init")
    #expect(second.errors == "there is a ledger in \(run.folder)/ledger already; nothing was changed\n")
    #expect(second.output == "" && second.status == 0)
    #expect(try run.run("status", "-o", "json").json()["id"] as? String == id)
  }

  @Test func `the option wins over the variable, the variable over the data folder, that over home`() throws {
    let run = try CommandLineRun(empty: true)
    let data: [String: String?] = ["WORKLEDGER_DIR": nil, "XDG_DATA_HOME": run.folder + "/data"]
    let cases: [([String], [String: String?], String)] = [
      (["--ledger", run.folder + "/option"], [:], "/option"), ([], [:], "/ledger"),
      ([], data, "/data/workledger"),
      ([], ["WORKLEDGER_DIR": nil], "/.local/share/workledger"),
      ([], ["WORKLEDGER_DIR": ""], "/.local/share/workledger"),
    ]
    for (arguments, environment, path) in cases {
      _ = try run.run(["init"] + arguments, environment: environment)
      let status = try run.run(["status", "-o", "json"] + arguments, environment: environment)
      #expect(try status.json()["path"] as? String == run.folder + path)
    }
  }
}
