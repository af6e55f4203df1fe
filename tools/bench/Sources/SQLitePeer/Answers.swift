import Hummingbird

// The same fields under the same keys as the ledger's API, written as Hummingbird does it: by Foundation's encoder.

struct PageAnswer: ResponseEncodable {
  var items: [WorkloadAnswer]
  var total: Int64
  var nextPageToken: String?
}

struct ResourcesAnswer: Encodable {
  var cpuMillicores, memoryBytes, gpuMilli: Int64
}

struct WorkloadAnswer: Encodable {
  var id, name: String
  var type: String?
  var status: String
  var statusReason: String?
  var project: String
  var cluster, owner: String?
  var resources: ResourcesAnswer
  var url: String?
  var labels: [String: String]?
  var sourceID: String?
  var attempt, version: Int64
  var createdAt, createdBy, queuedAt, startedAt, finishedAt: String?
  var deleteRequestedAt, deleteRequestedBy, deletedAt, deletedBy: String?
  var lastPosition: Int64
}

/// A workload's own fields and, beside them, what only its details have.
struct DetailsAnswer: ResponseEncodable {
  var workload: WorkloadAnswer
  var rest: Rest

  struct Rest: Encodable {
    var statusSince: String?
    var timePerStatus: [StatusTime]
    var timeline: [EventAnswer]
  }

  struct StatusTime: Encodable {
    var status: String
    var seconds: Double
  }

  func encode(to encoder: any Encoder) throws {
    try workload.encode(to: encoder)
    try rest.encode(to: encoder)
  }
}

/// An event as CloudEvents JSON.
struct EventAnswer: Encodable {
  var specversion = "1.0"
  var id, source, type, subject, time: String
  var datacontenttype = "application/json"
  var position: Int64
  var recordedtime: String
  var data: Content

  struct Content: Encodable {
    var actor, reporter: String
    var project: String?
    var version: Int64
    var applied, observed: Bool
    var anomaly: String?
    var implied: Bool?
    var timeBound: String?
    var reason: String?
    var command: String?
    var name, type, cluster, owner: String?
    var resources: ResourcesAnswer?
    var url, sourceID: String?
    var labels: [String: String]?
  }
}
