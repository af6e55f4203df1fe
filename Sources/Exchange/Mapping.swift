import WorkloadModel

/// How the rows of a CSV file become events: the mapping file, read and checked.
///
/// `schemas/mapping.schema.json` describes the language, and `schemas/mapping/examples` shows it.
public struct Mapping: Sendable {
  /// How the rows are written.
  public let format: CSVFormat
  /// The CloudEvents source of the events; with the source id it makes a workload's identity.
  public let source: String
  /// The columns that are used, in the order in which the mapping names them.
  let columns: [Column]
  /// The workload's id where it came from.
  let subject: ColumnSlot
  let reporter: Value?
  let workload: WorkloadFields
  let events: [EventRule]

  /// A column that the mapping uses.
  struct Column: Hashable, Sendable {
    enum Name: Hashable, Sendable {
      case name(String)
      /// From 1.
      case number(Int)
    }
    var name: Name
    /// Where the mapping names it first, for messages.
    var error: DocumentError
  }

  /// A place in `columns`.
  typealias ColumnSlot = Int

  /// What `created` says, and `project` for all events.
  struct WorkloadFields: Sendable {
    var name: Value?
    var type: Value?
    var project: Value?
    var cluster: Value?
    var owner: Value?
    var url: Value?
    var cpuMillicores: Value?
    var memoryBytes: Value?
    var gpuMilli: Value?
    /// Sorted by key, byte by byte, as they are stored.
    var labels: [(key: [UInt8], value: Value)] = []
  }

  /// An event that a row gives where its condition holds.
  ///
  /// A class: every row asks all of them, and to look at one should not copy it.
  final class EventRule: Sendable {
    let kind: EventKind
    let condition: Condition?
    let time: TimeRule
    /// The row says the latest time at which it can have happened.
    let timeIsBound: Bool
    let actor: Value?
    let reason: Value?
    /// The source's own id of the event.
    let id: Value?

    init(
      _ kind: EventKind, if condition: Condition?, time: TimeRule, timeIsBound: Bool, actor: Value?,
      reason: Value?, id: Value?
    ) {
      self.kind = kind
      self.condition = condition
      self.time = time
      self.timeIsBound = timeIsBound
      self.actor = actor
      self.reason = reason
      self.id = id
    }
  }

  /// How a column says a time.
  struct TimeRule: Sendable {
    enum Unit: Sendable, Hashable {
      case rfc3339
      /// A number of units of so many microseconds since `zero`.
      case microseconds(Int64)
    }
    var column: ColumnSlot
    var unit: Unit
    var zero: Timestamp
    /// Values that say "then or before".
    var atOrBefore: TextList
  }

  /// Where a field's value comes from.
  indirect enum Value: Sendable {
    case constant([UInt8])
    /// A column, and what is done to its text unless it is taken as it is.
    case column(ColumnSlot, Reading?)
    /// The first rule whose condition holds; a rule without one always does.
    case rules([(condition: Condition?, value: Value?)])
  }

  /// What is done to a column's text.
  struct Reading: Sendable {
    /// What an amount is multiplied by; nil where nothing is said.
    var times: Int64?
    /// Texts that stand for others; where there are any, no others are allowed.
    var words: [[UInt8]: [UInt8]] = [:]
    /// Texts that mean that there is no value; the empty text always does.
    var missing = TextList()
  }

  /// What a row must be like.
  indirect enum Condition: Sendable {
    case isText(ColumnSlot, TextList)
    /// The column is one of these numbers; 08 is 8.
    case isNumber(ColumnSlot, [Int64])
    case isBetween(ColumnSlot, ClosedRange<Int64>)
    case isEmpty(ColumnSlot, Bool)
    case all([Condition])
    case any([Condition])
    case not(Condition)
    /// Whether this is the first event of its workload in this import.
    case isFirstOfSubject
  }

  /// Whether workloads that were seen must be remembered.
  var remembersSubjects: Bool {
    func asks(_ condition: Condition?) -> Bool {
      switch condition {
      case .isFirstOfSubject: true
      case .all(let parts), .any(let parts): parts.contains(where: asks)
      case .not(let part): asks(part)
      case .isText, .isNumber, .isBetween, .isEmpty, nil: false
      }
    }
    return events.contains { asks($0.condition) }
  }
}
