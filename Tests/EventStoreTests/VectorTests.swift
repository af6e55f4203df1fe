import EventStore
import Evidence
import Glibc
import LMDB
import LedgerTestSupport
import Testing
import WorkloadModel

/// `schemas/vectors/records.json`: a record of every kind, byte for byte, with what it says. Set
/// `WORKLEDGER_UPDATE_VECTORS` to write the file anew; format 1 never changes, so that is for additions only.
struct `The test vectors` {
  private static let path = packageRoot + "/schemas/vectors/records.json"

  private struct Vector {
    var record: [UInt8]
    var fields: [(String, String)]
    var line: String {
      let body = fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ")
      return "  {\"record\": \"\(Hexadecimal.encode(record))\", \"fields\": {\(body)}}"
    }
  }

  @Test func `are what the code writes, for every kind`() throws {
    let vectors = Self.vectors()
    let kinds = Set(vectors.map { $0.record[1] })
    #expect(kinds == Set(EventKind.allCases.map(\.rawValue) + [32, 34]))
    let text = "[\n" + vectors.map(\.line).joined(separator: ",\n") + "\n]\n"
    if getenv("WORKLEDGER_UPDATE_VECTORS") != nil {
      mkdir(String(Self.path.dropLast("/records.json".count)), 0o755)
      writeFile(Self.path, Array(text.utf8))
    }
    #expect(String(decoding: readFile(Self.path), as: UTF8.self) == text)
  }

  @Test func `of the storage specification are what the code writes`() throws {
    let page = Self.path.replacing("vectors/records.json", with: "storage.md")
    let blocks = String(decoding: readFile(page), as: UTF8.self).split(separator: "```hex ").dropFirst()
    var examples: [String: String] = [:]
    for block in blocks {
      let lines = block.split(separator: "\n").prefix { $0 != "```" }
      examples[String(lines[0])] = lines.dropFirst().joined().filter { !$0.isWhitespace }
    }
    #expect(examples.count >= 3)
    #expect(examples["name-record"] == Hexadecimal.encode(Self.nameRecord(class: .user, number: 5)))
    var batch = EventBatch()
    var event = ProposedEvent(
      .created, .command, subject: WorkloadID(high: 0x019b_76da_8f70_7abc, low: 0x8def_0123_4567_89ab),
      occurredAt: Self.time(1_500_000))
    event.type = .fineTuning
    event.resources = Resources(cpuMillicores: 8000, memoryBytes: 128 << 30, gpuMilli: 2000)
    event.name = batch.addText("llama-lora")
    event.url = batch.addText("https://ws/1")
    event.labels = batch.addLabels([("a", "b c")])
    var names = EventNames()
    (names.cluster, names.owner) = (NameNumber(rawValue: 8), NameNumber(rawValue: 5))
    let header = RecordHeader(
      kind: RecordKind(.created), flags: [.applied], version: 1, actor: NameNumber(rawValue: 5),
      reporter: NameNumber(rawValue: 6), project: NameNumber(rawValue: 7), stream: 9, previousInProject: 8,
      occurredAt: event.occurredAt, recordedAt: Self.time(2_000_000))
    var writer = ByteWriter.forRecords()
    writer.record(header, event, names, anomaly: nil, refusalCode: 0, texts: batch.bytes.span)
    #expect(examples["created-record"] == writer.bytes.withUnsafeBytes { Hexadecimal.encode($0) })
  }

  /// Microseconds after 2026-01-01T00:00:00Z.
  private static func time(_ microseconds: Int64) -> Timestamp {
    Timestamp(microseconds: 1_767_225_600_000_000 + microseconds)
  }

  private static func nameRecord(class nameClass: NameClass, number: UInt32) -> [UInt8] {
    var writer = ByteWriter.forRecords()
    writer.header(
      RecordHeader(
        kind: .nameRegistered, flags: [.applied], version: number, previousInStream: UInt64(number),
        occurredAt: time(0), recordedAt: time(0)))
    writer.u8(nameClass.rawValue)
    writer.u32(number)
    let salt = (0..<16).map { UInt8($0) }
    writer.append(commitment(salt: salt.span.bytes, name: Array("ada".utf8).span).span)
    return writer.bytes.withUnsafeBytes { Array($0) }
  }

