import WorkloadModel

/// An event to be appended, in words: the model reads it as it is, the ledger gets it as a batch.
struct Proposal {
  enum Identity: Hashable {
    case ledger
    case number(UInt64)
    case content
    case text(String)
  }
  var kind: EventKind
  var intent: Intent
  var subject: WorkloadID?
  var occurredAt: Timestamp
  var isBound = false
  var isImplied = false
  var identity = Identity.ledger
  var source: String?
  var actor: String?
  var reporter: String?
  var project: String?
  var cluster: String?
  var owner: String?
  var type: WorkloadType?
  /// What is asked for, or the limits of a quota (below 0: not limited).
  var resources = Resources()
  var expectedVersion: UInt32?
  var refusedKind: EventKind?
  var name: String?
  var reason: String?
  var url: String?
  var sourceID: String?
  var labels: [String: String] = [:]

  init(_ kind: EventKind, _ intent: Intent, _ subject: WorkloadID?, at time: Timestamp) {
    self.kind = kind
    self.intent = intent
    self.subject = subject
    occurredAt = time
  }

  /// Puts it into a batch.
  func add(to batch: inout EventBatch) {
    var event = ProposedEvent(kind, intent, subject: subject ?? .none, occurredAt: occurredAt)
    event.timeIsBound = isBound
    event.isImplied = isImplied
    switch identity {
    case .ledger: event.identity = .ledger
    case .number(let number): event.identity = .number(number)
    case .content: event.identity = .content
    case .text(let text): event.identity = .text(batch.addText(text))
    }
    event.source = batch.intern(.source, source ?? "")
    event.actor = batch.intern(.user, actor ?? "")
    event.reporter = batch.intern(.reporter, reporter ?? "")
    event.project = batch.intern(.project, project ?? "")
    event.cluster = batch.intern(.cluster, cluster ?? "")
    event.owner = batch.intern(.user, owner ?? "")
    event.type = type
    event.resources = resources
    event.expectedVersion = expectedVersion
    event.refusedKind = refusedKind
    event.name = batch.addText(name ?? "")
    event.reason = batch.addText(reason ?? "")
    event.url = batch.addText(url ?? "")
    event.sourceID = batch.addText(sourceID ?? "")
    event.labels = batch.addLabels(labels.map { (key: $0.key, value: $0.value) })
    batch.events.append(event)
  }
}
