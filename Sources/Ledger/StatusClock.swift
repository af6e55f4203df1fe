import WorkloadModel

/// Sums up how long a workload was in each status, while its timeline is folded.
///
/// By the sources' clocks; a step that is dated before the one before it counts as no time. A status whose
/// beginning or end is not known is not counted: zero would be a claim.
struct StatusClock {
  private var state: WorkloadState?
  private var since: Timestamp = .unknown
  private var totals = [Int64](repeating: -1, count: WorkloadStatus.allCases.count)

  mutating func fold(_ fact: WorkloadFact) {
    guard var state else {
      guard let creation = fact.creation else { return }
      let created = WorkloadState(created: fact, creation)
      state = created
      since = created.createdAt
      return
    }
    let before = state.status
    Decider.evolve(&state, fact)
    self.state = state
    guard state.status != before else { return }
    let time = fact.timeIsBound ? Timestamp.unknown : fact.occurredAt
    close(before, at: time)
    since = time
  }

  private mutating func close(_ status: WorkloadStatus, at time: Timestamp) {
    guard since.isKnown, time.isKnown else { return }
    let duration = max(0, time.microseconds - since.microseconds)
    totals[Int(status.rawValue)] = max(0, totals[Int(status.rawValue)]) + duration
  }

  /// The durations in the order of the page; an end that lasts is not counted up, a status that waits is.
  mutating func finish(now: Timestamp) -> [WorkloadDetails.StatusDuration] {
    if let state, !(state.status == .deleted || state.deletion == .none && state.run.hasEnded) {
      close(state.status, at: now)
    }
    return WorkloadStatus.allCases.compactMap { status in
      let total = totals[Int(status.rawValue)]
      return total < 0 ? nil : WorkloadDetails.StatusDuration(status: status, microseconds: total)
    }
  }
}
