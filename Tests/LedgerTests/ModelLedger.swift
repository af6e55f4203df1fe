import LedgerTestSupport
import WorkloadModel

/// What a ledger should do, with a dictionary of workloads and a list of events and nothing else.
///
/// It follows the design and not the code: the transitions are looked up in the written-out table.
struct ModelLedger {
  let ownSource: String
  let importer: String
  var events: [ModelEvent] = []
  var workloads: [WorkloadID: ModelWorkload] = [:]
  var projects: [String: ModelProject] = [:]
  /// Events by what makes them the same again.
  private var known: [Key: Int] = [:]
  private var recordedAt = Timestamp.earliest

  struct Key: Hashable {
    var source: String
    var identity: Proposal.Identity
    var subject: WorkloadID?
    var kind: EventKind?
    var occurredAt: Timestamp?
  }

  init(ownSource: String, importer: String) {
    self.ownSource = ownSource
    self.importer = importer
  }

  /// The verdict, and the index of the event that it is about.
  mutating func append(_ proposal: Proposal, now: Timestamp) -> (verdict: EventOutcome.Verdict, event: Int?) {
    let before = events.count
    defer { if events.count > before { recordedAt = max(recordedAt, now) } }
    let recorded = max(recordedAt, now)
    var proposal = proposal
    if let repeated = repeated(&proposal) { return repeated }
    switch proposal.kind {
    case .projectCreated, .memberAdded, .memberRemoved, .quotaSet: return appendToProject(proposal, recorded)
    case .actionRefused:
      var event = ModelEvent(proposal, recorded)
      if let id = proposal.subject, let workload = workloads[id] {
        event.project = workload.project
        event.version = workload.version
        event.stream = .workload(id)
      }
      return (.appended, note(event, proposal))
    default: return appendToWorkload(proposal, recorded)
    }
  }

  // MARK: Retries

  private func key(_ proposal: Proposal) -> Key? {
    guard let source = proposal.source else { return nil }
    switch proposal.identity {
    case .ledger: return nil
    case .number, .text: return Key(source: source, identity: proposal.identity)
    case .content:
      return Key(
        source: source, identity: .content, subject: proposal.subject, kind: proposal.kind,
        occurredAt: proposal.occurredAt)
    }
  }

  private func repeated(_ proposal: inout Proposal) -> (verdict: EventOutcome.Verdict, event: Int?)? {
    var found: Int?
    if case .number(let number) = proposal.identity, proposal.source == ownSource {
      proposal.identity = .ledger
      proposal.source = nil
      found = events.firstIndex { $0.position == number }
      if found == nil { return (.conflict, nil) }
    } else {
      found = key(proposal).flatMap { known[$0] }
    }
    guard let found else { return nil }
    let original = events[found]
    var again = ModelEvent(proposal, original.recordedAt)
    again.source = proposal.source ?? ownSource
    // What the ledger decided on, and what it does not compare.
    again.project = original.isApplied ? again.project ?? original.project : original.project
    if proposal.kind.isOfWorkload, proposal.kind != .created { again.project = original.project }
    (again.version, again.anomaly, again.isApplied) = (original.version, original.anomaly, original.isApplied)
    (again.isObserved, again.isImplied) = (original.isObserved, original.isImplied)
    (again.reporter, again.stream, again.position) = (original.reporter, original.stream, original.position)
    (again.previousInStream, again.previousInProject) = (
      original.previousInStream, original.previousInProject
    )
    again.id = original.id
    return (again.description == original.description ? .duplicate : .conflict, found)
  }

  // MARK: Workloads

