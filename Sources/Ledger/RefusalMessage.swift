import WorkloadModel

/// Why a command was refused, for people and for the record: the status, what was wanted, what would be
/// allowed, and the numbers of a quota. It names no person: it stands in the record for ever, where a name
/// could not be redacted; who it was stands in the header, as a number.
enum RefusalMessage {
  static func text(
    _ refusal: Refusal, of event: ProposedEvent, on state: WorkloadState?
  ) -> String {
    let wanted = event.kind.command
    switch refusal {
    case .notAllowed(let status):
      let allowed = state.map { Decider.allowed(on: $0).map(\.command) } ?? []
      let hint =
        allowed.isEmpty ? "nothing is allowed any more" : "allowed: \(allowed.joined(separator: ", "))"
      return "can't \(wanted) while the status is \(status.label); \(hint)"
    case .idInUse: return "can't create: a workload with the id \(event.subject) exists"
    case .notMember:
      return "can't \(wanted): the actor is not a member of the project"
    case .overQuota(let excess): return "can't \(wanted): " + quota(excess)
    case .alreadyDone:
      switch event.kind {
      case .projectCreated: return "can't create the project: it exists"
      case .memberAdded:
        return "can't add the member: the user is one already"
      case .memberRemoved:
        return "can't remove the member: the user is none"
      default: return "can't \(wanted): it was done before"
      }
    }
  }

  private static func quota(_ excess: QuotaExcess) -> String {
    func amount(_ value: Int64) -> String {
      excess.resource == .memory ? Quantity.text(bytes: value) : Quantity.text(thousandths: value)
    }
    let name =
      switch excess.resource {
      case .cpu: "CPU"
      case .memory: "memory"
      case .gpu: "GPU"
      }
    let held = excess.held > 0 ? ", \(amount(excess.held)) are held" : ""
    return "\(amount(excess.requested)) \(name) requested\(held), the quota is \(amount(excess.limit))"
  }
}

extension Refusal {
  /// The number in the record of the refusal; it never changes.
  var code: UInt8 {
    switch self {
    case .notAllowed: 1
    case .idInUse: 2
    case .notMember: 3
    case .overQuota: 4
    case .alreadyDone: 5
    }
  }
}
