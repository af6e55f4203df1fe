import Ledger
import LedgerTestSupport
import WorkloadModel

/// What a ledger's own events say that its workloads were at a moment: all of them folded anew, one by one.
struct NaivePast {
  /// A workload, with what its page does not show.
  struct Entry {
    var workload: Workload
    var state: WorkloadState
  }
  /// By project (`unknown` where there is none), in the order of creation.
  private(set) var projects: [String: [Entry]] = [:]
  /// Limits by project and owner.
  private(set) var limits: [String: [String: QuotaLimits]] = [:]

  /// `template` is any workload: there is no other way to make one.
  init(_ events: [Event], _ template: Workload, through position: UInt64, at time: Timestamp?) {
    var names = Names()
    for event in events where event.position <= position && event.occurredAt <= time ?? .latest {
      let project = event.project ?? "unknown"
      if event.kind == .quotaSet, event.isApplied, case .quota(let owner, let given) = event.detail {
        limits[project, default: [:]][owner] = given
      }
      if case .created(let creation) = event.detail, event.isApplied, let id = event.subject {
        projects[project, default: []].append(Entry(id, creation, event, template, &names))
      } else if let place = projects[project]?.firstIndex(where: { $0.workload.id == event.subject }) {
        projects[project]?[place].fold(event, &names)
      }
    }
  }

  /// The page of a query, all of it.
  func page(_ query: WorkloadQuery) -> [Workload] {
    (projects[query.project] ?? []).reversed().map(\.workload).filter { workload in
      let folded = Array(workload.name.uppercased().lowercased().utf8)
      let part = Array((query.name ?? "").uppercased().lowercased().utf8)
      return (part.isEmpty || folded.indices.contains { Array(folded[$0...].prefix(part.count)) == part })
        && (query.types.isEmpty || workload.type.map { query.types.contains($0) } ?? false)
        && (query.statuses.isEmpty
          ? query.includesDeleted || workload.status != .deleted : query.statuses.contains(workload.status))
        && (query.owner == nil || workload.owner ?? "unknown" == query.owner)
        && (query.cluster == nil || workload.cluster ?? "unknown" == query.cluster)
    }
  }

  /// What owners may hold and hold, a line each.
  func quotas(_ project: String) -> [String] {
    var lines: [String: (QuotaLimits, Resources, Int)] = [:]
    for (owner, given) in limits[project] ?? [:] where given != QuotaLimits() {
      lines[owner] = (given, Resources(), 0)
    }
    for entry in projects[project] ?? [] where entry.state.run == .running {
      let owner = entry.workload.owner ?? "unknown"
      let known = lines[owner] ?? (QuotaLimits(), Resources(), 0)
      lines[owner] = (known.0, known.1 &+ entry.state.resources, known.2 + 1)
    }
    return lines.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
  }
}

extension NaivePast.Entry {
  fileprivate init(
    _ id: WorkloadID, _ creation: Event.Creation, _ event: Event, _ template: Workload,
    _ names: inout NaivePast.Names
  ) {
    let none = NameNumber.unknown
    var fact = WorkloadFact(
      .created, position: event.position, occurredAt: event.occurredAt, actor: names.number(event.actor))
    fact.timeIsBound = event.timeIsBound
    fact.hasReason = event.reason != nil
    state = WorkloadState(
      created: fact,
      WorkloadFact.Creation(
        project: none, cluster: none, owner: none, type: creation.type, resources: creation.resources))
    workload = template
    (workload.id, workload.name, workload.type, workload.statusReason) = (
      id, creation.name, creation.type, event.reason
    )
    (workload.project, workload.cluster, workload.owner, workload.resources) = (
      event.project ?? "unknown", creation.cluster, creation.owner, creation.resources
    )
    (workload.url, workload.labels, workload.sourceID, workload.createdBy) = (
      creation.url, creation.labels, creation.sourceID, event.actor
    )
    show(event, names)
  }

  fileprivate mutating func fold(_ event: Event, _ names: inout NaivePast.Names) {
    if event.kind == .actionRefused {
      Decider.note(refusalAt: event.position, on: &state)
    } else {
      var fact = WorkloadFact(
        event.kind, position: event.position, occurredAt: event.occurredAt, actor: names.number(event.actor))
      fact.isApplied = event.isApplied
      fact.timeIsBound = event.timeIsBound
      fact.hasReason = event.reason != nil
      Decider.evolve(&state, fact)
    }
    show(event, names)
  }

  private mutating func show(_ event: Event, _ names: NaivePast.Names) {
    func known(_ time: Timestamp) -> Timestamp? { time.isKnown ? time : nil }
    if state.reasonPosition == event.position { workload.statusReason = event.reason }
    if state.reasonPosition == 0 { workload.statusReason = nil }
    workload.status = state.status
    workload.statusSince = known(state.statusSince)
    (workload.attempt, workload.version) = (state.attempt, state.version)
    (workload.createdAt, workload.queuedAt) = (known(state.createdAt), known(state.queuedAt))
    (workload.startedAt, workload.finishedAt) = (known(state.startedAt), known(state.finishedAt))
    workload.deleteRequestedAt = known(state.deleteRequestedAt)
    workload.deletedAt = known(state.deletedAt)
    workload.deleteRequestedBy = names.text(state.deleteRequestedBy)
    workload.deletedBy = names.text(state.deletedBy)
    workload.lastPosition = state.lastPosition
  }
}

extension NaivePast {
  /// Numbers for the names of actors, as the fold wants them.
  fileprivate struct Names {
    private var texts: [String] = []

    mutating func number(_ text: String?) -> NameNumber {
      guard let text else { return .unknown }
      if let index = texts.firstIndex(of: text) { return NameNumber(rawValue: UInt32(index + 1)) }
      texts.append(text)
      return NameNumber(rawValue: UInt32(texts.count))
    }

    func text(_ number: NameNumber) -> String? {
      number == .unknown ? nil : texts[Int(number.rawValue) - 1]
    }
  }
}