  private static func keyRecord(number: UInt32) -> [UInt8] {
    var writer = ByteWriter.forRecords()
    writer.header(
      RecordHeader(
        kind: .keyAdded, flags: [.applied], version: number, actor: NameNumber(rawValue: 5),
        reporter: NameNumber(rawValue: 6), previousInStream: 2, occurredAt: time(0), recordedAt: time(0)))
    writer.text(Array(Golden.logKey.utf8).span)
    return writer.bytes.withUnsafeBytes { Array($0) }
  }

  private static func vectors() -> [Vector] {
    var random = SeededRandom(seed: 2026)
    var vectors = [nameRecord(class: .user, number: 5), nameRecord(class: .project, number: 6)]
    for kind in EventKind.allCases {
      var found = 0
      while found < 4 {
        let record = RandomRecord(&random)
        guard record.event.kind == kind, record.batch.bytes.count < 400 else { continue }
        vectors.append(record.bytes())
        found += 1
      }
    }
    vectors.append(keyRecord(number: 2))
    return vectors.map { Vector(record: $0, fields: read($0)) }
  }

  /// What a record says, as JSON values.
  private static func read(_ bytes: [UInt8]) -> [(String, String)] {
    let record = bytes.span.bytes
    guard let header = RecordHeader(record) else { return [] }
    var fields: [(String, String)] = [
      (
        "kind",
        quoted(
          header.kind.event?.cloudEventType ?? (header.kind == .keyAdded ? "key added" : "name registered"))
      ),
      ("flags", "\(header.flags.rawValue)"), ("version", "\(header.version)"),
      ("actor", "\(header.actor.rawValue)"), ("reporter", "\(header.reporter.rawValue)"),
      ("project", "\(header.project.rawValue)"), ("stream", "\(header.stream)"),
      ("previousInStream", "\(header.previousInStream)"),
      ("previousInProject", "\(header.previousInProject)"),
      ("occurredAt", quoted(header.occurredAt.rfc3339)), ("recordedAt", quoted(header.recordedAt.rfc3339)),
    ]
    if header.kind == .keyAdded {
      var reader = RecordReader()
      let key = reader.text(record).map { String(decoding: bytes[$0], as: UTF8.self) }
      fields.append(("key", quoted(key ?? "")))
      return fields
    }
    guard let event = header.kind.event, let body = RecordBody(record, header) else {
      fields.append(("class", "\(record.u8(at: 54))"))
      fields.append(("number", "\(record.u32(at: 55))"))
      fields.append(("commitment", quoted(Hexadecimal.encode(Array(bytes[59...])))))
      return fields
    }
    func add(_ name: String, _ range: Range<Int>?) {
      if let range { fields.append((name, quoted(String(decoding: bytes[range], as: UTF8.self)))) }
    }
    if let subject = body.subject { fields.append(("subject", quoted("\(subject)"))) }
    if let creation = body.creation {
      fields.append(("type", "\(creation.type?.rawValue ?? 0)"))
      fields.append(("cluster", "\(creation.cluster.rawValue)"))
      fields.append(("owner", "\(creation.owner.rawValue)"))
      fields.append(("cpuMillicores", "\(creation.resources.cpuMillicores)"))
      fields.append(("memoryBytes", "\(creation.resources.memoryBytes)"))
      fields.append(("gpuMilli", "\(creation.resources.gpuMilli)"))
    }
    if let refused = body.refused {
      fields.append(("command", quoted(refused.cloudEventType)))
      fields.append(("refusalCode", "\(body.refusalCode)"))
    }
    if event == .memberAdded || event == .memberRemoved { fields.append(("member", "\(body.user.rawValue)")) }
    if event == .quotaSet {
      fields.append(("owner", "\(body.user.rawValue)"))
      fields.append(("cpuMillicores", body.limits.cpuMillicores.map(String.init) ?? "null"))
      fields.append(("memoryBytes", body.limits.memoryBytes.map(String.init) ?? "null"))
      fields.append(("gpuMilli", body.limits.gpuMilli.map(String.init) ?? "null"))
    }
    if body.source != .unknown { fields.append(("source", "\(body.source.rawValue)")) }
    if let number = body.idNumber { fields.append(("idNumber", "\(number)")) }
    add("idText", body.idText)
    if let anomaly = body.anomaly { fields.append(("anomaly", quoted(anomaly.label))) }
    add("reason", body.reason)
    add("name", body.name)
    add("url", body.url)
    add("sourceID", body.sourceID)
    if let labels = body.labels {
      fields.append(("labels", quoted(Hexadecimal.encode(Array(bytes[labels])))))
    }
    return fields
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      + "\""
  }
}
