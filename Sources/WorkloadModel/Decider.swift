/// Why an observation could not be applied: it is kept, changes no status, and is listed.
/// The raw values are stored; they never change.
public enum Anomaly: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// The workload had been created before.
  case alreadyCreated = 1
  /// The workload had been deleted before.
  case afterDeletion
  /// The run had come to another state, from which this step does not follow.
  case contradictsRun
  /// The deletion had come to another state, from which this step does not follow.
  case contradictsDeletion
  /// Contact had been lost before, or there was no run to lose contact to.
  case contradictsContact

  /// The word in JSON.
  public var label: String {
    switch self {
    case .alreadyCreated: "already-created"
    case .afterDeletion: "after-deletion"
    case .contradictsRun: "contradicts-run"
    case .contradictsDeletion: "contradicts-deletion"
    case .contradictsContact: "contradicts-contact"
    }
  }
}

/// The rules of a workload's life: pure, without clock, randomness or I/O.
///
/// `allows` is the table of the design, one line an event; `anomaly` is the same table for facts, which have
/// happened and may have skipped a step; `evolve` never judges, so that a replay never judges old facts by
/// new rules.
public enum Decider {
  /// Whether the command that asks for `kind` may be carried out now.
  public static func allows(_ kind: EventKind, on state: WorkloadState) -> Bool {
    guard state.deletion != .deleted else { return false }
    switch kind {
    case .created: return false
    case .queued:
      return state.run == .added || state.run == .running || state.run == .failed || state.run == .terminated
    case .started:
      return state.run == .added || state.run == .pending || state.run == .failed || state.run == .terminated
    case .completed: return state.run == .running
    case .failed, .terminated: return !state.run.hasEnded
    case .contactLost: return !state.run.hasEnded && state.contact == .known
    case .deleteRequested: return state.deletion == .none || state.deletion == .failed
    case .deleteFailed: return state.deletion == .requested
    case .deleted: return state.deletion == .requested || state.deletion == .failed
    case .actionRefused, .projectCreated, .memberAdded, .memberRemoved, .quotaSet: return false
    }
  }

  /// What would be allowed, for the message of a refusal.
  public static func allowed(on state: WorkloadState) -> [EventKind] {
    EventKind.allCases.filter { allows($0, on: state) }
  }

  /// What keeps a fact from being applied; nil where it fits.
  ///
  /// Beyond the table a fact may skip steps: a run that completed without a start that was seen, a deletion
  /// without a request. After contact was lost, a report that only repeats the run shows that it is back.
  public static func anomaly(of kind: EventKind, on state: WorkloadState) -> Anomaly? {
    if kind == .created { return .alreadyCreated }
    if state.deletion == .deleted { return .afterDeletion }
    switch kind {
    case .created, .actionRefused, .projectCreated, .memberAdded, .memberRemoved, .quotaSet: return nil
    case .queued:
      let repeated = state.contact == .lost && state.run == .pending
      return allows(kind, on: state) || repeated ? nil : .contradictsRun
    case .started:
      let repeated = state.contact == .lost && state.run == .running
      return allows(kind, on: state) || repeated ? nil : .contradictsRun
    case .completed, .failed, .terminated: return state.run.hasEnded ? .contradictsRun : nil
    case .contactLost: return allows(kind, on: state) ? nil : .contradictsContact
    case .deleteRequested: return allows(kind, on: state) ? nil : .contradictsDeletion
    case .deleteFailed: return state.deletion == .failed ? .contradictsDeletion : nil
    case .deleted: return nil
    }
  }

  /// Folds one event of a workload's stream into its state. `created` after the first is an anomaly.
  public static func evolve(_ state: inout WorkloadState, _ fact: WorkloadFact) {
    state.version &+= 1
    state.lastPosition = fact.position
    guard fact.isApplied else { return }
    let before = state.status
    let time = fact.timeIsBound ? Timestamp.unknown : fact.occurredAt
    switch fact.kind {
    case .queued:
      let repeated = state.run == .pending
      if state.run == .running || state.run.hasEnded { beginAttempt(&state) }
      state.run = .pending
      state.contact = .known
      if !repeated { state.queuedAt = time }
    case .started:
      let repeated = state.run == .running
      if state.run.hasEnded { beginAttempt(&state) }
      state.run = .running
      state.contact = .known
      if !repeated { state.startedAt = time }
    case .completed: end(&state, .complete, time)
    case .failed: end(&state, .failed, time)
    case .terminated: end(&state, .terminated, time)
    case .contactLost: state.contact = .lost
    case .deleteRequested:
      state.deletion = .requested
      state.deletionAttempts &+= 1
      state.deleteRequestedAt = time
      state.deleteRequestedBy = fact.actor
    case .deleteFailed: state.deletion = .failed
    case .deleted:
      state.deletion = .deleted
      state.deletedAt = time
      state.deletedBy = fact.actor
      if !state.run.hasEnded { end(&state, .terminated, time) }
    case .created, .actionRefused, .projectCreated, .memberAdded, .memberRemoved, .quotaSet: return
    }
    let after = state.status
    if after != before { state.statusSince = time }
    if after != before || fact.hasReason { state.reasonPosition = fact.hasReason ? fact.position : 0 }
  }

  /// A refused action is no event of the workload: it only becomes the newest record of the timeline.
  public static func note(refusalAt position: UInt64, on state: inout WorkloadState) {
    state.lastPosition = position
  }

  private static func beginAttempt(_ state: inout WorkloadState) {
    state.attempt &+= 1
    state.queuedAt = .unknown
    state.startedAt = .unknown
    state.finishedAt = .unknown
  }

  private static func end(_ state: inout WorkloadState, _ run: Run, _ time: Timestamp) {
    state.run = run
    state.contact = .known
    state.finishedAt = time
  }
}
