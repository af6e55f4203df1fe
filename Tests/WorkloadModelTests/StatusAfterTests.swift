import Testing
import WorkloadModel

struct `The status after an event` {
  @Test func `is what the fold makes of any state with the status before`() {
    var compared = 0
    for run in Run.allCases {
      for deletion in Deletion.allCases {
        for contact in Contact.allCases {
          for kind in EventKind.allCases {
            var state = WorkloadState(
              created: WorkloadFact(
                .created, position: 1, occurredAt: Timestamp(microseconds: 0), actor: .unknown),
              WorkloadFact.Creation(
                project: .unknown, cluster: .unknown, owner: .unknown, type: nil, resources: Resources()))
            (state.run, state.deletion, state.contact) = (run, deletion, contact)
            // Nothing takes effect after a deletion but in a log that was made by other rules.
            if deletion == .deleted, kind == .deleteRequested || kind == .deleteFailed { continue }
            let before = state.status
            Decider.evolve(
              &state,
              WorkloadFact(kind, position: 2, occurredAt: Timestamp(microseconds: 1), actor: .unknown))
            #expect(before.after(kind) == state.status, "\(run) \(deletion) \(contact) \(kind)")
            compared += 1
          }
        }
      }
    }
    #expect(compared > 600)
  }
}
