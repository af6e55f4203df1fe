public import WorkloadModel

/// A request to delete a workload and a result of it. One of the two may be missing: a request that got no
/// result yet, a result that nobody asked for.
///
/// A request that failed and was then cleaned by hand has two results and so is in two cases.
public struct DeletionCase: Hashable, Sendable {
  /// The workload's id.
  public var id: WorkloadID
  /// The workload's name.
  public var name: String
  /// Who asked for it and when; nil where nobody did.
  public var request: Event?
  /// `deleted` or `deleteFailed`, by whom and reported by whom; nil where there is none yet.
  public var result: Event?

  /// From the request to the result in microseconds, by the source's clock; a result that is dated before the
  /// request took no time. nil where one of both is missing, or only a bound of its time is known.
  public var duration: Int64? {
    guard let request, let result, !request.timeIsBound, !result.timeIsBound else { return nil }
    return max(0, result.occurredAt.microseconds - request.occurredAt.microseconds)
  }
}

/// Which deletions to tell from the request to the result.
public struct DeletionCaseQuery: Hashable, Sendable {
  /// Of one workload, or of all workloads of a project.
  public enum Scope: Hashable, Sendable {
    case workload(WorkloadID)
    case project(String)
  }
  /// Whose.
  public var scope: Scope
  /// Only results that nobody asked for.
  public var isWithoutRequest = false
  /// Only requests that got no result.
  public var isWithoutResult = false
  /// Only what was asked for before.
  public var requestedBefore: Timestamp?
  /// When the cases were so.
  public var moment = Moment()

  /// All cases of a workload or project.
  public init(_ scope: Scope) { self.scope = scope }
}

/// Brings requests and results together, in the order of the log.
///
/// What was kept as an anomaly neither asks for a deletion nor is a result.
struct DeletionPairs {
  /// A case of a workload whose name is not looked up yet.
  struct Pair {
    var id: WorkloadID
    var request: Event?
    var result: Event?
  }

  private struct Open {
    var request: Event
    var isAnswered = false
  }
  private var open: [WorkloadID: Open] = [:]

  /// The case that an event completes.
  mutating func take(_ event: Event) -> Pair? {
    guard event.isApplied, let id = event.subject else { return nil }
    switch event.kind {
    case .deleteRequested:
      let before = open.updateValue(Open(request: event), forKey: id)
      // Today's rules keep a second request as an anomaly; an event that was applied is not judged again.
      guard let before, !before.isAnswered else { return nil }
      return Pair(id: id, request: before.request)
    case .deleteFailed:
      let request = open[id]?.request
      open[id]?.isAnswered = true
      return Pair(id: id, request: request, result: event)
    case .deleted: return Pair(id: id, request: open.removeValue(forKey: id)?.request, result: event)
    default: return nil
    }
  }

  /// The requests that got no result, oldest first in the log.
  func unanswered() -> [Pair] {
    open.filter { !$0.value.isAnswered }.map { Pair(id: $0.key, request: $0.value.request) }
      .sorted { ($0.request?.position ?? 0) < ($1.request?.position ?? 0) }
  }
}
