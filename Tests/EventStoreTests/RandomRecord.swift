import EventStore
import LMDB
import LedgerTestSupport
import WorkloadModel

/// A record with all that was put into it.
struct RandomRecord {
  var header: RecordHeader
  var event: ProposedEvent
  var names = EventNames()
  var anomaly: Anomaly?
  var refusalCode: UInt8 = 0
  var batch = EventBatch()

  /// Any kind with any of its fields.
  init(_ random: inout SeededRandom) {
    let kind = random.pick(EventKind.allCases)
    func number() -> NameNumber { NameNumber(rawValue: UInt32.random(in: 0...(.max), using: &random)) }
    func position() -> UInt64 { UInt64.random(in: 0...RecordHeader.maxPosition, using: &random) }
    func time() -> Timestamp {
      Timestamp(
        microseconds: .random(
          in: Timestamp.earliest.microseconds...Timestamp.latest.microseconds, using: &random))
    }
    func text(_ limit: Int) -> String {
      String((0..<random.below(limit)).map { _ in random.pick(Array("aZ0 -ßé漢🙂\n")) })
    }
    func amount() -> Int64 { random.oneIn(3) ? 0 : .random(in: 0...Resources.limit, using: &random) }
    func limit() -> Int64 { random.oneIn(3) ? -1 : amount() }
    let isApplied = kind == .actionRefused || !random.oneIn(3)
    var flags: RecordFlags = isApplied ? [.applied] : []
    if random.oneIn(2) { flags.insert(.observed) }
    if random.oneIn(2) { flags.insert(.timeBound) }
    if random.oneIn(4) { flags.insert(.implied) }
    header = RecordHeader(
      kind: RecordKind(kind), flags: flags, version: UInt32.random(in: 0...(.max), using: &random),
      actor: number(), reporter: number(), project: number(), stream: position(),
      previousInStream: position(),
      previousInProject: position(), occurredAt: time(), recordedAt: time())
    let hasSubject = kind.isOfWorkload || kind == .actionRefused && random.oneIn(2)
    let subject = hasSubject ? WorkloadID(high: random.next() | 1, low: random.next()) : .none
    event = ProposedEvent(kind, .command, subject: subject, occurredAt: header.occurredAt)
    if !isApplied { anomaly = random.pick(Anomaly.allCases) }
    if random.oneIn(2) {
      names.source = NameNumber(rawValue: UInt32(1 + random.below(1000)))
      switch random.below(3) {
      case 0: event.identity = .content
      case 1: event.identity = .number(UInt64.random(in: 1...UInt64(Int64.max), using: &random))
      default: event.identity = .text(batch.addText("x" + text(200)))
      }
    }
    if random.oneIn(2) { event.reason = batch.addText(text(900)) }
    switch kind {
    case .created:
      (names.cluster, names.owner) = (number(), number())
      event.type = random.oneIn(8) ? nil : random.pick(WorkloadType.allCases)
      event.resources = Resources(cpuMillicores: amount(), memoryBytes: amount(), gpuMilli: amount())
      event.name = batch.addText(text(80))
      if random.oneIn(2) { event.url = batch.addText(text(300)) }
      if random.oneIn(2) { event.sourceID = batch.addText(text(80)) }
      if random.oneIn(2) { event.labels = batch.addLabels([("k", text(40)), (text(20), "v")]) }
    case .actionRefused:
      event.refusedKind = random.pick(EventKind.allCases)
      refusalCode = UInt8(random.below(6))
    case .memberAdded, .memberRemoved: names.owner = number()
    case .quotaSet:
      names.owner = number()
      event.resources = Resources(cpuMillicores: limit(), memoryBytes: limit(), gpuMilli: limit())
    default: break
    }
  }

  /// The bytes of the record.
  func bytes() -> [UInt8] {
    var writer = ByteWriter.forRecords()
    writer.record(header, event, names, anomaly: anomaly, refusalCode: refusalCode, texts: batch.bytes.span)
    return writer.bytes.withUnsafeBytes { Array($0) }
  }
}
