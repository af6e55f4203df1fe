import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// `workledger list`
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the workloads of a project, newest first.",
    usage: "workledger list [<options>]",
    discussion: """
      Without Deleted, unless --all or --status says so. Several types or statuses, also between commas, mean \
      any of them; different filters must all fit.

      EXAMPLES:
        workledger list
        workledger list --status Running Pending --type Training --owner alice
        workledger list --name bert --all -o json
        workledger list --limit 1000 -o csv > workloads.csv
        workledger list --as-of 41925
        workledger list --status running --at 2023-07-01

      THE PAST:
      \(MomentOptions.help)

      The pages of a moment are of one state: the token of the next page carries the moment, whatever is \
      appended meanwhile.
      """)

  @Option(help: ArgumentHelp("A part of the name; case does not matter.", valueName: "text")) var name:
    String?
  @Option(
    name: .customLong("type"), parsing: .upToNextOption, help: "Any of these types.",
    completion: Vocabulary.typeWords, transform: Vocabulary.types)
  var types: [[WorkloadType]] = []
  @Option(
    name: .customLong("status"), parsing: .upToNextOption, help: "Any of these statuses.",
    completion: Vocabulary.statusWords, transform: Vocabulary.statuses)
  var statuses: [[WorkloadStatus]] = []
  @Option(help: ArgumentHelp("Whose.", valueName: "user")) var owner: String?
  @Option(help: "Where.") var cluster: String?
  @Flag(help: "With Deleted.") var all = false
  @Option(help: ArgumentHelp("Rows of a page, 1 to 1000.", valueName: "n")) var limit = 50
  @Option(help: ArgumentHelp("The page to show, from the page before it.", valueName: "token"))
  var pageToken: String?
  @OptionGroup var moment: MomentOptions
  @OptionGroup var project: ProjectOptions
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var actor: ActorOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...1000).contains(limit) else { throw ValidationError("--limit is 1 to 1000, not \(limit)") }
  }

  func run() throws {
    let session = try Session(ledger, actor, project)
    var query = WorkloadQuery(project: try session.project())
    query.name = name
    query.types = Set(types.joined())
    query.statuses = Set(statuses.joined())
    query.owner = owner
    query.cluster = cluster
    query.includesDeleted = all
    query.limit = limit
    query.pageToken = pageToken
    query.moment = moment.moment
    let page = try session.ledger.page(query, now: session.now)
    var printer = Printer<Workload>(output.output) { $0.id }
    for item in page.items { try printer.add(item) }
    try printer.finish { json in
      json.field("total", page.total)
      json.field("nextPageToken", page.nextPageToken)
      json.field("asOf", page.asOf)
      json.field("at", page.at)
    }
    try StandardOutput.flush()
    if output.output != .json { sayRest(of: page) }
  }

  /// How much there is, and the whole command that shows the next page.
  private func sayRest(of page: WorkloadPage) {
    let total = HumanText.count(page.total, "workload")
    var place = "in project '\(page.project)'"
    if let position = page.asOf { place += " as of position \(position)" }
    if let time = page.at { place += " at \(HumanText.time(time))" }
    if page.total == 0 { return Message.note("no workloads match \(place)") }
    guard let token = page.nextPageToken else {
      let some = page.items.count < page.total ? "the last \(HumanText.number(page.items.count)) of " : ""
      return Message.note("\(some)\(total) \(place)")
    }
    Message.note("\(HumanText.number(page.items.count)) of \(total) \(place); the next page:")
    Message.note("  workledger " + Self.words(for: token).map(shellWord).joined(separator: " "))
  }

  /// The words of this command with another page's token.
  private static func words(for token: String) -> [String] {
    var words: [String] = []
    var isToken = false
    for word in CommandLine.arguments.dropFirst() {
      if isToken || word.hasPrefix("--page-token=") {
        isToken = false
      } else if word == "--page-token" {
        isToken = true
      } else {
        words.append(word)
      }
    }
    return words + ["--page-token", token]
  }
}
