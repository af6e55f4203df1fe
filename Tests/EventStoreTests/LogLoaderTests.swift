import EventStore
import Evidence
import Glibc
import LMDB
import LedgerTestSupport
import Testing
import WorkloadModel

struct `Loading a log` {
  private let folder = TemporaryFolder()
  private let id = WorkloadID(high: 1, low: 2)
  private let start = Timestamp(microseconds: 1)

  /// A log that was appended to in commits of any sizes, with names, one of them destroyed, and a key.
  private func appended(_ count: Int, _ random: inout SeededRandom) throws -> EventLog {
    let log = try EventLog(creatingAt: folder("appended"), id: id, now: start)
    var names: [NameNumber] = []
    var size = 1
    while size < count {
      let commit = random.pick([1, 255, 256, 257, 3000])
      try log.environment.write { (transaction) throws(LMDBError) in
        var appender = try LogAppender(log, now: Timestamp(microseconds: 9), transaction.reading)
        names.append(
          try appender.register(
            random.pick(NameClass.allCases), Array("name \(size)".utf8).span,
            salt: (random.next(), random.next()),
            in: &transaction))
        for _ in 0..<commit {
          appender.writer.header(
            RecordHeader(
              kind: RecordKind(.queued), flags: [.applied], version: UInt32(random.below(1000)),
              occurredAt: Timestamp(microseconds: 5), recordedAt: appender.recordedAt))
          try appender.append(to: &transaction)
        }
        if size > 1, random.oneIn(4) {
          let header = RecordHeader(
            kind: .nameRedacted, occurredAt: appender.recordedAt, recordedAt: appender.recordedAt)
          _ = try appender.redact(names.removeFirst(), header, reason: Array("r".utf8).span, in: &transaction)
        }
        if random.oneIn(5) {
          _ = try appender.addKey("k\(size)", by: .unknown, reporter: .unknown, in: &transaction)
        }
        try appender.finish(&transaction)
        size = Int(appender.next) - 1
        if random.oneIn(3) {
          try log.keep(checkpoint: Array("c\(size)".utf8), ofSize: UInt64(size), in: &transaction)
        }
      }
    }
    return log
  }

  /// Loads what is in a log into another one, in batches of whole tiles.
  private func load(_ log: EventLog, to path: String, _ random: inout SeededRandom) throws {
    let loader = try LogLoader(at: path, id: id, createdAt: start)
    try log.environment.read { (records) throws(LMDBError) in
      var batch = LoadBatch()
      var range = CompactRange()
      let keys = Dictionary(try log.allKeys(records).map { ($0.position, $0) }, uniquingKeysWith: { $1 })
      for position in 1...(try log.lastPosition(records)) {
        guard let record = try records.get(log.events, position), let header = RecordHeader(record) else {
          throw .damaged(position: position, why: "it is missing")
        }
        let leaf = MerkleHash.leaf(record)
        var root: Digest?
        range.append(leaf) { level, node in if level == 8 { root = node } }
        batch.append(record, leaf, tile: root)
        if let key = keys[position] { batch.keys.append(key) }
        if header.kind == .nameRedacted { batch.newestRedaction = position }
        if header.kind == .nameRegistered,
          let entry = try records.get(log.names, UInt64(header.version)),
          let nameClass = NameClass(rawValue: entry.u8(at: 0))
        {
          let bytes = entry.withUnsafeBytes { Array($0) }
          batch.names.append(
            LoadedName(
              number: header.version, nameClass: nameClass, position: position,
              salt: Array(bytes[NameEntry.salt]), text: Array(bytes[NameEntry.nameOffset...])))
        }
        if root != nil, random.oneIn(20) {
          try loader.load(batch)
          batch.removeAll()
        }
      }
      try loader.load(batch)
      try loader.finish(checkpoints: try log.allCheckpoints(records))
    }
  }

  /// All entries of all tables.
  private func entries(_ log: EventLog) throws -> [[[UInt8]]] {
    let tables = [
      log.meta, log.events, log.names, log.tree.tiles, log.tree.subtrees, log.checkpoints, log.keys,
    ]
    return try log.environment.read { (records) throws(LMDBError) in
      var all: [[[UInt8]]] = []
      for table in tables + [log.nameIndex] {
        var entries: [[UInt8]] = []
        try records.withCursor(table) { (cursor) throws(LMDBError) in
          var isThere = try cursor.first()
          while isThere {
            entries.append(cursor.key.withUnsafeBytes { Array($0) })
            entries.append(cursor.value.withUnsafeBytes { Array($0) })
            isThere = try cursor.next()
          }
        }
        all.append(entries)
      }
      return all
    }
  }

  @Test func `gives the tables that appending gave, byte for byte`() throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    for name in ["appended", "loaded"] { mkdir(folder(name), 0o700) }
    // Beyond the first subtree of 256 tiles.
    let wanted = try appended(67_000 + random.below(600), &random)
    try load(wanted, to: folder("loaded"), &random)
    let loaded = try EventLog(path: folder("loaded"), readOnly: false)
    #expect(loaded.ledgerID == id && loaded.createdAt == start)
    let (left, right) = (try entries(loaded), try entries(wanted))
    for table in left.indices {
      #expect(left[table].count == right[table].count, "table \(table), seed \(seed)")
      let place = zip(left[table], right[table]).enumerated().first { $0.element.0 != $0.element.1 }
      #expect(place == nil, "table \(table), entry \(place?.offset ?? 0), seed \(seed)")
    }
  }
}
