import WorkloadModel

/// A field of a workload with the event that gave it its present value.
public struct FieldOrigin: Hashable, Sendable {
  /// The field.
  public var field: WorkloadField
  /// What it holds; of an actor whom nobody knows, `unknown`.
  public var value: WorkloadField.Value
  /// The event that set it last: its position, when, by whom and reported by whom.
  public var event: Event
}

extension WorkloadDetails {
  /// For each field that has a value, in their order, which event of the timeline set it.
  ///
  /// Folded from the timeline by the rules of the domain themselves (`Decider.evolve`). An event that was
  /// kept as an anomaly sets nothing but `version` and `lastPosition`, which count every event.
  public var blame: [FieldOrigin] {
    var fold = FieldOriginFold()
    for (index, event) in timeline.enumerated() { fold.fold(event, at: index) }
    return WorkloadField.allCases.compactMap { field in
      guard let index = fold.setters[field] else { return nil }
      let value = workload.value(of: field) ?? (field.isActor ? .text("unknown") : nil)
      return value.map { FieldOrigin(field: field, value: $0, event: timeline[index]) }
    }
  }
}

/// Finds out which fields each event sets, without a second copy of the rules.
///
/// Before an event is folded, every field that the rules write but never ask for is overwritten with a value
/// that no event can give; what is something else afterwards was set by the event, even where it is the same
/// as before. So a next attempt at the very time of the one before it is still told apart from it.
private struct FieldOriginFold {
  private var state: WorkloadState?
  /// By field, the place in the timeline of the event that set it last.
  private(set) var setters: [WorkloadField: Int] = [:]

  private static let noTime = Timestamp(microseconds: .max)
  private static let noName = NameNumber(rawValue: .max)
  private static let noPosition = UInt64.max

  mutating func fold(_ event: Event, at index: Int) {
    setters[.lastPosition] = index
    guard event.kind.isOfWorkload else { return }
    var fact = WorkloadFact(
      event.kind, position: event.position, occurredAt: event.occurredAt, actor: .unknown)
    fact.isApplied = event.isApplied
    fact.timeIsBound = event.timeIsBound
    fact.hasReason = event.reason != nil
    guard var folded = state else { return begin(fact, at: index) }
    let attempt = folded.attempt
    Self.forget(&folded)
    Decider.evolve(&folded, fact)
    setters[.version] = index
    if folded.attempt != attempt { setters[.attempt] = index }
    if folded.statusSince != Self.noTime {
      setters[.status] = index
      setters[.statusSince] = index
    }
    if folded.reasonPosition != Self.noPosition { setters[.statusReason] = index }
    if folded.queuedAt != Self.noTime { setters[.queuedAt] = index }
    if folded.startedAt != Self.noTime { setters[.startedAt] = index }
    if folded.finishedAt != Self.noTime { setters[.finishedAt] = index }
    if folded.deleteRequestedAt != Self.noTime { setters[.deleteRequestedAt] = index }
    if folded.deleteRequestedBy != Self.noName { setters[.deleteRequestedBy] = index }
    if folded.deletedAt != Self.noTime { setters[.deletedAt] = index }
    if folded.deletedBy != Self.noName { setters[.deletedBy] = index }
    state = folded
  }

  /// The creation, implied or not, sets what describes the workload and where it begins.
  private mutating func begin(_ fact: WorkloadFact, at index: Int) {
    let creation = WorkloadFact.Creation(
      project: .unknown, cluster: .unknown, owner: .unknown, type: nil, resources: Resources())
    state = WorkloadState(created: fact, creation)
    let fields: [WorkloadField] = [
      .id, .name, .type, .status, .statusReason, .statusSince, .project, .cluster, .owner, .resources, .url,
      .labels, .sourceID, .attempt, .version, .createdAt, .createdBy,
    ]
    for field in fields { setters[field] = index }
  }

  /// Overwrites what the rules only write. Whether they ask for one of these one day is what the tests
  /// notice.
  private static func forget(_ state: inout WorkloadState) {
    state.statusSince = noTime
    state.reasonPosition = noPosition
    state.queuedAt = noTime
    state.startedAt = noTime
    state.finishedAt = noTime
    state.deleteRequestedAt = noTime
    state.deleteRequestedBy = noName
    state.deletedAt = noTime
    state.deletedBy = noName
  }
}
