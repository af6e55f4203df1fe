import EventStore
import Evidence
import Glibc
import LMDB
import LedgerTestSupport
import Testing
import WorkloadModel

struct `A log` {
  private static func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }
  private static let id = WorkloadID(high: 0x1234, low: 0x5678)

  /// Appends so many plain records at one reading of the clock; returns their positions.
  private func append(_ log: EventLog, _ count: Int, now: Timestamp) throws -> [UInt64] {
    try log.environment.write { (transaction) throws(LMDBError) in
      var appender = try LogAppender(log, now: now, transaction.reading)
      var positions: [UInt64] = []
      for _ in 0..<count {
        appender.writer.header(
          RecordHeader(
            kind: RecordKind(.queued), flags: [.applied], occurredAt: now, recordedAt: appender.recordedAt))
        positions.append(try appender.append(to: &transaction))
      }
      try appender.finish(&transaction)
      return positions
    }
  }

  @Test func `numbers its records from 1 without gaps, also over an aborted transaction and a new opening`()
    throws
  {
    let folder = TemporaryFolder()
    do {
      let log = try EventLog(creatingAt: folder.path, id: Self.id, now: Self.time(1))
      #expect(try append(log, 3, now: Self.time(2)) == [2, 3, 4], "1 is the identity")
      struct Abort: StorageFailure {
        init() {}
        init(storage: LMDBError) {}
      }
      #expect(throws: Abort.self) {
        try log.environment.write { (transaction) throws(Abort) in
          do throws(LMDBError) {
            var appender = try LogAppender(log, now: Self.time(3), transaction.reading)
            appender.writer.header(
              RecordHeader(kind: RecordKind(.queued), occurredAt: Self.time(3), recordedAt: Self.time(3)))
            #expect(try appender.append(to: &transaction) == 5)
          } catch { throw Abort(storage: error) }
          throw Abort()
        }
      }
      #expect(try append(log, 1, now: Self.time(3)) == [5])
    }
    let log = try EventLog(path: folder.path, readOnly: false)
    #expect(log.ledgerID == Self.id)
    #expect(try append(log, 2, now: Self.time(4)) == [6, 7])
    #expect(try log.environment.read { (records) throws(LMDBError) in try log.lastPosition(records) } == 7)
  }

  @Test func `is made once and keeps its identity`() throws {
    let folder = TemporaryFolder()
    do {
      _ = try append(EventLog(creatingAt: folder.path, id: Self.id, now: Self.time(1)), 2, now: Self.time(1))
    }
    let again = try EventLog(creatingAt: folder.path, id: WorkloadID(high: 1, low: 1), now: Self.time(2))
    #expect(again.ledgerID == Self.id && again.source == "urn:uuid:\(Self.id)")
    #expect(
      try again.environment.read { (records) throws(LMDBError) in try again.lastPosition(records) } == 3)
  }

  @Test func `never lets the recorded time go back`() throws {
    let folder = TemporaryFolder()
    let log = try EventLog(creatingAt: folder.path, id: Self.id, now: Self.time(1))
    var last: [Timestamp] = []
    for clock in [100, 50, 200, 199, 0, -5] as [Int64] {
      _ = try append(log, 1, now: Self.time(clock))
      last.append(try log.environment.read { (records) throws(LMDBError) in try log.lastRecordedAt(records) })
    }
    #expect(last == [100, 100, 200, 200, 200, 200].map(Self.time))
  }

  @Test func `registers a name with a salted commitment, and finds it by class`() throws {
    let folder = TemporaryFolder()
    let log = try EventLog(creatingAt: folder.path, id: Self.id, now: Self.time(1))
    let name = Array("ada".utf8)
    let salt: (UInt64, UInt64) = (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)
    let numbers = try log.environment.write { (transaction) throws(LMDBError) in
      var appender = try LogAppender(log, now: Self.time(2), transaction.reading)
      var numbers: [NameNumber] = []
      for nameClass in NameClass.allCases {
        numbers.append(try appender.register(nameClass, name.span, salt: salt, in: &transaction))
      }
      return numbers
    }
    #expect(numbers.map(\.rawValue) == [1, 2, 3, 4, 5])
    try log.environment.read { (records) throws(LMDBError) in
      for (index, nameClass) in NameClass.allCases.enumerated() {
        #expect(try log.number(nameClass, "ada", records) == numbers[index])
        let entry = try log.name(numbers[index], records)
        #expect(entry?.class == nameClass && entry?.text == "ada")
        // The identity of the ledger is record 1.
        guard let record = try records.get(log.events, UInt64(index + 2)) else {
          Issue.record("no record")
          return
        }
        // SHA-256 of 00 01 … 0F and 61 64 61, as sha256sum says.
        let digest = record.extracting(59..<91).withUnsafeBytes { Hexadecimal.encode($0) }
        #expect(digest == "413defc5a51ad7ec30ea05eb74bf81e51fc345900f2cc356133cd7f7e0bd1a72")
        #expect(record.byteCount == 91 && record.u8(at: 54) == nameClass.rawValue)
        #expect(RecordHeader(record).flatMap { RecordBody(record, $0) } == nil, "a name is no event")
      }
      #expect(try log.number(.user, "Ada", records) == nil)
      #expect(try log.number(.user, String(repeating: "x", count: 600), records) == nil)
      #expect(try log.name(NameNumber(rawValue: 99), records) == nil)
    }
  }

  private func expectRefused(_ path: String, _ code: LMDBError.Code...) {
    for readOnly in [true, false] {
      let error = #expect(throws: LMDBError.self) { try EventLog(path: path, readOnly: readOnly) }
      if let error { #expect(code.contains(error.name), "\(error)") }
    }
  }

  @Test func `refuses what is not a ledger's, and what a newer program wrote`() throws {
    let folder = TemporaryFolder()
    let other = folder("other")
    mkdir(other, 0o700)
    do {
      let environment = try Environment(path: other)
      try environment.write { (transaction) throws(LMDBError) in _ = try transaction.openTable("x", .bytes) }
    }
    expectRefused(other, .foreign)
    for (offset, code) in [(0, LMDBError.Code.foreign), (8, .newerFormat)] {
      let path = folder("log\(offset)")
      mkdir(path, 0o700)
      do {
        let log = try EventLog(creatingAt: path, id: Self.id, now: Self.time(1))
        try log.environment.write { (transaction) throws(LMDBError) in
          let meta = try transaction.openTable("meta", .integer)
          var bytes = try transaction.reading.get(meta, 1)?.withUnsafeBytes { Array($0) } ?? []
          bytes[offset] &+= 1
          try transaction.put(meta, 1, bytes.span.bytes)
        }
      }
      expectRefused(path, code)
    }
  }

  @Test func `that is cut short, empty or another file is refused and left as it is`() throws {
    let folder = TemporaryFolder()
    do {
      let log = try EventLog(creatingAt: folder.path, id: Self.id, now: Self.time(1))
      for _ in 0..<20 { _ = try append(log, 400, now: Self.time(2)) }
    }
    let whole = readFile(folder("data.mdb"))
    for count in [1, 100, 4096, 8192, 8193, whole.count / 2, whole.count - 4096] {
      let cut = Array(whole.prefix(count))
      writeFile(folder("data.mdb"), cut)
      expectRefused(folder.path, .truncated, .invalid, .corrupted, .versionMismatch, .foreign)
      #expect(readFile(folder("data.mdb")) == cut, "\(count)")
    }
    writeFile(folder("data.mdb"), Array(repeating: 0x41, count: whole.count))
    expectRefused(folder.path, .invalid, .corrupted, .versionMismatch)
    writeFile(folder("data.mdb"), whole)
    #expect(try append(EventLog(path: folder.path, readOnly: false), 1, now: Self.time(3)) == [8002])
  }
}
