public import WorkloadModel

/// What makes one generated history differ from another: the same options give the same events for ever.
public struct HistoryOptions: Hashable, Sendable {
  /// Where the randomness begins.
  public var seed: UInt64
  /// How many events there are.
  public var events: Int
  /// How many projects, 1 to 4,096.
  public var projects: Int
  /// How many users, at least as many as projects, at most a million.
  public var users: Int
  /// When the first event occurs.
  public var start: Timestamp
  /// Over how many days the events are spread, about.
  public var days: Int

  /// Options for `events` events; what is nil follows from their number.
  public init(
    events: Int, seed: UInt64 = 1, projects: Int? = nil, users: Int? = nil, start: Timestamp? = nil,
    days: Int? = nil
  ) {
    self.events = events
    self.seed = seed
    let users = users ?? max(12, min(5000, events / 500), projects ?? 0)
    self.users = users
    self.projects = projects ?? max(4, min(24, users / 12))
    self.start = start ?? Timestamp(microseconds: 1_767_225_600_000_000)
    self.days = days ?? (events <= 1_000_000 ? 30 : events <= 10_000_000 ? 90 : 365)
  }

  /// What is wrong with the options, as a sentence for people; nil where nothing is.
  public var flaw: String? {
    if !(1...1_000_000_000).contains(events) { return "events must be 1 to 1,000,000,000, not \(events)" }
    if !(1...4096).contains(projects) { return "projects must be 1 to 4,096, not \(projects)" }
    if !(projects...1_000_000).contains(users) {
      return "users must be \(projects) (one for each project) to 1,000,000, not \(users)"
    }
    if !(1...36_500).contains(days) { return "days must be 1 to 36,500, not \(days)" }
    let last = Timestamp(microseconds: 7_258_118_400_000_000)
    if start.microseconds < 0 || start > last {
      return "the start must be in the years 1970 to 2199, not \(start.rfc3339)"
    }
    return nil
  }

  /// The CloudEvents source of all events.
  public var source: String { "urn:workledger:generated:\(seed)" }
}
