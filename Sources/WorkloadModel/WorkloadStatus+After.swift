extension WorkloadStatus {
  /// The status after an event that took effect: what `Decider.evolve` makes of a state with this status, whatever
  /// else is in that state.
  ///
  /// A report of the run hides behind a deletion, which never ends but in another step of the deletion; so the
  /// status alone says what follows from it. An index over statuses needs no other part of the state.
  package func after(_ kind: EventKind) -> WorkloadStatus {
    switch kind {
    case .queued: isOfDeletion ? self : .pending
    case .started: isOfDeletion ? self : .running
    case .completed: isOfDeletion ? self : .complete
    case .failed: isOfDeletion ? self : .failed
    case .terminated: isOfDeletion ? self : .terminated
    case .contactLost: isOfDeletion ? self : .unknown
    case .deleteRequested: .deleteRequested
    case .deleteFailed: .deleteFailed
    case .deleted: .deleted
    case .created, .actionRefused, .projectCreated, .memberAdded, .memberRemoved, .quotaSet: self
    }
  }

  /// Whether the status says how far the deletion has come, and nothing of the run.
  package var isOfDeletion: Bool { self == .deleteRequested || self == .deleteFailed || self == .deleted }
}
