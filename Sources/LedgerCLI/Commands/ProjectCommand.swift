import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// `workledger project …`
struct ProjectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "project", abstract: "Projects and who belongs to them.",
    subcommands: [
      ProjectCreateCommand.self, ProjectListCommand.self, ProjectAddMemberCommand.self,
      ProjectRemoveMemberCommand.self,
    ])
}

/// `workledger project create P`
struct ProjectCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a project; its creator is the first member.",
    usage: "workledger project create <project> [<options>]",
    discussion: """
      EXAMPLES:
        workledger project create vision
        workledger project create vision --as alice
      """)

  @Argument(help: "The project's name.") var project: String
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let name = try checked(project, "the project's name")
    var submission = Submission(try Session(ledger, actor, writes: true))
    try submission.add(.projectCreated, .none, "project \(name)", project: name)
    try submission.send()
    try submission.report(output.output)
  }
}

/// `workledger project list`
struct ProjectListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the projects and their members.",
    usage: "workledger project list [<options>]",
    discussion: """
      With --as only the projects of that user.

      EXAMPLES:
        workledger project list
        workledger project list --as alice -o json
      """)

  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let session = try Session(ledger, actor)
    var printer = Printer<ProjectStatus>(output.output)
    var count = 0
    for project in try session.ledger.projects()
    where !session.actor.isNamed || project.members.contains(session.actor.name) {
      try printer.add(project)
      count += 1
    }
    try printer.finish()
    if count == 0 { Message.note("no projects; make one with 'workledger project create NAME'") }
  }
}

/// `workledger project add-member P USER`
struct ProjectAddMemberCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-member", abstract: "Make a user a member of a project.",
    usage: "workledger project add-member <project> <user> [<options>]",
    discussion: """
      EXAMPLES:
        workledger project add-member vision bob
      """)

  @OptionGroup var change: MemberChange
  func run() throws { try change.send(.memberAdded) }
}

/// `workledger project remove-member P USER`
struct ProjectRemoveMemberCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove-member", abstract: "End a user's membership; the history stays.",
    usage: "workledger project remove-member <project> <user> [<options>]",
    discussion: """
      EXAMPLES:
        workledger project remove-member vision bob
      """)

  @OptionGroup var change: MemberChange
  func run() throws { try change.send(.memberRemoved) }
}

/// What adding and removing a member share.
struct MemberChange: ParsableArguments {
  @Argument(help: "The project.", completion: Completions.projects) var project: String
  @Argument(help: "The user.") var user: String
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func send(_ kind: EventKind) throws {
    let project = try checked(project, "the project's name")
    let user = try checked(user, "the user's name")
    var submission = Submission(try Session(ledger, actor, writes: true))
    try submission.add(kind, .none, "\(user), project \(project)", project: project) { event, batch in
      event.owner = batch.intern(.user, user)
    }
    try submission.send()
    try submission.report(output.output)
  }
}
