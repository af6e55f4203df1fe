import Glibc
import Ledger
import Presentation
import WorkloadModel

/// An open ledger and the one who asks.
struct Session {
  let ledger: Ledger
  let actor: Actor
  let now: Timestamp
  private let namedProject: String?

  init(
    _ ledger: LedgerOptions, _ actor: ActorOptions, _ project: ProjectOptions? = nil, writes: Bool = false
  ) throws {
    self.actor = try actor.actor()
    namedProject = try project?.named()
    self.ledger = writes ? try ledger.openForWriting() : try ledger.openForReading()
    now = System.now
  }

  // MARK: Projects

  /// The project to look at: the one that was named, or the actor's only one.
  func project() throws -> String {
    if let namedProject { try checkMembership(of: namedProject) }
    return try writableProject()
  }

  /// The projects to sum up: the one that was named, or all that the actor may see.
  func visibleProjects() throws -> [String] {
    if let namedProject {
      try checkMembership(of: namedProject)
      return [namedProject]
    }
    return actor.isNamed ? try ledger.projects(of: actor.name) : try ledger.projects().map(\.name)
  }

  /// The project to write to. Whether the actor may is the ledger's to decide, for it records refusals.
  func writableProject() throws -> String {
    if let namedProject { return namedProject }
    let mine = try ledger.projects(of: actor.name)
    guard mine.count == 1, let only = mine.first else { throw noSingleProject(mine) }
    if System.isTerminal(STDERR_FILENO) { Message.note("project '\(only)', the only one of \(actor.name)") }
    return only
  }

  /// To somebody who is named and is no member a project does not exist.
  func checkMembership(of project: String) throws {
    guard actor.isNamed, !(try ledger.projects(of: actor.name)).contains(project) else { return }
    throw noProject(project)
  }

  /// The same words for a project that does not exist and for one of others.
  func noProject(_ project: String, for name: String? = nil) -> Failure {
    let user = name ?? actor.name
    return Failure(
      .notFound,
      "no project '\(project)' for \(user): 'workledger project list' shows them, 'workledger project create' makes one"
    )
  }

  private func noSingleProject(_ mine: [String]) -> Failure {
    if mine.isEmpty {
      return Failure(
        .usage,
        "\(actor.name) belongs to no project: name one with --project, or make one with 'workledger project create'"
      )
    }
    return Failure(
      .usage,
      "\(actor.name) belongs to several projects: name one with --project: \(mine.joined(separator: ", "))")
  }

  // MARK: Workloads

  /// A workload by id, beginning of an id, or name, as it was at a moment. A name needs a project, an id does not.
  func workload(_ reference: String, moment: Moment = Moment()) throws -> Workload {
    if let namedProject { return try ledger.find(reference, project: namedProject, moment: moment) }
    let mine = try ledger.projects(of: actor.name)
    do throws(LedgerError) {
      return try ledger.find(reference, project: mine.count == 1 ? mine.first : nil, moment: moment)
    } catch {
      if case .notFound = error, mine.count != 1, WorkloadID(reference) == nil { throw noSingleProject(mine) }
      throw error
    }
  }

  /// The same for looking at: what belongs to others does not exist for a user who is named.
  func visibleWorkload(_ reference: String, moment: Moment = Moment()) throws -> Workload {
    if let namedProject { try checkMembership(of: namedProject) }
    let workload = try workload(reference, moment: moment)
    if actor.isNamed, !(try ledger.projects(of: actor.name)).contains(workload.project) {
      throw Failure(.notFound, "no workload '\(reference)' for \(actor.name)")
    }
    return workload
  }
}
