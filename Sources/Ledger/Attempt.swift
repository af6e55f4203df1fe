import WorkloadModel

/// One attempt of a workload to run, in times, as far as they are known.
struct Attempt: BitwiseCopyable {
  /// Since when it waits: the first since the creation (or since it was queued, where that time alone is known), a
  /// later one since it was queued. Not known of one that was started again without waiting.
  var waitsSince = Timestamp.unknown
  var hasStarted = false
  var startedAt = Timestamp.unknown
  var hasEnded = false
  var endedAt = Timestamp.unknown
  /// How the run ended; nil while it lasts, and of one that was put back into the queue.
  var end: Run?

  init(waitsSince: Timestamp) { self.waitsSince = waitsSince }

  /// The only attempt of a workload, where its state says all about it; nil where its timeline must be asked.
  ///
  /// A state has the times of the last attempt alone, and it does not say whether a run that has ended was never
  /// started or just nobody knows when.
  init?(only state: WorkloadState) {
    guard state.attempt == 1, state.startedAt.isKnown || !state.run.hasEnded else { return nil }
    waitsSince = state.createdAt.isKnown ? state.createdAt : state.queuedAt
    hasStarted = state.startedAt.isKnown || state.run == .running
    startedAt = state.startedAt
    hasEnded = state.run.hasEnded
    endedAt = state.finishedAt
    end = state.run.hasEnded ? state.run : nil
  }
}

/// Finds the attempts of a workload in its timeline.
struct AttemptFold {
  private var state: WorkloadState
  /// In order; the last one may go on.
  private(set) var attempts: [Attempt]

  init(created state: WorkloadState) {
    self.state = state
    attempts = [Attempt(waitsSince: state.createdAt)]
  }

  mutating func fold(_ fact: WorkloadFact) {
    let before = state
    Decider.evolve(&state, fact)
    guard state.run != before.run else { return }
    let time = fact.timeIsBound ? Timestamp.unknown : fact.occurredAt
    if state.attempt != before.attempt {
      if before.run == .running { end(nil, at: time) }
      attempts.append(Attempt(waitsSince: .unknown))
    }
    let last = attempts.count - 1
    switch state.run {
    case .added: break
    case .pending: if !attempts[last].waitsSince.isKnown { attempts[last].waitsSince = time }
    case .running: (attempts[last].hasStarted, attempts[last].startedAt) = (true, time)
    case .complete, .failed, .terminated: end(state.run, at: time)
    }
  }

  private mutating func end(_ run: Run?, at time: Timestamp) {
    let last = attempts.count - 1
    (attempts[last].hasEnded, attempts[last].endedAt, attempts[last].end) = (true, time, run)
  }
}
