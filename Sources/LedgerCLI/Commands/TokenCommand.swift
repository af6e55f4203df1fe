import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// `workledger token …`
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Tokens for the page and the HTTP API of 'serve'.",
    subcommands: [TokenIssueCommand.self, TokenListCommand.self, TokenRevokeCommand.self])
}

/// `workledger token issue USER`
struct TokenIssueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue", abstract: "Give out a token for a user; it is shown once.",
    usage: "workledger token issue <user> [--role <role>] [--cluster <cluster>] [--expires-in <time>]",
    discussion: """
      Whoever has the token acts as the user. The ledger keeps a hash of it, in the file 'tokens' beside the log.

      ROLES:
        member    sees and changes the projects that the user belongs to
        agent     sees what is on its --cluster and reports what happens there
        operator  sees everything, reports for any cluster, makes projects
        auditor   sees everything and changes nothing

      EXAMPLES:
        workledger token issue alice
        workledger token issue agent-c1 --role agent --cluster c1 --expires-in 26w
        token=$(workledger token issue auditor --role auditor --expires-in 8h)
      """)

  @Argument(help: "The user that it speaks for.") var user: String
  @Option(
    help: ArgumentHelp("member, agent, operator or auditor.", valueName: "role"),
    completion: .list(Role.words))
  var role = "member"
  @Option(help: "The cluster of an agent.") var cluster: String?
  @Option(
    help: ArgumentHelp("How long it lives, a year at most: \(DurationInput.help).", valueName: "time"),
    transform: DurationInput.parse)
  var expiresIn = DurationInput(days: 30)
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard Role(word: role, cluster: cluster) == nil else { return }
    guard Role.words.contains(role) else {
      throw ValidationError("'\(role)' is no role; there are: \(Role.words.joined(separator: ", "))")
    }
    throw ValidationError(
      role == "agent" ? "an agent needs its --cluster" : "only an agent has a --cluster, a \(role) has none")
  }

  func run() throws {
    let user = try checked(user, "the user")
    let cluster = try cluster.map { try checked($0, "the cluster") }
    guard let role = Role(word: role, cluster: cluster) else { return }
    let now = System.now
    let (token, text) = try ledger.openForWriting()
      .issueToken(for: user, role, lifetime: expiresIn.microseconds, now: now)
    try printOne(
      output.output, text: { bytes, _ in bytes += Array((text + "\n").utf8) },
      json: { token.write(text: text, to: &$0) })
    Message.note(
      "token \(token.id) for \(user), \(token.role.word), until \(HumanText.time(token.expiresAt)); it is not shown again"
    )
  }
}

/// `workledger token list`
struct TokenListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the tokens that were given out.",
    usage: "workledger token list [<options>]",
    discussion: """
      EXAMPLES:
        workledger token list
        workledger token list -o json
      """)

  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let tokens = try ledger.openForReading().tokens()
    var printer = Printer<AccessToken>(output.output)
    for token in tokens { try printer.add(token) }
    try printer.finish()
    if tokens.isEmpty { Message.note("no token was given out; 'workledger token issue USER' does") }
  }
}

/// `workledger token revoke ID`
struct TokenRevokeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "End a token's life; a running server refuses it with the next request.",
    usage: "workledger token revoke <id>",
    discussion: """
      EXAMPLES:
        workledger token revoke 1f09c4de
      """)

  @Argument(help: "The id that 'token list' shows.") var id: String
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    try ledger.openForWriting().revokeToken(id)
    Message.note("token \(id) is worth nothing any more")
  }
}
