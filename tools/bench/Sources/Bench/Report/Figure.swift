/// One line of the table: what we measured of the ledger, of the floor and of SQLite in one run.
struct Figure {
  enum Unit: String {
    case eventsPerSecond = "events/s"
    case microseconds = "µs"
    case bytes = "B/event"
  }

  /// What has to be reached, as the issue says it.
  struct Target {
    var text: String
    var isMet: Bool
  }

  var name: String
  /// Events, or workloads of the project.
  var size: Int
  var unit: Unit
  var ours: Double
  var floor: Double?
  var peer: Double?
  var target: Target?
  /// What the columns do not say.
  var note: String?

  init(
    _ name: String, size: Int, _ unit: Unit, ours: Double, floor: Double? = nil, peer: Double? = nil,
    target: Target? = nil, note: String? = nil
  ) {
    (self.name, self.size, self.unit) = (name, size, unit)
    (self.ours, self.floor, self.peer) = (ours, floor, peer)
    (self.target, self.note) = (target, note)
  }

  /// How many times as good as another: above 1 is better, whatever the unit.
  func ratio(to other: Double?) -> Double? {
    other.map { unit == .eventsPerSecond ? ours / $0 : $0 / ours }
  }
}

extension Figure.Target {
  /// A target of two or more parts: all must be met.
  init(_ parts: (text: String, isMet: Bool)...) {
    text = parts.map(\.text).joined(separator: "; ")
    isMet = parts.allSatisfy(\.isMet)
  }
}
