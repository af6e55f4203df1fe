import WorkloadModel

/// Something that somebody wants of a workload or a project.
struct Command: Sendable {
  var kind: EventKind
  /// The workload; none for what concerns a project.
  var subject = WorkloadID.none
  /// The project, where the workload does not say it.
  var project: String?
  /// The member, or the owner of a quota or a new workload.
  var owner: String?
  /// What a new workload asks for, or the limits of a quota (an amount below 0 is not limited).
  var resources = Resources()
  /// What only a new workload has.
  var creation: Creation?
  var reason: String?
  /// When it happened, where the client says so; else now.
  var occurredAt: Timestamp?
  /// The version that the workload must have.
  var expectedVersion: UInt32?
  /// Makes a repeated request the same one.
  var key: IdempotencyKey?

  struct Creation: Sendable {
    var name: String
    var type: WorkloadType
    var cluster: String
    var url: String?
    var labels: [(key: String, value: String)] = []
    /// Whether the client chose the id.
    var hasOwnID: Bool
  }

  init(_ kind: EventKind) { self.kind = kind }

  /// The batch with the one event that this is.
  func batch(by identity: Identity, now: Timestamp) -> EventBatch {
    var batch = EventBatch()
    var event = ProposedEvent(kind, .command, subject: subject, occurredAt: occurredAt ?? now)
    event.actor = batch.intern(.user, identity.actor)
    event.reporter = batch.intern(.reporter, identity.reporter)
    if let project { event.project = batch.intern(.project, project) }
    if let owner { event.owner = batch.intern(.user, owner) }
    event.resources = resources
    event.expectedVersion = expectedVersion
    if let reason { event.reason = batch.addText(reason) }
    if let creation {
      event.name = batch.addText(creation.name)
      event.type = creation.type
      event.cluster = batch.intern(.cluster, creation.cluster)
      if let url = creation.url { event.url = batch.addText(url) }
      if !creation.labels.isEmpty { event.labels = batch.addLabels(creation.labels) }
    }
    if let key {
      event.identity = .text(batch.addText(key.eventID(of: identity)))
      event.source = batch.intern(.source, IdempotencyKey.source)
    }
    batch.events = [event]
    return batch
  }
}

/// What became of a command.
struct CommandResult: Hashable, Sendable {
  /// `appended`, `duplicate` where the same request came before, `already-done` where nothing was left to do.
  var outcome: String
  var kind: EventKind
  var workload: WorkloadID?
  var position: UInt64
  var version: UInt32
}