  private mutating func appendToWorkload(
    _ proposal: Proposal, _ recorded: Timestamp
  ) -> (verdict: EventOutcome.Verdict, event: Int?) {
    let id = proposal.subject ?? .none
    guard let workload = workloads[id] else {
      if let expected = proposal.expectedVersion, expected != 0,
        proposal.kind == .created || proposal.intent == .observation
      {
        return (.wrongVersion(actual: 0), nil)
      }
      if proposal.kind == .created { return create(proposal, recorded) }
      if proposal.intent == .command { return (.notFound, nil) }
      var creation = Proposal(.created, .observation, id, at: proposal.occurredAt)
      creation.isBound = true
      creation.isImplied = true
      creation.reporter = proposal.reporter
      creation.project = proposal.project
      creation.cluster = proposal.cluster
      creation.owner = proposal.owner
      creation.type = proposal.type
      creation.name = proposal.name
      creation.resources = proposal.resources
      creation.url = proposal.url
      creation.labels = proposal.labels
      creation.sourceID = proposal.sourceID
      _ = create(creation, recorded)
      var proposal = proposal
      proposal.expectedVersion = nil
      return appendToWorkload(proposal, recorded)
    }
    if let expected = proposal.expectedVersion, expected != workload.version {
      return (.wrongVersion(actual: workload.version), nil)
    }
    var event = ModelEvent(proposal, recorded)
    event.project = workload.project
    event.stream = .workload(id)
    if proposal.intent == .command, let refusal = refusal(proposal, workload) {
      return refuse(proposal, refusal, workload, recorded)
    }
    event.version = workload.version + 1
    switch TransitionTable.cell(workload.state, proposal.kind, proposal.intent) {
    case .next(let state):
      workloads[id]?.evolve(event, to: state)
    case .anomaly(let anomaly):
      event.anomaly = anomaly
      event.isApplied = false
    case .refused, nil: fatalError("the model refuses before")
    }
    workloads[id]?.version += 1
    let verdict = event.anomaly.map { EventOutcome.Verdict.anomaly($0) } ?? .appended
    return (verdict, note(event, proposal))
  }

  private func refusal(_ proposal: Proposal, _ workload: ModelWorkload) -> Refusal? {
    if !isMember(proposal.actor, workload.project) { return .notMember }
    if proposal.kind == .created { return .idInUse }
    if TransitionTable.cell(workload.state, proposal.kind, .command) == .refused {
      return .notAllowed(status: workload.status)
    }
    guard proposal.kind == .started else { return nil }
    let held = workloads.values.filter { $0.project == workload.project && $0.owner == workload.owner }
      .reduce(Resources()) { $0 &+ $1.held }
    let limits = projects[workload.project ?? ""]?.limits[workload.owner ?? "unknown"]
    return limits?.excess(of: workload.resources, holding: held).map { .overQuota($0) }
  }

  private mutating func create(
    _ proposal: Proposal, _ recorded: Timestamp
  ) -> (verdict: EventOutcome.Verdict, event: Int?) {
    if proposal.intent == .command {
      guard let project = proposal.project, projects[project]?.exists == true else { return (.notFound, nil) }
      if !isMember(proposal.actor, project) { return refuse(proposal, .notMember, nil, recorded) }
      let limits = projects[project]?.limits[proposal.owner ?? "unknown"]
      if let excess = limits?.excess(of: proposal.resources, holding: Resources()) {
        return refuse(proposal, .overQuota(excess), nil, recorded)
      }
    } else {
      mention(proposal, recorded)
    }
    var event = ModelEvent(proposal, recorded)
    event.version = 1
    let id = proposal.subject ?? .none
    event.stream = .workload(id)
    workloads[id] = ModelWorkload(event, proposal, id: id)
    projects[event.project ?? "", default: ModelProject()].workloads.append(id)
    return (.appended, note(event, proposal))
  }

  // MARK: Projects

  private func isMember(_ user: String?, _ project: String?) -> Bool {
    projects[project ?? ""]?.members.contains(user ?? "unknown") == true
  }

  /// A fact about a project that was never seen creates it.
  private mutating func mention(_ proposal: Proposal, _ recorded: Timestamp) {
    guard let name = proposal.project, projects[name]?.exists != true else { return }
    var creation = Proposal(.projectCreated, .observation, nil, at: proposal.occurredAt)
    creation.isBound = true
    creation.isImplied = true
    creation.actor = importer
    creation.reporter = proposal.reporter
    creation.project = name
    var event = ModelEvent(creation, recorded)
    event.version = 1
    event.stream = .project(name)
    projects[name, default: ModelProject()].create(event)
    note(event, creation)
  }

