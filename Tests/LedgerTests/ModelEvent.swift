import Ledger
import WorkloadModel

/// An event as the model knows it; two are the same event where all fields are the same.
struct ModelEvent: CustomStringConvertible {
  enum Stream: Hashable {
    case workload(WorkloadID)
    case project(String)
  }
  /// The message of a refusal is the ledger's own; the model takes it over.
  static let madeReason = "(made)"

  var position: UInt64 = 0
  var id = ""
  var source = ""
  var kind: EventKind
  var subject: WorkloadID?
  var occurredAt: Timestamp
  var isBound: Bool
  var recordedAt: Timestamp
  var actor: String?
  var reporter: String?
  var project: String?
  var version: UInt32 = 0
  var isApplied = true
  var anomaly: Anomaly?
  var isObserved: Bool
  var isImplied = false
  var reason: String?
  var detail: String
  var previousInStream: UInt64 = 0
  var previousInProject: UInt64 = 0
  var stream: Stream?
  /// What it was made from; nil for the ledger's own events.
  var proposal: Proposal?

  init(_ proposal: Proposal, _ recorded: Timestamp) {
    kind = proposal.kind
    subject = proposal.subject
    occurredAt = proposal.occurredAt
    isBound = proposal.isBound
    isImplied = proposal.isImplied
    recordedAt = recorded
    actor = proposal.actor
    reporter = proposal.reporter
    project = proposal.project
    isObserved = proposal.intent == .observation
    reason = proposal.reason
    detail = Self.detail(proposal)
    switch proposal.identity {
    case .ledger: break
    case .number(let number): id = String(number)
    case .text(let text): id = text
    case .content:
      id = "\(proposal.subject ?? .none)/\(proposal.kind.rawValue)/\(proposal.occurredAt.microseconds)"
    }
  }

  /// The ledger's event in the model's terms.
  init(_ event: Event) {
    (position, id, source, kind, subject) = (
      event.position, event.id, event.source, event.kind, event.subject
    )
    (occurredAt, isBound, recordedAt) = (event.occurredAt, event.timeIsBound, event.recordedAt)
    (actor, reporter, project, version) = (event.actor, event.reporter, event.project, event.version)
    (isApplied, anomaly, isObserved) = (event.isApplied, event.anomaly, event.isObserved)
    (isImplied, reason) = (event.isImplied, event.reason)
    (previousInStream, previousInProject) = (event.previousInStream, event.previousInProject)
    switch event.detail {
    case .none: detail = ""
    case .created(let creation):
      detail = Self.text(
        creation.name, creation.type, creation.cluster, creation.owner, creation.resources, creation.url,
        creation.sourceID, creation.labels.map { "\($0.key)=\($0.value)" })
    case .refused(let command): detail = "refused \(command)"
    case .member(let name): detail = "member \(name)"
    case .quota(let owner, let limits): detail = "quota \(owner) \(Self.text(limits))"
    }
  }

  private static func detail(_ proposal: Proposal) -> String {
    switch proposal.kind {
    case .created:
      return text(
        proposal.name ?? proposal.sourceID ?? (proposal.subject ?? .none).description, proposal.type,
        proposal.cluster, proposal.owner, proposal.resources,
        proposal.url,
        proposal.sourceID, proposal.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
    case .actionRefused: return "refused \(proposal.refusedKind ?? .actionRefused)"
    case .memberAdded, .memberRemoved: return "member \(proposal.owner ?? "unknown")"
    case .quotaSet:
      return "quota \(proposal.owner ?? "unknown") \(text(QuotaLimits(proposal.resources)))"
    default: return ""
    }
  }

  private static func text(
    _ name: String, _ type: WorkloadType?, _ cluster: String?, _ owner: String?, _ resources: Resources,
    _ url: String?, _ sourceID: String?, _ labels: [String]
  ) -> String {
    "'\(name)' \(type?.label ?? "-") on \(cluster ?? "-") of \(owner ?? "-") \(Self.text(resources)) "
      + "\(url ?? "-") \(sourceID ?? "-") \(labels)"
  }

  static func text(_ resources: Resources) -> String {
    "\(resources.cpuMillicores)/\(resources.memoryBytes)/\(resources.gpuMilli)"
  }

  private static func text(_ limits: QuotaLimits) -> String {
    func amount(_ value: Int64?) -> String { value.map(String.init) ?? "any" }
    return "\(amount(limits.cpuMillicores))/\(amount(limits.memoryBytes))/\(amount(limits.gpuMilli))"
  }

  /// All that the ledger tells, in one line.
  var description: String {
    "#\(position) \(kind) of \(subject?.description ?? "-") at \(occurredAt.rfc3339)\(isBound ? "≤" : "") "
      + "recorded \(recordedAt.rfc3339) by \(actor ?? "-") told by \(reporter ?? "-") in \(project ?? "-") "
      + "v\(version) \(isApplied ? "applied" : "not applied") \(anomaly?.label ?? "-") "
      + "\(isObserved ? "fact" : "command")\(isImplied ? " implied" : "") because \(reason ?? "-") "
      + "id \(source) \(id) after \(previousInStream) \(previousInProject): \(detail)"
  }
}

extension QuotaLimits {
  /// The limits that a proposal holds: below 0 is not limited.
  init(_ amounts: Resources) {
    func limit(_ amount: Int64) -> Int64? { amount < 0 ? nil : amount }
    self.init(
      cpuMillicores: limit(amounts.cpuMillicores), memoryBytes: limit(amounts.memoryBytes),
      gpuMilli: limit(amounts.gpuMilli))
  }
}
