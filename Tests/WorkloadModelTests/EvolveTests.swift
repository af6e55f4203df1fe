import Testing
import WorkloadModel

struct `Folding a workload's events` {
  private static let alice = NameNumber(rawValue: 7)
  private static let bob = NameNumber(rawValue: 8)

  private static func fact(
    _ kind: EventKind, _ position: UInt64, by actor: NameNumber = alice, bound: Bool = false,
    reason: Bool = false
  ) -> WorkloadFact {
    var fact = WorkloadFact(
      kind, position: position, occurredAt: Timestamp(microseconds: Int64(position)), actor: actor)
    fact.timeIsBound = bound
    fact.hasReason = reason
    return fact
  }

  private static func state(_ kinds: EventKind...) -> WorkloadState {
    let creation = WorkloadFact.Creation(
      project: NameNumber(rawValue: 1), cluster: NameNumber(rawValue: 2), owner: alice, type: .inference,
      resources: Resources(cpuMillicores: 1, memoryBytes: 2, gpuMilli: 3))
    var state = WorkloadState(created: fact(.created, 10), creation)
    for (index, kind) in kinds.enumerated() { Decider.evolve(&state, fact(kind, UInt64(index) + 11)) }
    return state
  }

  private static func at(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds) }

  @Test func `a creation gives all that it says`() {
    let state = Self.state()
    #expect(state.stream == 10)
    #expect(state.version == 1 && state.attempt == 1 && state.deletionAttempts == 0)
    #expect(state.createdAt == Self.at(10) && state.statusSince == Self.at(10))
    #expect(state.createdBy == Self.alice)
    #expect(state.status == .added && state.held == Resources())
  }

  @Test func `each step leaves its time`() {
    let state = Self.state(.queued, .started, .completed)
    #expect(state.queuedAt == Self.at(11) && state.startedAt == Self.at(12))
    #expect(state.finishedAt == Self.at(13) && state.statusSince == Self.at(13))
    #expect(state.attempt == 1 && state.version == 4)
  }

  @Test func `a next attempt forgets the times of the one before`() {
    let requeued = Self.state(.queued, .started, .failed, .queued)
    #expect(requeued.attempt == 2 && requeued.queuedAt == Self.at(14))
    #expect(requeued.startedAt == .unknown && requeued.finishedAt == .unknown)
    let restarted = Self.state(.queued, .started, .terminated, .started)
    #expect(restarted.attempt == 2 && restarted.queuedAt == .unknown)
    #expect(restarted.startedAt == Self.at(14) && restarted.finishedAt == .unknown)
    let preempted = Self.state(.started, .queued)
    #expect(preempted.attempt == 2 && preempted.startedAt == .unknown)
  }

  @Test func `a report after contact was lost brings it back and keeps the times`() {
    let running = Self.state(.queued, .started, .contactLost, .started)
    #expect(running.status == .running && running.contact == .known)
    #expect(running.startedAt == Self.at(12) && running.attempt == 1)
    #expect(running.statusSince == Self.at(14))
    let waiting = Self.state(.queued, .contactLost, .queued)
    #expect(waiting.status == .pending && waiting.queuedAt == Self.at(11) && waiting.attempt == 1)
  }

  @Test func `a deletion ends a run that had not ended, and no other`() {
    let running = Self.state(.started, .deleteRequested, .deleted)
    #expect(running.run == .terminated && running.finishedAt == Self.at(13))
    #expect(running.deletedAt == Self.at(13) && running.deletedBy == Self.alice)
    #expect(running.held == Resources())
    let complete = Self.state(.started, .completed, .deleted)
    #expect(complete.run == .complete && complete.finishedAt == Self.at(12))
  }

  @Test func `a workload under deletion still holds what it runs with`() {
    let state = Self.state(.started, .deleteRequested)
    #expect(state.status == .deleteRequested && state.held == state.resources)
    #expect(Self.state(.started, .contactLost).held == state.resources)
  }

  @Test func `each request of a deletion counts and says who`() {
    var state = Self.state(.deleteRequested, .deleteFailed)
    Decider.evolve(&state, Self.fact(.deleteRequested, 13, by: Self.bob))
    #expect(state.deletionAttempts == 2 && state.deleteRequestedBy == Self.bob)
    #expect(state.deleteRequestedAt == Self.at(13))
  }

  @Test func `a time that is only a bound is no time`() {
    var state = Self.state()
    Decider.evolve(&state, Self.fact(.started, 11, bound: true))
    #expect(state.startedAt == .unknown && state.statusSince == .unknown && state.run == .running)
    let creation = WorkloadFact.Creation(
      project: .unknown, cluster: .unknown, owner: .unknown, type: nil, resources: Resources())
    let implied = WorkloadState(created: Self.fact(.created, 1, bound: true), creation)
    #expect(implied.createdAt == .unknown)
  }

  @Test func `a reason is that of the present status`() {
    var state = Self.state(.started)
    Decider.evolve(&state, Self.fact(.failed, 12, reason: true))
    #expect(state.reasonPosition == 12)
    Decider.evolve(&state, Self.fact(.queued, 13))
    #expect(state.reasonPosition == 0)
    Decider.evolve(&state, Self.fact(.deleteRequested, 14, reason: true))
    // The label stays, so the reason does too: the run goes on under the deletion.
    Decider.evolve(&state, Self.fact(.started, 15))
    #expect(state.reasonPosition == 14)
  }

  @Test func `a refused action only becomes the newest record`() {
    var state = Self.state(.started)
    let before = state
    Decider.note(refusalAt: 99, on: &state)
    #expect(state.lastPosition == 99 && state.version == before.version && state.run == before.run)
  }
}
