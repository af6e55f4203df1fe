public import WorkloadModel

/// A field of a workload, named and ordered as in its JSON; `statusSince` is what `show` adds.
public enum WorkloadField: String, CaseIterable, Sendable {
  case id, name, type, status, statusReason, statusSince, project, cluster, owner, resources, url, labels
  case sourceID, attempt, version, createdAt, createdBy, queuedAt, startedAt, finishedAt, deleteRequestedAt
  case deleteRequestedBy, deletedAt, deletedBy, lastPosition

  /// What a field holds.
  public enum Value: Hashable, Sendable {
    case text(String)
    case number(UInt64)
    case time(Timestamp)
    case resources(Resources)
    case labels([Workload.Label])
  }

  /// Whether the field says who took a step: where nobody knows, `unknown` is its value and not its absence.
  var isActor: Bool { self == .createdBy || self == .deleteRequestedBy || self == .deletedBy }
}

extension Workload {
  /// What a field holds; nil where it is absent.
  public func value(of field: WorkloadField) -> WorkloadField.Value? {
    switch field {
    case .id: .text(id.description)
    case .name: .text(name)
    case .type: type.map { .text($0.label) }
    case .status: .text(status.label)
    case .statusReason: statusReason.map { .text($0) }
    case .statusSince: statusSince.map { .time($0) }
    case .project: .text(project)
    case .cluster: cluster.map { .text($0) }
    case .owner: owner.map { .text($0) }
    case .resources: .resources(resources)
    case .url: url.map { .text($0) }
    case .labels: labels.isEmpty ? nil : .labels(labels)
    case .sourceID: sourceID.map { .text($0) }
    case .attempt: .number(UInt64(attempt))
    case .version: .number(UInt64(version))
    case .createdAt: createdAt.map { .time($0) }
    case .createdBy: createdBy.map { .text($0) }
    case .queuedAt: queuedAt.map { .time($0) }
    case .startedAt: startedAt.map { .time($0) }
    case .finishedAt: finishedAt.map { .time($0) }
    case .deleteRequestedAt: deleteRequestedAt.map { .time($0) }
    case .deleteRequestedBy: deleteRequestedBy.map { .text($0) }
    case .deletedAt: deletedAt.map { .time($0) }
    case .deletedBy: deletedBy.map { .text($0) }
    case .lastPosition: .number(lastPosition)
    }
  }
}