  private mutating func appendToProject(
    _ proposal: Proposal, _ recorded: Timestamp
  ) -> (verdict: EventOutcome.Verdict, event: Int?) {
    let name = proposal.project ?? ""
    let exists = projects[name]?.exists == true
    let member = proposal.owner ?? "unknown"
    if let expected = proposal.expectedVersion, expected != projects[name]?.version ?? 0 {
      return (.wrongVersion(actual: projects[name]?.version ?? 0), nil)
    }
    if proposal.intent == .command {
      if proposal.kind == .projectCreated {
        if exists { return refuse(proposal, .alreadyDone, nil, recorded) }
      } else {
        guard exists, let project = projects[name] else { return (.notFound, nil) }
        let mayJoin = proposal.kind == .memberAdded && project.members.isEmpty
        if !isMember(proposal.actor, name), !mayJoin { return refuse(proposal, .notMember, nil, recorded) }
        if proposal.kind != .quotaSet, project.members.contains(member) == (proposal.kind == .memberAdded) {
          return refuse(proposal, .alreadyDone, nil, recorded)
        }
      }
    } else if proposal.kind != .projectCreated {
      mention(proposal, recorded)
    }
    var event = ModelEvent(proposal, recorded)
    event.stream = .project(name)
    var project = projects[name, default: ModelProject()]
    event.version = project.version + 1
    switch proposal.kind {
    case .projectCreated where exists:
      event.anomaly = .alreadyCreated
      event.isApplied = false
      project.version += 1
    case .projectCreated: project.create(event)
    case .memberAdded:
      project.members.insert(member)
      project.version += 1
    case .memberRemoved:
      project.members.remove(member)
      project.version += 1
    default:
      project.limits[member] = QuotaLimits(proposal.resources)
      project.version += 1
    }
    projects[name] = project
    let verdict = event.anomaly.map { EventOutcome.Verdict.anomaly($0) } ?? .appended
    return (verdict, note(event, proposal))
  }

  // MARK: Records

  private mutating func refuse(
    _ proposal: Proposal, _ refusal: Refusal, _ workload: ModelWorkload?, _ recorded: Timestamp
  ) -> (verdict: EventOutcome.Verdict, event: Int?) {
    var record = Proposal(.actionRefused, .command, proposal.subject, at: proposal.occurredAt)
    record.actor = proposal.actor
    record.reporter = proposal.reporter
    record.refusedKind = proposal.kind
    var event = ModelEvent(record, recorded)
    event.reason = ModelEvent.madeReason
    event.project = workload.map(\.project) ?? proposal.project
    event.version = workload?.version ?? 0
    if workload != nil, let id = proposal.subject { event.stream = .workload(id) }
    return (.refused(refusal), note(event, record))
  }

  @discardableResult
  private mutating func note(_ event: ModelEvent, _ proposal: Proposal) -> Int {
    var event = event
    event.source = proposal.source ?? ownSource
    event.proposal = proposal
    if let key = key(proposal) { known[key] = events.count }
    events.append(event)
    if projects[event.project ?? ""] == nil { projects[event.project ?? ""] = ModelProject() }
    return events.count - 1
  }

  /// Takes over the positions and messages that the ledger gave to the newest events, and links them.
  mutating func place(_ found: [ModelEvent], from first: Int) {
    for (index, event) in zip(events.indices[first...], found) {
      let position = event.position
      events[index].position = position
      if events[index].reason == ModelEvent.madeReason { events[index].reason = event.reason }
      if events[index].id.isEmpty { events[index].id = String(position) }
      let project = events[index].project ?? ""
      events[index].previousInProject = projects[project]?.lastPosition ?? 0
      projects[project]?.lastPosition = position
      switch events[index].stream {
      case .workload(let id):
        events[index].previousInStream = workloads[id]?.lastPosition ?? 0
        workloads[id]?.lastPosition = position
      case .project(let name):
        events[index].previousInStream = projects[name]?.lastInStream ?? 0
        projects[name]?.lastInStream = position
      case nil: break
      }
    }
  }
}
