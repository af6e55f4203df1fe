import ArgumentParser
import Ledger
import Presentation
import WorkloadModel

/// Which deletions, and whether what is over is shown too.
struct DeletionCaseOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Only of this workload: an id, the beginning of one, or a name.", valueName: "workload"),
    completion: Completions.workloads)
  var workload: String?
  @Flag(help: "Every request with its result, done ones too.") var all = false
  @Flag(help: "Only requests that got no result.") var withoutResult = false
  @Flag(help: "Only results that nobody asked for.") var withoutRequest = false
  @Option(
    help: ArgumentHelp(
      "Only what was asked for longer ago than this: \(DurationInput.help).", valueName: "duration"),
    transform: DurationInput.parse)
  var olderThan: DurationInput?

  func validate() throws {
    guard withoutRequest else { return }
    if withoutResult {
      throw ValidationError("--without-request and --without-result leave nothing; leave one out")
    }
    if olderThan != nil {
      throw ValidationError("--older-than is about requests; leave it or --without-request out")
    }
  }

  /// Whether requests are shown with their results, and not the queue.
  var areWanted: Bool { workload != nil || all || withoutRequest }
  /// Whether the queue is not shown whole.
  var areFiltered: Bool { withoutResult || olderThan != nil }

  /// Whether an entry of the queue is asked for. One that failed got a result.
  func accepts(_ entry: PendingDeletion, _ now: Timestamp) -> Bool {
    if withoutResult, entry.workload.status != .deleteRequested { return false }
    guard let bound = requestedBefore(now) else { return true }
    return entry.requestedAt.map { $0 < bound } ?? false
  }

  /// Prints requests with their results, as they were at a moment.
  func run(_ session: Session, _ moment: Moment, _ format: OutputFormat) throws {
    let scope: DeletionCaseQuery.Scope =
      if let workload { .workload(try session.visibleWorkload(workload, moment: moment).id) } else {
        .project(try session.project())
      }
    var query = DeletionCaseQuery(scope)
    query.isWithoutRequest = withoutRequest
    query.isWithoutResult = withoutResult
    query.requestedBefore = requestedBefore(try session.ledger.time(of: moment, now: session.now))
    query.moment = moment
    var printer = Printer<DeletionCase>(format) { $0.id }
    var failure: (any Error)?
    var count = 0
    try session.ledger.deletionCases(query) { (found) throws(LedgerError) in
      do { try printer.add(found) } catch { failure = failure ?? error }
      count += 1
    }
    if let failure { throw failure }
    try printer.finish()
    if count == 0 { Message.note("no deletions match") }
  }

  private func requestedBefore(_ now: Timestamp) -> Timestamp? {
    olderThan.map { Timestamp(microseconds: now.microseconds - $0.microseconds) }
  }
}
