import WorkloadModel

@testable import Ledger

/// Values to show, with every field set.
enum Sample {
  static let id = WorkloadID(high: 0x0192_F3A4_5B6C_7D8E, low: 0x8123_4567_89AB_CDEF)
  static let noon = Timestamp(microseconds: 1_688_212_800_000_000)

  static func after(_ seconds: Int64) -> Timestamp {
    Timestamp(microseconds: noon.microseconds + seconds * 1_000_000)
  }

  static func workload(named name: String = "bert", id: WorkloadID = id) -> Workload {
    Workload(
      id: id, name: name, type: .fineTuning, status: .deleteRequested, statusReason: "done with it",
      statusSince: after(9000), project: "vision", cluster: "c1", owner: "alice",
      resources: Resources(cpuMillicores: 4500, memoryBytes: 64 << 30, gpuMilli: 1000),
      url: "https://lab.example/?a=1&b=2",
      labels: [Workload.Label(key: "a", value: "b"), Workload.Label(key: "x\"y", value: "")],
      sourceID: "job-1", attempt: 2, version: 7, createdAt: noon, createdBy: "alice", queuedAt: after(1),
      startedAt: after(2), finishedAt: after(60), deleteRequestedAt: after(9000), deleteRequestedBy: "bob",
      deletedAt: nil, deletedBy: nil, lastPosition: 41)
  }

  /// Only what must be there.
  static var bareWorkload: Workload {
    Workload(
      id: id, name: "job", type: nil, status: .unknown, statusReason: nil, statusSince: nil, project: "p",
      cluster: nil, owner: nil, resources: Resources(), url: nil, labels: [], sourceID: nil, attempt: 1,
      version: 1, createdAt: nil, createdBy: nil, queuedAt: nil, startedAt: nil, finishedAt: nil,
      deleteRequestedAt: nil, deleteRequestedBy: nil, deletedAt: nil, deletedBy: nil, lastPosition: 1)
  }

  static func event(_ kind: EventKind, _ detail: Event.Detail = .none) -> Event {
    Event(
      position: 17, id: "17", source: "urn:uuid:s", kind: kind, subject: kind.isOfWorkload ? id : nil,
      occurredAt: noon, timeIsBound: false, recordedAt: after(1), actor: "alice", reporter: "alice@host",
      project: "vision", version: kind.isOfWorkload ? 1 : 0, isApplied: true, anomaly: nil, isObserved: false,
      isImplied: false, reason: nil, previousInStream: 0, previousInProject: 0, detail: detail)
  }

  static var creation: Event.Creation {
    Event.Creation(
      name: "bert", type: .fineTuning, cluster: "c1", owner: "alice",
      resources: Resources(cpuMillicores: 500, memoryBytes: 1024, gpuMilli: 0), url: nil, sourceID: "job-1",
      labels: [Workload.Label(key: "k", value: "v")])
  }
}
