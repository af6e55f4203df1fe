import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// Which events: the filters of `history`, for every command that asks for events.
struct HistoryFilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Caused by this actor; 'unknown' where nobody knows.", valueName: "user"))
  var actor: String?
  @Option(
    help: ArgumentHelp(
      "Told by this reporter, as in alice@node; 'unknown' where nobody knows.", valueName: "reporter"))
  var reporter: String?
  @Flag(help: "Only what was kept although it contradicted what the ledger knew, and changed nothing.")
  var anomalies = false
  @Option(
    help: ArgumentHelp(
      "Only what occurred and was recorded at times further apart than this: \(DurationInput.help).",
      valueName: "duration"), transform: DurationInput.parse)
  var apart: DurationInput?
  @Option(
    name: .customLong("action"),
    help: ArgumentHelp(
      "Any of these events, as in created or 'delete requested'; may be repeated.", valueName: "action"),
    completion: Vocabulary.actionWords, transform: Vocabulary.actions)
  var actions: [[EventKind]] = []
  @Option(
    name: .customLong("type"), help: "Of workloads of any of these types; may be repeated.",
    completion: Vocabulary.typeWords, transform: Vocabulary.types)
  var types: [[WorkloadType]] = []
  @Option(
    help: ArgumentHelp("Of workloads with this in their name; case does not matter.", valueName: "text"))
  var name: String?
  @Option(
    help: ArgumentHelp("Happened then or later: \(TimeInput.help).", valueName: "time"),
    transform: TimeInput.parse)
  var since: TimeInput?
  @Option(help: ArgumentHelp("Happened before.", valueName: "time"), transform: TimeInput.parse)
  var until: TimeInput?
  @Option(help: ArgumentHelp("From this position on.", valueName: "position")) var from: UInt64 = 1
  @Option(help: ArgumentHelp("Up to this position.", valueName: "position")) var to: UInt64?
  @OptionGroup var moment: MomentOptions
  @Flag(help: "Newest first.") var reverse = false
  @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit: Int?

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit is 0 or more, not \(limit)") }
  }

  /// What they ask for, of one workload or project where these are named.
  func query(_ session: Session, workload: String?, project: String?) throws -> HistoryQuery {
    var query = HistoryQuery()
    query.moment = moment.moment
    query.workload = try workload.map { try session.workload($0, moment: query.moment).id }
    query.project = project
    query.actor = actor
    query.reporter = reporter
    query.onlyAnomalies = anomalies
    query.apart = apart?.microseconds
    query.kinds = Set(actions.joined())
    query.types = Set(types.joined())
    query.name = name
    query.since = since?.time
    query.until = until?.time
    query.from = max(1, from)
    query.to = to
    query.isReverse = reverse
    query.limit = limit
    return query
  }

  /// Whether nothing is filtered: all events are asked for.
  var areEmpty: Bool { words.isEmpty }

  /// The filters as they could be typed, times as they were understood.
  var words: String {
    var words: [String] = []
    func add(_ option: String, _ value: String?) {
      if let value { words.append("\(option) '\(value)'") }
    }
    add("--actor", actor)
    add("--reporter", reporter)
    if anomalies { words.append("--anomalies") }
    add("--apart", apart.map { "\($0.microseconds / 1_000_000)s" })
    for kind in actions.joined() { add("--action", kind.label) }
    for type in types.joined() { add("--type", type.label) }
    add("--name", name)
    add("--since", since?.time.rfc3339)
    add("--until", until?.time.rfc3339)
    if from != 1 { add("--from", "\(from)") }
    add("--to", to.map { "\($0)" })
    switch moment.asOf?.known {
    case .position(let position)?: add("--as-of", "\(position)")
    case .recorded(let time)?: add("--as-of", time.rfc3339)
    case .checkpoint(let size, _)?: add("--as-of", "\(size)")
    case nil: break
    }
    add("--at", moment.at?.time.rfc3339)
    if reverse { words.append("--reverse") }
    add("--limit", limit.map { "\($0)" })
    return words.joined(separator: " ")
  }
}
