public import Ledger
import WorkloadModel

extension PendingDeletion {
  /// Writes who asked for the deletion and when, how often, and the workload.
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("requestedAt", requestedAt)
      $0.field("requestedBy", requestedBy)
      $0.field("attempts", attempts)
      $0.key("workload")
      workload.write(to: &$0)
    }
  }
}

extension QuotaStatus {
  /// Writes an owner's limits and what the owner holds.
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("project", project)
      $0.field("owner", owner)
      $0.field("limits", limits)
      $0.field("held", held)
      $0.field("running", running)
    }
  }
}

extension ProjectStatus {
  /// Writes a project and its members.
  public func write(to json: inout JSONWriter) {
    json.object {
      $0.field("name", name)
      $0.key("members")
      $0.array { json in for member in members { json.string(member) } }
      $0.field("workloads", workloads)
      $0.field("createdAt", createdAt)
      $0.field("createdBy", createdBy)
    }
  }
}
