import WorkloadModel

/// A member of an event's JSON that the importer knows.
enum CloudEventField: UInt8, CaseIterable {
  // Attributes of CloudEvents and the two extensions of a ledger.
  case specversion, id, source, type, subject, time, datacontenttype, dataschema, position, recordedtime, data
  // Members of `data`.
  case actor, reporter, project, version, applied, observed, anomaly, implied, timeBound, reason
  case name, workloadType, cluster, owner, resources, url, sourceID, labels
  case command, member, limits

  /// As messages name it.
  var path: String {
    if rawValue <= CloudEventField.data.rawValue { return key }
    return "data." + key
  }

  var key: String { self == .workloadType ? "type" : "\(self)" }

  var bit: UInt64 { 1 << UInt64(rawValue) }

  static let attributes = WordTable(
    allCases.filter { $0.rawValue <= CloudEventField.data.rawValue }.map { ($0.key, $0.rawValue) })
  static let dataMembers = WordTable(
    allCases.filter { $0.rawValue > CloudEventField.data.rawValue }.map { ($0.key, $0.rawValue) })

  /// What events of a kind say in `data`; other fields of the vocabulary are unknown to that kind.
  static func members(of kind: EventKind) -> UInt64 {
    let common: [CloudEventField] = [
      .actor, .reporter, .project, .version, .applied, .observed, .anomaly, .timeBound, .reason,
    ]
    let own: [CloudEventField] =
      switch kind {
      case .created: [.implied, .name, .workloadType, .cluster, .owner, .resources, .url, .sourceID, .labels]
      case .actionRefused: [.command]
      case .memberAdded, .memberRemoved: [.member]
      case .quotaSet: [.owner, .limits]
      case .projectCreated: [.implied]
      case .queued, .started, .completed, .failed, .terminated, .contactLost, .deleteRequested, .deleted,
        .deleteFailed:
        []
      }
    return (common + own).reduce(0) { $0 | $1.bit }
  }
}

/// What was read of one line, before it is known whether it makes an event.
struct CloudEventLine: BitwiseCopyable {
  /// The fields that were met, null or not.
  var seen: UInt64 = 0
  var id = JSONText.absent
  var source = JSONText.absent
  var kind: EventKind?
  var subject: WorkloadID?
  var time: Timestamp?
  var actor = JSONText.absent
  var reporter = JSONText.absent
  var project = JSONText.absent
  var isImplied = false
  var wasCommand = false
  var timeIsBound = false
  var reason = JSONText.absent
  var name = JSONText.absent
  var workloadType: WorkloadType?
  /// Whether the type was a later product's name for Training.
  var isCustomType = false
  var cluster = JSONText.absent
  var owner = JSONText.absent
  var resources = Resources()
  var url = JSONText.absent
  var sourceID = JSONText.absent
  var command: EventKind?
  var member = JSONText.absent
  var limits = Resources(cpuMillicores: -1, memoryBytes: -1, gpuMilli: -1)
}
