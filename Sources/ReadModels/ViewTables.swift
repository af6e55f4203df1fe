package import LMDB
package import WorkloadModel

/// The tables of the views. `schemas/storage.md` has their keys and values, byte by byte.
package struct ViewTables: Sendable {
  /// Schema version and position of the views.
  package let meta: Table
  /// Stream → row.
  package let rows: Table
  /// Workload id → stream.
  package let ids: Table
  /// Project and chunk → streams and folded names of 2,048 workloads.
  package let chunks: Table
  /// Project and block → streams and folded names of up to 64 workloads, behind the last chunk.
  package let blocks: Table
  /// Project, value, dimension and chunk → bits.
  package let bitmaps: Table
  /// Project, owner and cluster → counts by type and status.
  package let counts: Table
  /// Project → how far it is.
  package let projects: Table
  /// User and project, and project and user → since which position.
  package let membersByUser: Table
  package let membersByProject: Table
  /// Project and owner → quota and what is held.
  package let holdings: Table
  /// Half a SHA-256 of source and id text → position.
  package let eventIDs: Table
  /// Source and first number → first position and length of a run of numbered events.
  package let idRuns: Table

  /// In the order of `schemas/storage.md`.
  package var all: [Table] {
    [
      meta, rows, ids, chunks, blocks, bitmaps, counts, projects, membersByUser, membersByProject, holdings,
      eventIDs, idRuns,
    ]
  }

  package init(openingIn transaction: inout WriteTransaction) throws(LMDBError) {
    meta = try transaction.openTable("meta", .integer)
    rows = try transaction.openTable("rows", .integer)
    ids = try transaction.openTable("ids", .bytes)
    chunks = try transaction.openTable("chunks", .integer)
    blocks = try transaction.openTable("blocks", .integer)
    bitmaps = try transaction.openTable("bitmaps", .bytes)
    counts = try transaction.openTable("counts", .bytes)
    projects = try transaction.openTable("projects", .integer)
    membersByUser = try transaction.openTable("membersByUser", .integer)
    membersByProject = try transaction.openTable("membersByProject", .integer)
    holdings = try transaction.openTable("holdings", .integer)
    eventIDs = try transaction.openTable("eventIDs", .bytes)
    idRuns = try transaction.openTable("idRuns", .bytes)
  }

  /// nil where a table is missing.
  package init?(_ environment: Environment) throws(LMDBError) {
    guard let meta = try environment.table("meta", .integer),
      let rows = try environment.table("rows", .integer),
      let ids = try environment.table("ids", .bytes), let chunks = try environment.table("chunks", .integer),
      let blocks = try environment.table("blocks", .integer),
      let bitmaps = try environment.table("bitmaps", .bytes),
      let counts = try environment.table("counts", .bytes),
      let projects = try environment.table("projects", .integer),
      let membersByUser = try environment.table("membersByUser", .integer),
      let membersByProject = try environment.table("membersByProject", .integer),
      let holdings = try environment.table("holdings", .integer),
      let eventIDs = try environment.table("eventIDs", .bytes),
      let idRuns = try environment.table("idRuns", .bytes)
    else { return nil }
    (self.meta, self.rows, self.ids, self.chunks, self.blocks) = (meta, rows, ids, chunks, blocks)
    (self.bitmaps, self.counts) = (bitmaps, counts)
    (self.projects, self.membersByUser, self.membersByProject) = (projects, membersByUser, membersByProject)
    (self.holdings, self.eventIDs, self.idRuns) = (holdings, eventIDs, idRuns)
  }

  static let positionKey: UInt64 = 1
}

/// How far a project is.
package struct ProjectEntry: Hashable, Sendable {
  /// The position of `project.created`; 0 where a workload came first.
  package var stream: UInt64 = 0
  /// The newest event about the project itself.
  package var lastInStream: UInt64 = 0
  /// The newest event of the project or of any workload in it.
  package var lastPosition: UInt64 = 0
  package var version: UInt32 = 0
  /// How many workloads were ever created in it.
  package var rowCount: UInt32 = 0

  package init() {}

  package init?(_ bytes: RawSpan) {
    guard bytes.byteCount == 26 else { return nil }
    stream = bytes.u48(at: 0)
    lastInStream = bytes.u48(at: 6)
    lastPosition = bytes.u48(at: 12)
    version = bytes.u32(at: 18)
    rowCount = bytes.u32(at: 22)
  }

  func write(to writer: inout ByteWriter) {
    writer.reset()
    writer.u48(stream)
    writer.u48(lastInStream)
    writer.u48(lastPosition)
    writer.u32(version)
    writer.u32(rowCount)
  }
}

/// What an owner may hold in a project, and holds.
package struct Holding: Hashable, Sendable {
  package var limits = QuotaLimits()
  package var held = Resources()
  package var running: UInt32 = 0

  package init() {}

  package init?(_ bytes: RawSpan) {
    guard bytes.byteCount == 53 else { return nil }
    let present = bytes.u8(at: 0)
    limits = QuotaLimits(
      cpuMillicores: present & 1 != 0 ? bytes.i64(at: 1) : nil,
      memoryBytes: present & 2 != 0 ? bytes.i64(at: 9) : nil,
      gpuMilli: present & 4 != 0 ? bytes.i64(at: 17) : nil)
    held = Resources(
      cpuMillicores: bytes.i64(at: 25), memoryBytes: bytes.i64(at: 33), gpuMilli: bytes.i64(at: 41))
    running = bytes.u32(at: 49)
  }

  func write(to writer: inout ByteWriter) {
    writer.reset()
    writer.u8(
      (limits.cpuMillicores == nil ? 0 : 1) | (limits.memoryBytes == nil ? 0 : 2)
        | (limits.gpuMilli == nil ? 0 : 4)
    )
    writer.i64(limits.cpuMillicores ?? 0)
    writer.i64(limits.memoryBytes ?? 0)
    writer.i64(limits.gpuMilli ?? 0)
    writer.i64(held.cpuMillicores)
    writer.i64(held.memoryBytes)
    writer.i64(held.gpuMilli)
    writer.u32(running)
  }
}

/// Two numbers as one integer key, the first first.
@inline(__always)
package func pairKey(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }
