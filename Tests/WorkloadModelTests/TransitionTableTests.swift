import LedgerTestSupport
import Testing
import WorkloadModel

struct `The table of transitions` {
  private static let subjectKinds = EventKind.allCases.filter(\.isOfWorkload)

  private static func letter(_ state: WorkloadState) -> String {
    let run = ["A", "P", "R", "C", "F", "T"][Int(state.run.rawValue)]
    let deletion = ["", "q", "f", "d"][Int(state.deletion.rawValue)]
    return run + (state.contact == .lost ? "?" : "") + deletion
  }

  private static func fresh() -> WorkloadState {
    let creation = WorkloadFact.Creation(
      project: NameNumber(rawValue: 1), cluster: .unknown, owner: .unknown, type: .training,
      resources: Resources())
    return WorkloadState(created: fact(.created, 1), creation)
  }

  private static func fact(_ kind: EventKind, _ position: UInt64) -> WorkloadFact {
    WorkloadFact(
      kind, position: position, occurredAt: Timestamp(microseconds: Int64(position) * 1000), actor: .unknown)
  }

  /// Every state that some sequence of facts leads to, by its name, found breadth first.
  private static func reachable() -> [String: WorkloadState] {
    var found = [letter(fresh()): fresh()]
    var queue = [fresh()]
    while !queue.isEmpty {
      let state = queue.removeFirst()
      for kind in subjectKinds where Decider.anomaly(of: kind, on: state) == nil {
        var next = state
        Decider.evolve(&next, fact(kind, state.lastPosition + 1))
        if found.updateValue(next, forKey: letter(next)) == nil { queue.append(next) }
      }
    }
    return found
  }

  @Test func `lists exactly the states that can be reached`() {
    #expect(Set(Self.reachable().keys) == Set(TransitionTable.states))
    #expect(TransitionTable.states.count == 30)
  }

  @Test func `gives each state its one status`() {
    for (letter, state) in Self.reachable() {
      #expect(state.status.label == TransitionTable.statuses[letter], "\(letter)")
    }
  }

  @Test func `agrees cell by cell with what commands may do`() {
    for (letter, state) in Self.reachable() {
      for kind in Self.subjectKinds {
        let cell = TransitionTable.cell(letter, kind, .command)
        guard Decider.allows(kind, on: state) else {
          #expect(cell == .refused, "\(letter) \(kind)")
          continue
        }
        var next = state
        Decider.evolve(&next, Self.fact(kind, state.lastPosition + 1))
        #expect(cell == .next(Self.letter(next)), "\(letter) \(kind)")
      }
      let allowed = Self.subjectKinds.filter { TransitionTable.cell(letter, $0, .command) != .refused }
      #expect(Decider.allowed(on: state) == allowed)
    }
  }

  @Test func `agrees cell by cell with what facts do`() {
    for (letter, state) in Self.reachable() {
      for kind in Self.subjectKinds {
        let cell = TransitionTable.cell(letter, kind, .observation)
        var fact = Self.fact(kind, state.lastPosition + 1)
        var next = state
        if let anomaly = Decider.anomaly(of: kind, on: state) {
          #expect(cell == .anomaly(anomaly), "\(letter) \(kind)")
          fact.isApplied = false
          Decider.evolve(&next, fact)
          #expect(Self.letter(next) == letter, "an anomaly changes no state: \(letter) \(kind)")
          #expect(next.statusSince == state.statusSince)
          #expect(next.reasonPosition == state.reasonPosition)
        } else {
          Decider.evolve(&next, fact)
          #expect(cell == .next(Self.letter(next)), "\(letter) \(kind)")
        }
        #expect(next.version == state.version + 1)
        #expect(next.lastPosition == fact.position)
      }
    }
  }

  @Test func `lets no event of a project or refusal act on a workload`() {
    for (_, state) in Self.reachable() {
      for kind in EventKind.allCases where !kind.isOfWorkload {
        #expect(!Decider.allows(kind, on: state))
      }
    }
  }
}
