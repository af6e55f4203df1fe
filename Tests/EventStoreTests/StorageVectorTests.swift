import EventStore
import Evidence
import Foundation
import LMDB
import LedgerTestSupport
import Testing
import WorkloadModel

/// The examples of `schemas/storage.md` are what the code writes, byte for byte.
struct StorageVectorTests {
  private static let midnight = Timestamp(microseconds: 1_767_225_600_000_000)

  /// The log of the page, with five names.
  private static func log(in folder: TemporaryFolder) throws -> EventLog {
    let log = try EventLog(creatingAt: folder.path, id: WorkloadID(high: 1, low: 2), now: midnight)
    try log.environment.write { (transaction) throws(StoreError) in
      var appender = try LogAppender(log, now: midnight, transaction.reading)
      for name in ["a", "b", "c", "d", "ada"] {
        _ = try appender.register(
          .user, Array(name.utf8).span, salt: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908), in: &transaction
        )
      }
    }
    return log
  }

  @Test func `a name is registered as the page shows`() throws {
    let folder = TemporaryFolder()
    let log = try Self.log(in: folder)
    let (record, entry) = try log.environment.read { (transaction) throws(StoreError) in
      (try value(log.events, 6, transaction), try value(log.names, 5, transaction))
    }
    #expect(try record == vector("name-record"))
    #expect(try entry == vector("name-entry"))
  }

  @Test func `a name is destroyed as the page shows`() throws {
    let folder = TemporaryFolder()
    let log = try Self.log(in: folder)
    let header = RecordHeader(
      kind: .nameRedacted, actor: NameNumber(rawValue: 1), reporter: NameNumber(rawValue: 6),
      occurredAt: Self.midnight, recordedAt: Self.midnight)
    let destroyed = try log.environment.write { (transaction) throws(StoreError) in
      var appender = try LogAppender(log, now: Self.midnight, transaction.reading)
      let reason = Array("request 4711".utf8)
      return try appender.redact(NameNumber(rawValue: 5), header, reason: reason.span, in: &transaction)
    }
    #expect(destroyed.name == Array("ada".utf8) && destroyed.salt == Array(0...15))
    let (record, entry, place, number) = try log.environment.read { (transaction) throws(StoreError) in
      (
        try value(log.events, 7, transaction), try value(log.names, 5, transaction),
        try value(log.meta, 35, transaction), try log.number(.user, "ada", transaction)
      )
    }
    #expect(try record == vector("redaction-record"))
    #expect(try entry == vector("redacted-entry"))
    #expect(place == [7, 0, 0, 0, 0, 0, 0, 0] && number == nil)
    let isCut = record.map { record in
      (0..<record.count).allSatisfy { Redaction(Array(record[..<$0]).span.bytes) == nil }
    }
    #expect(isCut == true, "a record that ends too early is not read")
  }

  @Test func `a ledger begins with its key and its tree as the page shows`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vectors-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let log = try EventLog(
      creatingAt: folder.path(), id: WorkloadID(high: 1, low: 2), now: Self.midnight)
    try log.environment.write { (transaction) throws(StoreError) in
      var appender = try LogAppender(log, now: Self.midnight, transaction.reading)
      _ = try appender.addKey(Golden.logKey, by: .unknown, reporter: .unknown, in: &transaction)
      try appender.finish(&transaction)
    }
    let (first, second, entry, tile) = try log.environment.read { (transaction) throws(StoreError) in
      (
        try value(log.events, 1, transaction), try value(log.events, 2, transaction),
        try value(log.keys, 1, transaction), try value(log.tree.subtrees, 0, transaction)
      )
    }
    #expect(try first == vector("ledger-record"))
    #expect(try second == vector("key-record"))
    #expect(try entry == vector("key-entry"))
    #expect(try tile == vector("open-tile"))
  }

  @Test func `a creation is recorded as the page shows, and read back`() throws {
    let id = try #require(WorkloadID("019b76da-8f70-7abc-8def-0123456789ab"))
    var batch = EventBatch()
    var event = ProposedEvent(
      .created, .command, subject: id,
      occurredAt: Timestamp(microseconds: Self.midnight.microseconds + 1_500_000))
    event.type = .fineTuning
    event.resources = Resources(cpuMillicores: 8000, memoryBytes: 128 << 30, gpuMilli: 2000)
    event.name = batch.addText("llama-lora")
    event.url = batch.addText("https://ws/1")
    event.labels = batch.addLabels([(key: "a", value: "b c")])
    var names = EventNames()
    names.cluster = NameNumber(rawValue: 8)
    names.owner = NameNumber(rawValue: 5)
    let header = RecordHeader(
      kind: RecordKind(.created), flags: [.applied], version: 1, actor: NameNumber(rawValue: 5),
      reporter: NameNumber(rawValue: 6), project: NameNumber(rawValue: 7), stream: 9, previousInProject: 8,
      occurredAt: event.occurredAt,
      recordedAt: Timestamp(microseconds: Self.midnight.microseconds + 2_000_000))
    var writer = ByteWriter.forRecords()
    writer.record(header, event, names, anomaly: nil, refusalCode: 0, texts: batch.bytes.span)
    let written = bytes(writer.bytes)
    #expect(try written == vector("created-record"))

    guard let read = RecordHeader(writer.bytes), let body = RecordBody(writer.bytes, read) else {
      Issue.record("the record can't be read back")
      return
    }
    #expect(read.flags == [.applied, .url, .labels])
    #expect(body.subject == id)
    #expect(body.creation?.resources == event.resources)
  }

  private func value(
    _ table: Table, _ key: UInt64, _ transaction: borrowing ReadTransaction
  ) throws(StoreError) -> [UInt8]? {
    guard let found = try transaction.get(table, key) else { return nil }
    return bytes(found)
  }

  private func bytes(_ span: RawSpan) -> [UInt8] { span.withUnsafeBytes { Array($0) } }

  /// The bytes of a block of the page: ```` ```hex NAME ````.
  private func vector(_ name: String) throws -> [UInt8] {
    let text = try String(contentsOfFile: packageRoot + "/schemas/storage.md", encoding: .utf8)
    let start = try #require(text.range(of: "```hex \(name)\n"))
    let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
    let digits = text[start.upperBound..<end.lowerBound].filter(\.isHexDigit)
    return try #require(Hexadecimal.decode(digits.utf8))
  }
}
