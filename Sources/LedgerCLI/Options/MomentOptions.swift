import ArgumentParser
import Evidence
import Ledger
import WorkloadModel

/// The moment that a question is about.
struct MomentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What the ledger knew then: a position in the log, a recorded time, or a checkpoint's file.",
      valueName: "position|time|file"), completion: .file(),
    transform: PointInput.parse)
  var asOf: PointInput?
  @Option(
    help: ArgumentHelp(
      "What was true then, by the times at which events happened; see THE PAST.", valueName: "time"),
    transform: TimeInput.parse)
  var at: TimeInput?

  var moment: Moment { Moment(asOf: asOf?.known, at: at?.time) }

  /// What the options mean, for the discussion of a command's help.
  static let help = """
    --as-of N is what the ledger knew after its first N records, --as-of TIME what it had recorded by then, and \
    --as-of FILE what a checkpoint was signed over, which is held against the log. \
    --at TIME is what was true then: the events that had happened by that time, by their own clocks, folded in \
    the order of the log, however late they were reported. An event of which only a bound is known counts from \
    the bound on; what was not applied (an anomaly, a refusal) changes no status, and a workload is there from its \
    creation on. Both together: what was true at a time, as far as it was known at another.
    """
}

/// A point in the log as people type it: a position, or a time as everywhere.
struct PointInput {
  let known: Moment.Known

  /// What fits, for help and errors.
  static let help = "a position, a checkpoint's file, or a time: \(TimeInput.help)"

  /// Reads an option's value or says what would fit.
  static func parse(_ text: String) throws -> PointInput {
    if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
      guard let position = UInt64(text) else { throw ValidationError("'\(text)' is no position of any log") }
      return PointInput(known: .position(position))
    }
    if let input = TimeInput(argument: text) { return PointInput(known: .recorded(input.time)) }
    guard WholeFile.exists(text) else {
      throw ValidationError("'\(text)' is neither a position nor a time nor a file; write \(help)")
    }
    do {
      let head = try CheckpointInput.read(text).checkpoint.head
      return PointInput(known: .checkpoint(size: head.size, root: head.root.base64))
    } catch let failure as Failure {
      throw ValidationError(failure.message)
    }
  }
}
