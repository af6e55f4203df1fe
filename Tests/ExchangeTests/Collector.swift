import Exchange
import Ledger
import WorkloadModel

/// A sink that keeps what it gets, as texts and numbers that can be compared.
final class Collector {
  struct Item: Hashable {
    var event: String
    var subject: WorkloadID
    var time: Timestamp
    var line: UInt64
    var isBound: Bool
  }

  var items: [Item] = []
  var counts: [EventKind: Int] = [:]
  var batchSizes: [Int] = []
  var keepsItems = true
  /// What becomes of each event.
  var verdict: (ProposedEvent) -> EventOutcome.Verdict = { _ in .appended }
  /// Called with each event while its batch is at hand.
  var look: (ProposedEvent, EventBatch) -> Void = { _, _ in }

  func append(_ batch: inout EventBatch, _ outcomes: inout [EventOutcome]) {
    batchSizes.append(batch.events.count)
    for event in batch.events {
      outcomes.append(EventOutcome(verdict(event)))
      counts[event.kind, default: 0] += 1
      look(event, batch)
      if keepsItems {
        items.append(
          Item(
            event: describe(event, in: batch), subject: event.subject, time: event.occurredAt,
            line: event.line, isBound: event.timeIsBound))
      }
    }
  }
}

/// All that an event says, but for its line, in one text.
func describe(_ event: ProposedEvent, in batch: EventBatch) -> String {
  func name(_ reference: NameReference) -> String { batch.name(reference)?.text ?? "unknown" }
  var parts = [event.kind.cloudEventType, "\(event.subject)", event.occurredAt.rfc3339]
  if event.timeIsBound { parts.append("atOrBefore") }
  if event.isImplied { parts.append("implied") }
  switch event.identity {
  case .ledger: parts.append("id=ledger")
  case .number(let number): parts.append("id=\(number)")
  case .content: parts.append("id=content")
  case .text(let range): parts.append("id='\(batch.string(range))'")
  }
  parts.append("source=\(name(event.source))")
  parts.append("actor=\(name(event.actor))")
  parts.append("reporter=\(name(event.reporter))")
  parts.append("project=\(name(event.project))")
  if event.cluster != .unknown { parts.append("cluster=\(name(event.cluster))") }
  if event.owner != .unknown { parts.append("owner=\(name(event.owner))") }
  if let type = event.type { parts.append("type=\(type.label)") }
  if event.resources != Resources() {
    let amounts = event.resources
    parts.append("resources=\(amounts.cpuMillicores)/\(amounts.memoryBytes)/\(amounts.gpuMilli)")
  }
  if let kind = event.refusedKind { parts.append("command=\(kind.cloudEventType)") }
  for (key, range) in [
    ("name", event.name), ("reason", event.reason), ("url", event.url), ("sourceID", event.sourceID),
  ] where !range.isAbsent {
    parts.append("\(key)='\(batch.string(range))'")
  }
  if !event.labels.isAbsent { parts.append("labels=\(labels(event.labels, in: batch))") }
  return parts.joined(separator: " ")
}

/// Labels as `key=value` in the order in which they are stored.
func labels(_ range: TextRange, in batch: EventBatch) -> [String] {
  let bytes = Array(batch.bytes[Int(range.offset)..<Int(range.offset + range.count)])
  var at = 0
  func text() -> String {
    var count = 0
    var shift = 0
    repeat {
      count |= Int(bytes[at] & 0x7F) << shift
      shift += 7
      at += 1
    } while bytes[at - 1] >= 0x80
    defer { at += count }
    return String(decoding: bytes[at..<at + count], as: UTF8.self)
  }
  var result: [String] = []
  while at < bytes.count {
    let key = text()
    result.append(key + "=" + text())
  }
  return result
}
