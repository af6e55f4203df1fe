import SQLite
import WorkloadModel

/// The tables of the peer, its indexes, and how a state is bound to columns.
enum PeerSchema {
  static let tables = """
    CREATE TABLE names (number INTEGER PRIMARY KEY, class INTEGER NOT NULL, name TEXT NOT NULL);
    CREATE UNIQUE INDEX names_by_name ON names (class, name);
    CREATE TABLE events (
      position INTEGER PRIMARY KEY, kind INTEGER, flags INTEGER, version INTEGER, actor INTEGER,
      reporter INTEGER, project INTEGER, stream INTEGER, occurred_at INTEGER, recorded_at INTEGER,
      source INTEGER, number INTEGER, anomaly INTEGER, reason TEXT, refused_kind INTEGER, owner INTEGER,
      cpu INTEGER, memory INTEGER, gpu INTEGER, type INTEGER, cluster INTEGER, name TEXT, url TEXT,
      source_id TEXT, labels BLOB, subject BLOB);
    \(workloads)
    """

  static let workloads = """
    CREATE TABLE workloads (
      stream INTEGER PRIMARY KEY, status INTEGER, run INTEGER, deletion INTEGER, contact INTEGER,
      attempt INTEGER, deletion_attempts INTEGER, version INTEGER, queued_at INTEGER, started_at INTEGER,
      finished_at INTEGER, delete_requested_at INTEGER, deleted_at INTEGER, status_since INTEGER,
      delete_requested_by INTEGER, deleted_by INTEGER, reason_position INTEGER, last_position INTEGER,
      project INTEGER, cluster INTEGER, owner INTEGER, type INTEGER, cpu INTEGER, memory INTEGER, gpu INTEGER,
      created_at INTEGER, created_by INTEGER, id BLOB NOT NULL, name TEXT, url TEXT, source_id TEXT,
      labels BLOB);
    """

  /// Repeats are found by source and number, timelines by stream, workloads by id; each filter of the page has
  /// an index, which ends with the row's key and so gives the newest first.
  static let indexes = """
    CREATE UNIQUE INDEX events_by_number ON events (source, number);
    CREATE INDEX events_by_stream ON events (stream);
    \(workloadIndexes)
    """

  static let workloadIndexes = """
    CREATE UNIQUE INDEX workloads_by_id ON workloads (id);
    CREATE INDEX workloads_by_status ON workloads (project, status);
    CREATE INDEX workloads_by_type ON workloads (project, type);
    CREATE INDEX workloads_by_owner ON workloads (project, owner);
    CREATE INDEX workloads_by_cluster ON workloads (project, cluster);
    """

  static let insertEvent = """
    INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
      ?)
    """

  private static let changing = [
    "status", "run", "deletion", "contact", "attempt", "deletion_attempts", "version", "queued_at",
    "started_at", "finished_at", "delete_requested_at", "deleted_at", "status_since", "delete_requested_by",
    "deleted_by", "reason_position", "last_position", "created_at",
  ]
  private static let fixed = [
    "stream", "project", "cluster", "owner", "type", "cpu", "memory", "gpu", "created_by",
  ]

  static let findWorkload =
    "SELECT \((changing + fixed).joined(separator: ", ")) FROM workloads WHERE id = ?"
  static let updateWorkload = """
    UPDATE workloads SET \(changing.map { $0 + " = ?" }.joined(separator: ", ")) WHERE stream = ?
    """
  static let insertWorkload: String = {
    let columns = changing + fixed + ["id", "name", "url", "source_id", "labels"]
    let places = Array(repeating: "?", count: columns.count)
    return "INSERT INTO workloads (\(columns.joined(separator: ", "))) VALUES "
      + "(\(places.joined(separator: ", ")))"
  }()
  /// The columns of a page's row: the state, then what only people read.
  static let pageColumns = (changing + fixed + ["id", "name", "url", "source_id", "labels"]).joined(
    separator: ", ")

  static func bindChanging(_ s: WorkloadState, to statement: Statement, from first: Int32) {
    let values: InlineArray<18, Int64> = [
      Int64(s.status.rawValue), Int64(s.run.rawValue), Int64(s.deletion.rawValue), Int64(s.contact.rawValue),
      Int64(s.attempt), Int64(s.deletionAttempts), Int64(s.version), s.queuedAt.microseconds,
      s.startedAt.microseconds, s.finishedAt.microseconds, s.deleteRequestedAt.microseconds,
      s.deletedAt.microseconds, s.statusSince.microseconds, Int64(s.deleteRequestedBy.rawValue),
      Int64(s.deletedBy.rawValue), Int64(s.reasonPosition), Int64(s.lastPosition), s.createdAt.microseconds,
    ]
    for index in values.indices { statement.bind(first + Int32(index), values[index], orNull: .min) }
  }

  static func bindFixed(_ s: WorkloadState, to statement: Statement, from first: Int32) {
    let values: InlineArray<9, Int64> = [
      Int64(s.stream), Int64(s.project.rawValue), Int64(s.cluster.rawValue), Int64(s.owner.rawValue),
      Int64(s.type?.rawValue ?? 0), s.resources.cpuMillicores, s.resources.memoryBytes, s.resources.gpuMilli,
      Int64(s.createdBy.rawValue),
    ]
    for index in values.indices { statement.bind(first + Int32(index), values[index]) }
  }

  /// The state of a row that begins with the changing and the fixed columns.
  static func state(_ row: Statement) -> WorkloadState {
    func name(_ column: Int32) -> NameNumber { NameNumber(rawValue: UInt32(row.int(column))) }
    func time(_ column: Int32) -> Timestamp {
      row.isNull(column) ? .unknown : Timestamp(microseconds: row.int(column))
    }
    let creation = WorkloadFact.Creation(
      project: name(19), cluster: name(20), owner: name(21), type: WorkloadType(rawValue: UInt8(row.int(22))),
      resources: Resources(
        cpuMillicores: row.int(23), memoryBytes: row.int(24), gpuMilli: row.int(25)))
    var state = WorkloadState(
      created: WorkloadFact(
        .created, position: UInt64(row.int(18)), occurredAt: time(17), actor: name(26)), creation)
    state.run = Run(rawValue: UInt8(row.int(1))) ?? .added
    state.deletion = Deletion(rawValue: UInt8(row.int(2))) ?? .none
    state.contact = Contact(rawValue: UInt8(row.int(3))) ?? .known
    state.attempt = UInt32(row.int(4))
    state.deletionAttempts = UInt32(row.int(5))
    state.version = UInt32(row.int(6))
    (state.queuedAt, state.startedAt, state.finishedAt) = (time(7), time(8), time(9))
    (state.deleteRequestedAt, state.deletedAt, state.statusSince) = (time(10), time(11), time(12))
    (state.deleteRequestedBy, state.deletedBy) = (name(13), name(14))
    state.reasonPosition = UInt64(row.int(15))
    state.lastPosition = UInt64(row.int(16))
    return state
  }
}
