import Ledger
import WorkloadModel

/// What somebody may see of a ledger. To others a project and its workloads do not exist: the problem is the same as for
/// one that was never there.
///
/// All calls read the ledger, so they belong on a thread that may wait.
struct Access: Sendable {
  let ledger: Ledger
  let identity: Identity

  /// Whether nothing is hidden.
  var seesAll: Bool { identity.permits(.readAll) }

  /// The cluster beyond which nothing is seen.
  var cluster: String? { identity.role?.cluster }

  /// The projects that are seen whole, by name.
  func projects() throws(LedgerError) -> Set<String> { Set(try ledger.projects(of: identity.actor)) }

  /// Whether a project is seen whole.
  func sees(project: String) throws(LedgerError) -> Bool {
    if seesAll { return true }
    guard case .member = identity.role else { return false }
    return try projects().contains(project)
  }

  /// The projects of which something is seen. An agent may see a part of any.
  func visibleProjects() throws(LedgerError) -> [ProjectStatus] {
    let all = try ledger.projects()
    if seesAll || cluster != nil { return all }
    let own = try projects()
    return all.filter { own.contains($0.name) }
  }

  /// The names of these projects, sorted.
  func visibleProjectNames() throws(LedgerError) -> [String] {
    if seesAll || cluster != nil { return try ledger.projectNames() }
    return try ledger.projects(of: identity.actor)
  }

  /// The deletion queue of a project, as far as it is seen.
  func deletions(of project: String, _ moment: Moment) throws(LedgerError) -> [PendingDeletion] {
    guard let cluster else {
      try check(project: project)
      return try ledger.deletions(project: project, moment: moment)
    }
    return try ledger.deletions(project: project, moment: moment).filter { $0.workload.cluster == cluster }
  }

  /// A workload at a moment with its timeline, where it is seen.
  func details(
    _ id: WorkloadID, _ moment: Moment = Moment(), now: Timestamp
  ) throws(LedgerError) -> WorkloadDetails {
    let details = try ledger.details(id, moment: moment, now: now)
    try check(details.workload)
    return details
  }

  /// Refuses a project that is not seen whole.
  func check(project: String) throws(LedgerError) {
    guard try sees(project: project) else { throw .notFound(kind: "project", name: project) }
  }

  /// Refuses a workload that is not seen.
  func check(_ workload: Workload) throws(LedgerError) {
    let isSeen = if let cluster { workload.cluster == cluster } else { try sees(project: workload.project) }
    guard isSeen else { throw .notFound(kind: "workload", name: workload.id.description) }
  }

  /// Refuses a list that is not seen, and keeps an agent to its cluster.
  func limit(_ query: inout WorkloadQuery) throws(LedgerError) {
    guard let cluster else { return try check(project: query.project) }
    guard query.cluster == nil || query.cluster == cluster else {
      throw .notFound(kind: "cluster", name: query.cluster ?? "")
    }
    query.cluster = cluster
  }
}

/// Tells which events somebody sees. What it found out it remembers, so one serves for a few events of about the same
/// time, not for good: memberships end.
struct EventAccess {
  private let access: Access
  private let projects: Set<String>
  private var clusters: [WorkloadID: Bool] = [:]

  init(_ access: Access) throws(LedgerError) {
    self.access = access
    projects = access.seesAll || access.cluster != nil ? [] : try access.projects()
  }

  /// Whether an event is seen: a member's are those of the own projects, an agent's those of workloads on its cluster.
  mutating func sees(_ event: Event) throws(LedgerError) -> Bool {
    if access.seesAll { return true }
    guard let cluster = access.cluster else { return event.project.map(projects.contains) ?? false }
    guard let id = event.subject else { return false }
    if let known = clusters[id] { return known }
    var isSeen = false
    do throws(LedgerError) {
      isSeen = try access.ledger.find(id.description, project: nil).cluster == cluster
    } catch {
      // A refused creation is about a workload that there is not.
      guard case .notFound = error else { throw error }
    }
    clusters[id] = isSeen
    return isSeen
  }
}
