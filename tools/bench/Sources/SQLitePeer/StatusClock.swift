import Glibc
import SQLite
import WorkloadModel

/// How long a workload was in each status, from the rows of its timeline by the rules of the domain.
struct StatusClock {
  private var state: WorkloadState?
  private var since = Timestamp.unknown
  private var totals: [WorkloadStatus: Int64] = [:]

  /// Folds a row of the timeline: position, kind, flags, …, actor (4), occurred at (7), reason (12).
  mutating func fold(_ row: Statement, _ kind: EventKind) {
    guard kind.isOfWorkload else { return }
    let flags = row.int(2)
    var fact = WorkloadFact(
      kind, position: UInt64(row.int(0)), occurredAt: Timestamp(microseconds: row.int(7)),
      actor: NameNumber(rawValue: UInt32(row.int(4))))
    fact.isApplied = flags & 1 != 0
    fact.timeIsBound = flags & 2 != 0
    fact.hasReason = !row.isNull(12)
    guard var state else {
      let created = WorkloadState(
        created: fact,
        WorkloadFact.Creation(
          project: .unknown, cluster: .unknown, owner: .unknown, type: nil, resources: Resources()))
      state = created
      since = created.createdAt
      return
    }
    let before = state.status
    Decider.evolve(&state, fact)
    self.state = state
    guard state.status != before else { return }
    let time = fact.timeIsBound ? .unknown : fact.occurredAt
    close(before, at: time)
    since = time
  }

  /// The durations in seconds; what has not ended is counted up to now.
  mutating func finish() -> [DetailsAnswer.StatusTime] {
    if let state, !(state.status == .deleted || state.deletion == .none && state.run.hasEnded) {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      close(
        state.status, at: Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000))
    }
    return WorkloadStatus.allCases.compactMap { status in
      totals[status].map {
        DetailsAnswer.StatusTime(status: status.label, seconds: Double($0) / 1_000_000)
      }
    }
  }

  private mutating func close(_ status: WorkloadStatus, at time: Timestamp) {
    guard since.isKnown, time.isKnown else { return }
    totals[status, default: 0] += max(0, time.microseconds - since.microseconds)
  }
}
