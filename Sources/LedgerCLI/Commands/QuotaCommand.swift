import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// `workledger quota …`
struct QuotaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quota", abstract: "Limits on what an owner may hold, and what is in use.",
    subcommands: [QuotaSetCommand.self, QuotaShowCommand.self])
}

/// `workledger quota set USER …`
struct QuotaSetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Limit what an owner may hold in a project.",
    usage: "workledger quota set <user> [<options>]",
    discussion: """
      What is not named keeps its limit; 'none' takes a limit away.

      EXAMPLES:
        workledger quota set alice --project vision --cpu 64 --memory 512Gi --gpu 8
        workledger quota set alice --project vision --gpu none
      """)

  @Argument(help: "The owner.") var user: String
  @Option(help: ArgumentHelp("CPU cores, or 'none'.", valueName: "n"), transform: Limit.thousandths)
  var cpu: Limit?
  @Option(help: ArgumentHelp("Memory, or 'none'.", valueName: "size"), transform: Limit.bytes)
  var memory: Limit?
  @Option(help: ArgumentHelp("GPUs, or 'none'.", valueName: "n"), transform: Limit.thousandths)
  var gpu: Limit?
  @OptionGroup var project: ProjectOptions
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if cpu == nil, memory == nil, gpu == nil {
      throw ValidationError("say what to limit with --cpu, --memory or --gpu")
    }
  }

  func run() throws {
    let user = try checked(user, "the user's name")
    let session = try Session(ledger, actor, project, writes: true)
    let project = try session.writableProject()
    let known = try session.limits(of: user, in: project)
    var submission = Submission(session)
    try submission.add(.quotaSet, .none, "\(user), project \(project)", project: project) { event, batch in
      event.owner = batch.intern(.user, user)
      event.resources = Resources(
        cpuMillicores: stored(cpu, known.cpuMillicores), memoryBytes: stored(memory, known.memoryBytes),
        gpuMilli: stored(gpu, known.gpuMilli))
    }
    try submission.send()
    try submission.report(output.output)
  }

  /// An amount below 0 is not limited.
  private func stored(_ limit: Limit?, _ known: Int64?) -> Int64 {
    guard let limit else { return known ?? -1 }
    return limit.amount ?? -1
  }

  /// A limit as it is typed.
  struct Limit {
    /// nil takes the limit away.
    var amount: Int64?

    static func thousandths(_ text: String) throws -> Limit {
      text == "none" ? Limit() : Limit(amount: try AmountInput.thousandths(text))
    }

    static func bytes(_ text: String) throws -> Limit {
      text == "none" ? Limit() : Limit(amount: try AmountInput.bytes(text))
    }
  }
}

extension Session {
  /// The limits that are set; none where the project or owner is not known, for the ledger will say so.
  fileprivate func limits(of user: String, in project: String) throws -> QuotaLimits {
    var known: [QuotaStatus] = []
    do throws(LedgerError) {
      known = try ledger.quotas(project: project, owner: user)
    } catch {
      guard case .notFound = error else { throw error }
    }
    return known.first?.limits ?? QuotaLimits()
  }
}

/// `workledger quota show [USER]`
struct QuotaShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the limits of a project's owners and what is in use.",
    usage: "workledger quota show [<user>] [<options>]",
    discussion: """
      EXAMPLES:
        workledger quota show --project vision
        workledger quota show alice -o json
        workledger quota show --at 2023-07-01T08:00:00Z

      THE PAST:
      \(MomentOptions.help)
      """)

  @Argument(help: "Only this owner.") var user: String?
  @OptionGroup var moment: MomentOptions
  @OptionGroup var project: ProjectOptions
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let session = try Session(ledger, actor, project)
    let project = try session.project()
    let quotas = try session.ledger.quotas(project: project, owner: user, moment: moment.moment)
    var printer = Printer<QuotaStatus>(output.output)
    for quota in quotas { try printer.add(quota) }
    try printer.finish()
    if quotas.isEmpty { Message.note("no quota is set and nothing is in use in project '\(project)'") }
  }
}
