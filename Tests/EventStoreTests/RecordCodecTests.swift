import EventStore
import LMDB
import LedgerTestSupport
import Testing
import WorkloadModel

struct `A record` {
  private func text(_ bytes: [UInt8], _ range: Range<Int>?) -> String? {
    range.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  private func text(_ batch: EventBatch, _ range: TextRange) -> String? {
    range.isAbsent ? nil : batch.string(range)
  }

  @Test func `gives back all that was put into it, whatever the kind`() {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(2000) {
      let record = RandomRecord(&random)
      let bytes = record.bytes()
      let (event, batch) = (record.event, record.batch)
      guard let header = RecordHeader(bytes.span.bytes), let body = RecordBody(bytes.span.bytes, header)
      else {
        Issue.record("\(record) can't be read")
        continue
      }
      #expect(header.kind == record.header.kind && header.version == record.header.version)
      #expect(header.actor == record.header.actor && header.reporter == record.header.reporter)
      #expect(header.project == record.header.project && header.stream == record.header.stream)
      #expect(header.previousInStream == record.header.previousInStream)
      #expect(header.previousInProject == record.header.previousInProject)
      #expect(header.occurredAt == record.header.occurredAt && header.recordedAt == record.header.recordedAt)
      #expect(header.flags.isSuperset(of: record.header.flags) && header.flags.isSubset(of: .known))
      #expect(body.source == record.names.source && body.anomaly == record.anomaly)
      switch event.identity {
      case .number(let number): #expect(body.idNumber == number && body.idText == nil)
      case .text(let range): #expect(text(bytes, body.idText) == batch.string(range) && body.idNumber == nil)
      case .ledger, .content: #expect(body.idNumber == nil && body.idText == nil)
      }
      #expect(text(bytes, body.reason) == text(batch, event.reason))
      switch event.kind {
      case .created:
        #expect(body.subject == event.subject && body.creation?.type == event.type)
        #expect(body.creation?.resources == event.resources)
        #expect(body.creation?.cluster == record.names.cluster && body.creation?.owner == record.names.owner)
        #expect(text(bytes, body.name) == batch.string(event.name))
        #expect(text(bytes, body.url) == text(batch, event.url))
        #expect(text(bytes, body.sourceID) == text(batch, event.sourceID))
        #expect(text(bytes, body.labels) == text(batch, event.labels))
      case .actionRefused:
        #expect(body.subject == (event.subject == .none ? nil : event.subject))
        #expect(body.refused == event.refusedKind && body.refusalCode == record.refusalCode)
      case .memberAdded, .memberRemoved: #expect(body.user == record.names.owner)
      case .quotaSet:
        func limit(_ amount: Int64) -> Int64? { amount < 0 ? nil : amount }
        #expect(body.user == record.names.owner)
        #expect(body.limits.cpuMillicores == limit(event.resources.cpuMillicores))
        #expect(body.limits.memoryBytes == limit(event.resources.memoryBytes))
        #expect(body.limits.gpuMilli == limit(event.resources.gpuMilli))
      default: break
      }
      var id = WorkloadID.none
      let fact = WorkloadFact(header, bytes.span.bytes, position: 7, id: &id)
      #expect((fact != nil) == event.kind.isOfWorkload)
      if let fact {
        #expect(fact.isApplied == (record.anomaly == nil) && fact.hasReason == !event.reason.isAbsent)
        #expect(fact.creation?.resources == body.creation?.resources && fact.actor == header.actor)
        if event.kind == .created { #expect(id == event.subject) }
      }
    }
  }

  @Test func `that is cut short or longer than it says can't be read`() {
    var random = SeededRandom(seed: testSeed())
    for _ in 0..<testRounds(150) {
      let bytes = RandomRecord(&random).bytes()
      for count in 0..<bytes.count where isRead(Array(bytes[..<count])) {
        Issue.record("\(count) of \(bytes)")
      }
      #expect(!isRead(bytes + [0]))
      #expect(isRead(bytes))
    }
  }

  @Test func `never stops the program, whatever its bytes`() {
    var random = SeededRandom(seed: testSeed())
    for round in 0..<testRounds(15_000) {
      var bytes = round % 4 == 0 ? random.bytes(random.below(200)) : RandomRecord(&random).bytes()
      if round % 4 == 0, bytes.count > 2 { (bytes[0], bytes[1]) = (1, UInt8(random.below(40))) }
      for _ in 0..<random.below(6) where !bytes.isEmpty {
        bytes[random.below(bytes.count)] = random.pick([0, 0x7F, 0x80, 0xFF, UInt8(random.below(256))])
      }
      if random.oneIn(4) { bytes.removeLast(random.below(bytes.count + 1)) }
      _ = isRead(bytes)
    }
  }

  /// Whether a record can be read; then every part of it must lie inside.
  private func isRead(_ bytes: [UInt8]) -> Bool {
    guard let header = RecordHeader(bytes.span.bytes) else { return false }
    var id = WorkloadID.none
    _ = WorkloadFact(header, bytes.span.bytes, position: 1, id: &id)
    guard let body = RecordBody(bytes.span.bytes, header) else { return false }
    for range in [body.idText, body.reason, body.name, body.url, body.sourceID, body.labels] {
      if let range { #expect(range.lowerBound >= RecordHeader.byteCount && range.upperBound <= bytes.count) }
    }
    return true
  }

  @Test func `of another format or of no known kind is not read`() {
    var random = SeededRandom(seed: testSeed())
    var bytes = RandomRecord(&random).bytes()
    for kind in UInt8.min...UInt8.max {
      bytes[1] = kind
      let isKnown = (1...10).contains(kind) || (16...20).contains(kind) || kind == 32
      let isRead = RecordHeader(bytes.span.bytes) != nil
      #expect(isRead == isKnown)
    }
    (bytes[0], bytes[1]) = (2, 1)
    let isRead = RecordHeader(bytes.span.bytes) != nil
    #expect(!isRead)
  }

  @Test func `of the greatest texts that are allowed stays below what a tile entry may have`() {
    var random = SeededRandom(seed: 1)
    var record = RandomRecord(&random)
    while record.event.kind != .created { record = RandomRecord(&random) }
    func longest(_ count: Int) -> TextRange { record.batch.addText(String(repeating: "x", count: count)) }
    record.names.source = NameNumber(rawValue: .max)
    record.event.identity = .text(longest(Limits.eventID))
    record.event.reason = longest(Limits.reason)
    record.event.name = longest(Limits.name)
    record.event.url = longest(Limits.url)
    record.event.sourceID = longest(Limits.name)
    record.event.labels = longest(Limits.labels)
    #expect(record.bytes().count < 65_535)
  }
}
